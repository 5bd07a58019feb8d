"""The student's path, one milestone of it, what is sent for it, and files to fetch."""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, render_template, request, send_file, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import IN_COURSE, STUDENT, current_seat, requires
from lti_mentoring.blueprints._htmx import redirect_or_hx, render, wants_partial
from lti_mentoring.blueprints._meeting_words import PILLS, my_zone
from lti_mentoring.blueprints._milestone_failures import say
from lti_mentoring.blueprints._milestone_next import next_for_student
from lti_mentoring.blueprints._milestone_words import (
    LOOKS_LIKE,
    PLACES,
    due_words,
    events,
    kind_words,
    pill,
    reader,
    size_words,
    theirs_words,
)
from lti_mentoring.blueprints._problems import both_versions
from lti_mentoring.blueprints._ways import own_url, pace, steps_of
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.identifiers import Piece, pieces
from lti_mentoring.domain.milestones import SENT, ProgressState, Proof
from lti_mentoring.domain.sentences import WordsNeeded
from lti_mentoring.domain.tests import Audience
from lti_mentoring.errors import NotFound, Refused
from lti_mentoring.forms.milestones import AppealForm, EvidenceForm
from lti_mentoring.queries.attempts import tests_to_take
from lti_mentoring.queries.cases import find_own_case
from lti_mentoring.queries.milestone_pages import MilestonePage, find_file, milestone_page
from lti_mentoring.queries.milestones import track_progress
from lti_mentoring.services import evidence, milestones
from lti_mentoring.services.evidence import IdentifiersFound, LinkRefused, Sending, Upload
from lti_mentoring.services.file_kinds import ACCEPT, FileRefused
from lti_mentoring.services.steps import MilestoneChanged

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from wtforms import Field

    from lti_mentoring.services.evidence import Suspicion
    from lti_mentoring.settings import Settings
    from lti_mentoring.storage import FileStore

bp = Blueprint("milestones", __name__)
LONGEST_PIECE = 160


@bp.get("/path")
@requires(STUDENT)
def path() -> ResponseReturnValue:
    """Show the student's whole path; each milestone opens, whether its turn has come or not."""
    seat = current_seat()
    if seat.track_id is None or not seat.track_published:
        return render_template("milestones/path.html", way=None)
    way = track_progress(db.session(), seat.track_id, [seat.person_id], today=utcnow().date())[seat.person_id]
    steps = steps_of(way, own_url)
    pairs = groupby(zip(way.milestones, steps, strict=True), key=lambda pair: pair[0].stage)
    stages = [(stage, list(found)) for stage, found in pairs]
    tests = tests_to_take(db.session(), seat, Audience.STUDENTS)
    return render_template("milestones/path.html", way=way, steps=steps, stages=stages, pace=pace(way), tests=tests)


@bp.get("/milestones/<int:milestone_id>")
@requires(STUDENT)
def mine(milestone_id: int) -> ResponseReturnValue:
    """Show one of the student's own milestones."""
    return _page(milestone_id)


@bp.post("/milestones/<int:milestone_id>/evidence")
@requires(STUDENT)
def send(milestone_id: int) -> ResponseReturnValue:
    """Send evidence to whoever signs the milestone."""
    form = EvidenceForm(request.form)
    sending = Sending(
        version=form.opened_on,
        text=form.text.data or "",
        url=(form.url.data or "").strip(),
        upload=_upload(),
        agreed=form.agreed_to,
    )
    settings: Settings = current_app.extensions["settings"]
    try:
        with unit_of_work() as session:
            evidence.send(
                session, current_seat(), milestone_id, sending, _files(), limit=settings.upload_limit, now=utcnow()
            )
    except MilestoneChanged as changed:
        return both_versions(sending.text, theirs_words(changed), url_for(".mine", milestone_id=milestone_id))
    except IdentifiersFound as found:
        form.agreed.data, form.agree.data = found.fingerprint, False
        return _page(milestone_id, 422, send_form=form, found=[_shown(one) for one in found.suspicions])
    except Refused as refused:
        if refused.status != Refused.status:
            raise
        _put_beside(form, refused)
        return _page(milestone_id, 422, send_form=form)
    page = _read(milestone_id)
    return redirect_or_hx(url_for(".mine", milestone_id=milestone_id), told=_sent_words(page))


@bp.post("/milestones/<int:milestone_id>/draft")
@requires(STUDENT)
def save(milestone_id: int) -> ResponseReturnValue:
    """Keep what the student has typed so far."""
    now = utcnow()
    with unit_of_work() as session:
        evidence.save_draft(session, current_seat(), milestone_id, request.form.get("text", ""))
    if wants_partial():
        return render_template("milestones/_saved.html", saved_at=now, page=_read(milestone_id))
    return redirect_or_hx(url_for(".mine", milestone_id=milestone_id), told=_("Saved. Only you can read it so far."))


@bp.get("/milestones/<int:milestone_id>/evidence/<int:evidence_id>/withdraw")
@requires(STUDENT)
def ask_withdraw(milestone_id: int, evidence_id: int) -> ResponseReturnValue:
    """Ask before what was sent is erased."""
    page = _read(milestone_id)
    proof = next((one for one in page.proofs if one.evidence_id == evidence_id and not one.withdrawn), None)
    if proof is None:
        raise NotFound
    return render_template("milestones/withdraw.html", page=page, proof=proof)


