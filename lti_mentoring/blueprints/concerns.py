"""Confidential help: a word about somebody, for those who raise it and for those alone who handle it.

Its pages have titles that tell nothing to who looks over a shoulder, and answer with "not found" to everybody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import SEATED, TAKER, current_seat, requires
from lti_mentoring.blueprints._calm import setting_up
from lti_mentoring.blueprints._failures import explain, say
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._wire import row_number
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.concerns import (
    ConcernState,
    NobodyHandles,
    PretendedStudent,
    ReadersChanged,
    TooManyOpen,
)
from lti_mentoring.errors import NotFound
from lti_mentoring.forms.concerns import RaiseForm, WordsForm
from lti_mentoring.queries.concern_handlers import handlers_of
from lti_mentoring.queries.concern_talks import case_of, own_talk
from lti_mentoring.queries.concerns import MOST_FOUND, concerns_to_handle, my_concerns, whom
from lti_mentoring.queries.privacy import administrators_to_ask
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services import concerns as services

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.errors import MentoringError
    from lti_mentoring.sealing import Sealer

bp = Blueprint("concerns", __name__)
OWN = _l("You work together, or did.")
explain(
    "nobody_handles",
    _l("Nobody is there who could read this"),
    _l("Whom it is about never reads it, and nobody else is named. Nothing was sent; your words are still here."),
)
explain(
    "readers_changed",
    _l("Who reads this has changed meanwhile"),
    _l("Look at the names again, then send it. Nothing was sent yet."),
    status=409,
)
explain(
    "too_many_concerns",
    _l("%(most)s of yours are open already"),
    _l("Write into one of them; they are all read. Nothing was sent; your words are still here."),
)
explain(
    "pretended_student",
    _l("The test student says nothing in confidence"),
    _l("Open Mentoring as yourself. Nothing was sent; your words are still here."),
)
explain("concern_closed", _l("This is closed"), _l("Nothing was sent. Keep your words, if you need them."), status=409)
explain(
    "concern_moved",
    _l("Something has happened here meanwhile"),
    _l("Look at it again, then decide. Nothing was changed."),
    status=409,
)
explain("read_first", _l("There is something new"), _l("Open and read it before you answer."), status=409)
explain("no_pair", _l("These two are both mentors"), _l("Nothing brings them together as mentor and student."))


@bp.get("/concerns/new")
@requires(TAKER)
def new() -> ResponseReturnValue:
    """Say who would read it, and ask."""
    return _new()


@bp.post("/concerns/new")
@requires(TAKER)
def send() -> ResponseReturnValue:
    """Send it to those who were named."""
    form = RaiseForm((), request.form)
    if not form.validate():
        return _new(posted=True)
    try:
        with unit_of_work() as session:
            seat = current_seat()
            services.raise_concern(
                session, seat, track_of(session, seat), form.concerning.data, form.text.data or "", form.told,
                _sealer(), now=utcnow(),
            )  # fmt: skip
    except (NobodyHandles, PretendedStudent, ReadersChanged, TooManyOpen, NotFound) as refused:
        return _new(posted=True, refused=refused)
    told = _("Sent. You hear within 7 days that it was read; look here, since nobody writes you a mail about it.")
    return redirect_or_hx(url_for("concerns.mine"), told=told)


@bp.get("/concerns/mine")
@requires(TAKER)
def mine() -> ResponseReturnValue:
    """Show what one has raised."""
    rows = my_concerns(db.session(), current_seat(), now=utcnow())
    return render("concerns/mine.html", "concerns/mine.html", rows=rows)


@bp.get("/concerns/mine/<concern_key>")
@requires(TAKER)
def own(concern_key: str) -> ResponseReturnValue:
    """Show one of them with its answers."""
    return _own(concern_key, WordsForm())


@bp.post("/concerns/mine/<concern_key>")
@requires(TAKER)
def add(concern_key: str) -> ResponseReturnValue:
    """Write more."""
    form = WordsForm(request.form)
    if not form.validate():
        return _own(concern_key, form, 422)
    with unit_of_work() as session:
        services.add(session, current_seat(), concern_key, form.text.data or "", _sealer(), now=utcnow())
    return redirect_or_hx(url_for("concerns.own", concern_key=concern_key), told=_("Sent."))


@bp.get("/concerns")
@requires(SEATED)
def listed() -> ResponseReturnValue:
    """Show a handler what there is."""
    number = request.args.get("page", 1, type=row_number) or 1
    rows, pages = concerns_to_handle(db.session(), current_seat(), number=number, now=utcnow())
    return render("concerns/list.html", "concerns/list.html", rows=rows, paged=pages)


@bp.get("/concerns/<concern_key>")
@requires(SEATED)
def one(concern_key: str) -> ResponseReturnValue:
    """Show a handler one of them: what was opened, and how many words wait."""
    return _one(concern_key, WordsForm())


@bp.post("/concerns/<concern_key>/open")
@requires(SEATED)
def read(concern_key: str) -> ResponseReturnValue:
    """Open what is written; its handlers see who did."""
    with unit_of_work() as session:
        services.open_concern(session, current_seat(), concern_key, now=utcnow())
    return _back(concern_key)


@bp.post("/concerns/<concern_key>/answer")
@requires(SEATED)
def answer(concern_key: str) -> ResponseReturnValue:
    """Answer whoever raised it."""
    form = WordsForm(request.form)
    if not form.validate():
        return _one(concern_key, form, 422)
    with unit_of_work() as session:
        services.answer(session, current_seat(), concern_key, form.text.data or "", _sealer(), now=utcnow())
    return _back(concern_key, _("Answered. They see it when they look; no mail goes out."))


@bp.post("/concerns/<concern_key>/<any(close, reopen):step>")
@requires(SEATED)
def settle(concern_key: str, step: str) -> ResponseReturnValue:
    """Close it, or open it again."""
    state = ConcernState.CLOSED if step == "close" else ConcernState.OPEN
    version = request.form.get("version", 0, type=row_number)
    with unit_of_work() as session:
        services.settle(session, current_seat(), concern_key, state, version or 0, now=utcnow())
    return _back(concern_key, _("Closed.") if state is ConcernState.CLOSED else _("Open again."))


@bp.post("/concerns/<concern_key>/<any(apart, together):step>")
@requires(SEATED)
def pair(concern_key: str, step: str) -> ResponseReturnValue:
    """Keep the two apart from now on, or take that back."""
    act = services.keep_apart if step == "apart" else services.let_together
    with unit_of_work() as session:
        act(session, current_seat(), concern_key, now=utcnow())
    return _back(concern_key, _("They are not brought together from now on.") if step == "apart" else _("Taken back."))


def _back(concern_key: str, told: str = "") -> ResponseReturnValue:
    return redirect_or_hx(url_for("concerns.one", concern_key=concern_key), told=told)


def _new(*, posted: bool = False, refused: MentoringError | None = None) -> ResponseReturnValue:
    session, seat = db.session(), current_seat()
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    wanted = request.args.get("q", "").strip()[:100]
    people = whom(session, seat, track_of(session, seat), wanted=wanted)
    readers = [one for one in handlers_of(session, seat.institution_id) if one.person_id != seat.person_id]
    form = RaiseForm(people, request.form if posted else None)
    if posted:
        form.validate()
    if isinstance(refused, NotFound):
        form.concerning.errors = [*form.concerning.errors, _("Choose somebody who is listed.")]
    elif refused is not None:
        form.form_errors.append(say(refused))
    return render(
        "concerns/new.html", "concerns/new.html", 422 if posted else 200,
        form=form, people=people, wanted=wanted, most=MOST_FOUND, readers=readers,
        ask=() if readers else administrators_to_ask(session, seat),
        smalls={str(one.person_id): OWN if one.is_own else "" for one in people},
    )  # fmt: skip


def _own(concern_key: str, form: WordsForm, status: int = 200) -> ResponseReturnValue:
    talk = own_talk(db.session(), current_seat(), concern_key, _sealer())
    return render("concerns/own.html", "concerns/own.html", status, talk=talk, form=form)


def _one(concern_key: str, form: WordsForm, status: int = 200) -> ResponseReturnValue:
    case = case_of(db.session(), current_seat(), concern_key, _sealer(), now=utcnow())
    return render("concerns/one.html", "concerns/one.html", status, case=case, talk=case.talk, form=form)


def _sealer() -> Sealer:
    sealer: Sealer = current_app.extensions["sealer"]
    return sealer
