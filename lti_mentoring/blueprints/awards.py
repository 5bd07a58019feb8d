"""Certificates: the student's own page, and the faculty's ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.awarding.baking import bake_png
from lti_mentoring.awarding.failures import UnprintableText
from lti_mentoring.awarding.picture import badge_png
from lti_mentoring.blueprints._access import FACULTY, STUDENT, current_seat, requires
from lti_mentoring.blueprints._award_words import award_words, document_download, download, full_day, issuing_desk
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render, wants_partial
from lti_mentoring.blueprints._problems import problem
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.awards import UnknownRelease
from lti_mentoring.domain.sentences import WordsNeeded
from lti_mentoring.forms.awards import IssueForm, ReleaseForm, WithdrawForm
from lti_mentoring.models import Job, JobState, TrackState
from lti_mentoring.queries import awards as queries
from lti_mentoring.queries.mentor_badges import mentor_of_badge
from lti_mentoring.queries.seats import NoTrack, track_of
from lti_mentoring.services.awarding import AlreadyWithdrawn, NotEarned, issue, release, revoke
from lti_mentoring.services.awarding_jobs import NobodyToIssueTo, queue_batch
from lti_mentoring.services.certificates import printed, verify_url

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from lti_mentoring.models import Award

bp = Blueprint("awards", __name__)
WORKING = (JobState.QUEUED, JobState.RUNNING)
SHOWS = ("", "issued", "withdrawn")


@bp.get("/certificate")
@requires(STUDENT)
def mine() -> ResponseReturnValue:
    """Show the student's certificate, or what is still needed for it."""
    seat = current_seat()
    track = track_of(db.session(), seat)
    if track.state is TrackState.DRAFT:
        raise NoTrack
    view = queries.my_certificate(db.session(), seat, track, today=utcnow().date())
    form = ReleaseForm(data={"shows": view.award.released if view.award else []})
    return _mine_page(view, form)


@bp.post("/certificate/shown")
@requires(STUDENT)
def choose() -> ResponseReturnValue:
    """Keep what strangers may see from now on."""
    with unit_of_work() as session:
        release(session, current_seat(), request.form.getlist("shows"), issuing_desk(), now=utcnow())
    return redirect_or_hx(url_for("awards.mine"), told=_("Kept. The public page shows just this from now on."))


@bp.get("/certificate.pdf")
@requires(STUDENT)
def own_pdf() -> ResponseReturnValue:
    """Hand the holder the printed certificate."""
    return _pdf(queries.held_award(db.session(), current_seat()))


@bp.get("/certificate/badge.png")
@requires(STUDENT)
def own_badge() -> ResponseReturnValue:
    """Hand the holder the badge's picture with the document inside."""
    award = queries.held_award(db.session(), current_seat())
    return download(bake_png(badge_png(), award.document), "image/png", f"badge-{award.facts['number']}.png")


@bp.get("/certificate/credential.json")
@requires(STUDENT)
def own_document() -> ResponseReturnValue:
    """Hand the holder the signed document, for a wallet."""
    award = queries.held_award(db.session(), current_seat())
    return document_download(award, "certificate")


@bp.get("/certificates")
@requires(FACULTY)
def ledger() -> ResponseReturnValue:
    """Show who waits for a certificate, whose was issued, and whose withdrawn."""
    track = track_of(db.session(), current_seat())
    show = request.args.get("show", "")
    view = queries.ledger(
        db.session(),
        track,
        today=utcnow().date(),
        show=show if show in SHOWS else "",
        q=request.args.get("q", ""),
        number=request.args.get("page", 1, type=int),
    )
    return render(
        "awards/ledger.html",
        "awards/_results.html",
        view=view,
        track=track,
        job=_job_view(view.job, view.failures),
        show=show,
        q=request.args.get("q", ""),
    )


@bp.post("/certificates")
@requires(FACULTY)
def give() -> ResponseReturnValue:
    """Issue to one student at once, to several in a job."""
    seat, people = current_seat(), IssueForm(request.form).student_ids
    with unit_of_work() as session:
        if len(people) == 1:
            award = issue(session, seat, people[0], issuing_desk(), award_words(), now=utcnow())
            told = _("Issued to %(name)s.", name=award.facts["name"])
        else:
            queue_batch(session, seat, people, award_words(), now=utcnow())
            told = _("Under way. You can leave this page.")
    return redirect_or_hx(url_for("awards.ledger"), told=told)