@bp.post("/milestones/<int:milestone_id>/evidence/<int:evidence_id>/withdraw")
@requires(STUDENT)
def withdraw(milestone_id: int, evidence_id: int) -> ResponseReturnValue:
    """Take back what was sent and erase it."""
    with unit_of_work() as session:
        keys = evidence.withdraw(session, current_seat(), evidence_id, now=utcnow())
    evidence.erase(_files(), keys)
    told = _("Withdrawn. Its content is erased; nobody can open it any more.")
    return redirect_or_hx(url_for(".mine", milestone_id=milestone_id), told=told)


@bp.post("/milestones/<int:milestone_id>/appeal")
@requires(STUDENT)
def appeal(milestone_id: int) -> ResponseReturnValue:
    """Ask the course team to look again at what was sent back."""
    form = AppealForm(request.form, prefix="appeal-")
    if not form.validate():
        return _page(milestone_id, 422, appeal_form=form)
    words = form.words.data or ""
    try:
        with unit_of_work() as session:
            milestones.appeal(session, current_seat(), milestone_id, words, form.opened_on, now=utcnow())
    except MilestoneChanged as changed:
        return both_versions(words, theirs_words(changed), url_for(".mine", milestone_id=milestone_id))
    except WordsNeeded as refused:
        form.words.errors = [say(refused)]
        return _page(milestone_id, 422, appeal_form=form)
    told = _("The course team looks at it again. You get a mail when they have decided.")
    return redirect_or_hx(url_for(".mine", milestone_id=milestone_id), told=told)


@bp.get("/evidence/<int:evidence_id>/file")
@requires(IN_COURSE)
def fetch(evidence_id: int) -> ResponseReturnValue:
    """Hand out a file, to be kept and never to be shown inside our own pages."""
    stored = find_file(db.session(), current_seat(), evidence_id)
    try:
        content = _files().read(stored.storage_key)
    except FileNotFoundError:
        raise NotFound from None
    return send_file(io.BytesIO(content), stored.media_type, as_attachment=True, download_name=stored.name)


def _read(milestone_id: int) -> MilestonePage:
    session = db.session()
    case = find_own_case(session, current_seat(), milestone_id)
    return milestone_page(session, case, today=utcnow().date())


def _page(
    milestone_id: int,
    status: int = 200,
    *,
    send_form: EvidenceForm | None = None,
    appeal_form: AppealForm | None = None,
    found: list[dict[str, object]] | None = None,
) -> ResponseReturnValue:
    page = _read(milestone_id)
    view = {
        "page": page,
        "pill": pill(page, own=True),
        "next": next_for_student(page),
        "events": events(page, own=True),
        "reader": reader(page),
        "due": due_words(page),
        "own": True,
        "may_send": page.standing.proof in SENT and _takes_evidence(page),
        "send_form": send_form or EvidenceForm(data={"text": page.draft, "version": page.version}),
        "found": found or [],
        "appeal_form": appeal_form or AppealForm(data={"version": page.version}, prefix="appeal-"),
        "accept": ACCEPT,
        "size_words": size_words,
        "kind_words": kind_words,
        "meeting_pills": PILLS,
        "zone": my_zone(current_seat()) if page.meetings else "",
        "saved_at": None,
    }
    partial = "milestones/_appeal.html" if appeal_form else "milestones/_send.html"
    return render("milestones/mine.html", partial, status, **view)


def _takes_evidence(page: MilestonePage) -> bool:
    open_states = {ProgressState.OPEN, ProgressState.RETURNED}
    if page.standing.proof is Proof.EVIDENCE:
        open_states.add(ProgressState.SUBMITTED)  # a newer version; of an activity the word was given
    return page.state in open_states and not (page.retired or page.closed)


def _upload() -> Upload | None:
    sent = request.files.get("file")
    return Upload(sent.filename, sent.read()) if sent is not None and sent.filename else None


def _files() -> FileStore:
    store: FileStore = current_app.extensions["files"]
    return store


def _put_beside(form: EvidenceForm, refused: Refused) -> None:
    """Put the words beside the field that they are about."""
    field: Field = form.text
    if isinstance(refused, FileRefused):
        field = form.file
    elif isinstance(refused, LinkRefused):
        field = form.url
    field.errors = [say(refused)]


def _shown(suspicion: Suspicion) -> dict[str, object]:
    """Return one suspicious place as the page marks it: long calm stretches are cut in their middle."""
    return {
        "place": PLACES[suspicion.place],
        "kinds": ", ".join(dict.fromkeys(str(LOOKS_LIKE[finding.kind]) for finding in suspicion.findings)),
        "pieces": [_cut(piece) for piece in pieces(suspicion.text, suspicion.findings)],
    }


def _cut(piece: Piece) -> Piece:
    if piece.kind is not None or len(piece.text) <= LONGEST_PIECE:
        return piece
    half = LONGEST_PIECE // 2
    return Piece(f"{piece.text[:half]} … {piece.text[-half:]}")


def _sent_words(page: MilestonePage) -> str:
    if page.mentor_name:
        return str(_("Sent to %(name)s. You get a mail when there is an answer.", name=page.mentor_name))
    return str(_("Sent to the course team. You get a mail when there is an answer."))