@bp.get("/certificates/jobs/<int:job_id>")
@requires(FACULTY)
def progress(job_id: int) -> ResponseReturnValue:
    """Say how far the issuing is; the page reads itself anew when it has ended."""
    job = queries.track_job(db.session(), current_seat(), job_id)
    if not wants_partial():
        return redirect_or_hx(url_for("awards.ledger"))
    answer = render("awards/_job.html", "awards/_job.html", job=_job_view(job, queries.job_failures(db.session(), job)))
    if job.state not in WORKING:
        answer.headers["HX-Refresh"] = "true"
    return answer


@bp.get("/certificates/<int:award_id>/certificate.pdf")
@requires(FACULTY)
def pdf(award_id: int) -> ResponseReturnValue:
    """Hand the faculty a printed certificate of their track."""
    return _pdf(queries.find_award(db.session(), current_seat(), award_id))


@bp.get("/certificates/<int:award_id>/withdraw")
@requires(FACULTY)
def ask_withdraw(award_id: int) -> ResponseReturnValue:
    """Ask before withdrawing, and say what it does."""
    return _withdraw_page(queries.find_award(db.session(), current_seat(), award_id, badges=True), WithdrawForm())


@bp.post("/certificates/<int:award_id>/withdraw")
@requires(FACULTY)
def withdraw(award_id: int) -> ResponseReturnValue:
    """Withdraw a certificate, or a mentor's badge."""
    seat, form = current_seat(), WithdrawForm(request.form)
    if not form.validate():
        return _withdraw_page(queries.find_award(db.session(), seat, award_id, badges=True), form, 422)
    try:
        with unit_of_work() as session:
            award = revoke(session, seat, award_id, form.reason.data or "", now=utcnow())
            guide = mentor_of_badge(session, award)
    except WordsNeeded:
        form.reason.errors = [_("Write a whole sentence: the holder reads it")]
        return _withdraw_page(queries.find_award(db.session(), seat, award_id, badges=True), form, 422)
    if award.level:
        told = _("Withdrawn: the badge of %(name)s.", name=award.facts["name"])
    else:
        told = _("Withdrawn: the certificate of %(name)s.", name=award.facts["name"])
    return redirect_or_hx(_back(award, guide, "withdrawn"), told=told)


def _back(award: Award, guide: int | None, show: str) -> str:
    """Return where one looks at an award: the mentor's page, or the ledger."""
    if not award.level:
        return url_for("awards.ledger", show=show)
    return url_for("mentors.one", mentor_id=guide) if guide else url_for("mentors.show")


def _mine_page(view: queries.MyCertificate, form: ReleaseForm) -> Response:
    address = verify_url(issuing_desk().public_url, view.award.public_id) if view.award else ""
    return render(
        "awards/mine.html",
        "awards/_shown.html",
        view=view,
        award=view.award,
        form=form,
        address=address,
        full_day=full_day,
    )


def _withdraw_page(award: Award, form: WithdrawForm, status: int = 200) -> Response:
    if award.revoked_at is not None:
        raise AlreadyWithdrawn
    back = _back(award, mentor_of_badge(db.session(), award), "issued")
    return render("awards/withdraw.html", "awards/_withdraw.html", status, award=award, form=form, back=back)


def _job_view(job: Job | None, failures: tuple[tuple[str, str], ...]) -> dict[str, object] | None:
    """Return what the bar needs; None where there is nothing to say any more."""
    if job is None or (job.state is JobState.DONE and not failures):
        return None
    return {
        "id": job.id,
        "done": job.done,
        "total": job.total or 0,
        "working": job.state in WORKING,
        "failed": job.state is JobState.FAILED,
        "failures": [(name, str(problem(code, 409).title)) for name, code in failures],
    }


def _pdf(award: Award) -> Response:
    return download(
        printed(award, issuing_desk().public_url).pdf, "application/pdf", f"certificate-{award.facts['number']}.pdf"
    )


explain(
    NotEarned.code,
    _l("Not everything is reached yet"),
    _l("The list may have changed since you opened it: a milestone was reopened or added. Look at it again."),
    status=409,
)
explain(
    AlreadyWithdrawn.code,
    _l("It was withdrawn already"),
    _l("Nothing else was changed."),
    status=409,
)
explain(
    UnprintableText.code,
    _l("The name cannot be printed"),
    _l("Our fonts lack its letters, or it is too long for the page. Ask the student to add the name in Latin "
          "letters in the course, read the course list again, and then issue it."),
)  # fmt: skip
explain(NobodyToIssueTo.code, _l("Nobody was chosen"), _l("Open the list again and choose who gets one."))
explain(UnknownRelease.code, _l("This cannot be shown"), _l("Open the page again and tick what strangers may see."))
