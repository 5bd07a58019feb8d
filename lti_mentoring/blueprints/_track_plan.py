"""Routes for the order of a track: its milestones and its stages. `tracks` adds them to its blueprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import FACULTY, requires
from lti_mentoring.blueprints._failures import say
from lti_mentoring.blueprints._htmx import redirect_or_hx
from lti_mentoring.blueprints._track_edges import MOST_ID, here, page, sent, stale
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.milestones import Proof, Signer
from lti_mentoring.domain.tests import Audience
from lti_mentoring.domain.tracks import NothingCounts, Spot, TooMany, TrackChanged
from lti_mentoring.errors import MentoringError, NotFound, Refused
from lti_mentoring.forms.tracks import ANY_ROLE, ROLE, MilestoneForm, StageForm, VersionedForm
from lti_mentoring.models import Milestone
from lti_mentoring.queries.tests import choices_of_tests
from lti_mentoring.queries.tracks import begun_by, forms_to_choose, plan_of, touched
from lti_mentoring.services.assessments import ensure_instruments
from lti_mentoring.services.track_milestones import (
    AddressRefused,
    FormMissing,
    NoTestNamed,
    add_milestone,
    edit_milestone,
    find_milestone,
    move_milestone,
    remove_milestone,
)
from lti_mentoring.services.track_stages import add_stage, move_stage, remove_stage, rename_stage

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from lti_mentoring.models import Track
    from lti_mentoring.queries.tracks import Plan


def add_routes(bp: Blueprint) -> None:
    """Add the routes of this file to the blueprint of tracks."""
    both = ["GET", "POST"]
    one = f"/track/milestones/<int(max={MOST_ID}):milestone_id>"
    stage = f"/track/stages/<int(max={MOST_ID}):stage_id>"
    bp.add_url_rule("/track/milestones/new", "new_milestone", new_milestone, methods=both)
    bp.add_url_rule(one, "milestone", milestone, methods=both)
    bp.add_url_rule(f"{one}/move", "milestone_move", milestone_move, methods=["POST"])
    bp.add_url_rule(f"{one}/remove", "milestone_remove", milestone_remove, methods=both)
    bp.add_url_rule("/track/stages", "stages", stages, methods=both)
    bp.add_url_rule(stage, "stage", stage_rename, methods=both)
    bp.add_url_rule(f"{stage}/move", "stage_move", stage_move, methods=["POST"])
    bp.add_url_rule(f"{stage}/remove", "stage_remove", stage_remove, methods=["POST"])


@requires(FACULTY)
def new_milestone() -> ResponseReturnValue:
    """Add a milestone at the end of a stage."""
    seat, track = here()
    plan = plan_of(db.session(), track)
    form = _milestone_form(track, plan, None, posted=True)
    if request.method == "GET" or not form.validate():
        return _milestone_page(form, track, plan, None)
    try:
        with unit_of_work() as session:
            one = add_milestone(session, seat, form.facts(), version=form.opened_on, now=utcnow())
    except (TrackChanged, Refused) as failure:
        return _again(failure, form, track, None)
    told = _("%(title)s is on the path.", title=one.title)
    return redirect_or_hx(url_for("tracks.show"), told=told)


@requires(FACULTY)
def milestone(milestone_id: int) -> ResponseReturnValue:
    """Show one milestone's fields; save them."""
    seat, track = here()
    if _is_gone(track, milestone_id):
        return _as_new(track)
    one = find_milestone(db.session(), track, milestone_id)
    plan = plan_of(db.session(), track)
    form = _milestone_form(track, plan, one, posted=True)
    if request.method == "GET" or not form.validate():
        return _milestone_page(form, track, plan, one)
    try:
        with unit_of_work() as session:
            edit_milestone(session, seat, milestone_id, form.facts(), version=form.opened_on, now=utcnow())
    except (TrackChanged, Refused) as failure:
        return _again(failure, form, track, one)
    return redirect_or_hx(url_for("tracks.milestone", milestone_id=milestone_id), told=_("Saved."))


@requires(FACULTY)
def milestone_move(milestone_id: int) -> ResponseReturnValue:
    """Move a milestone one step up or down, or over into the stage beside its own."""
    seat, _track = here()
    spot = Spot(request.form.get("index", -1, type=int), request.form.get("stage", type=int) or None)
    with unit_of_work() as session:
        move_milestone(session, seat, milestone_id, spot, version=_version(), now=utcnow())
    return redirect_or_hx(url_for("tracks.show") + f"#milestone-{milestone_id}", told=_("Moved."))


@requires(FACULTY)
def milestone_remove(milestone_id: int) -> ResponseReturnValue:
    """Say for whom a milestone would go, and what stays; then take it out."""
    seat, track = here()
    if request.method == "GET":
        one = find_milestone(db.session(), track, milestone_id)
        form = VersionedForm(obj=track)
        return page("remove", form=form, track=track, one=one, begun=begun_by(db.session(), one))
    with unit_of_work() as session:
        remove_milestone(session, seat, milestone_id, version=_version(), now=utcnow())
    return redirect_or_hx(url_for("tracks.show"), told=_("Taken out."))


@requires(FACULTY)
def stages() -> ResponseReturnValue:
    """Show the stages; add one."""
    seat, track = here()
    form = StageForm(sent(), data={"version": track.version})
    if request.method == "GET" or not form.validate():
        return _stages_page(form, track, 422 if form.errors else 200)
    try:
        with unit_of_work() as session:
            add_stage(session, seat, form.title.data or "", version=form.opened_on, now=utcnow())
    except TooMany as failure:
        form.form_errors.append(say(failure))
        return _stages_page(form, track, 422)
    except TrackChanged:
        plan = plan_of(db.session(), track)
        return stale("stages", form, form, track, plan=plan)
    return redirect_or_hx(url_for("tracks.stages"), told=_("Added."))


@requires(FACULTY)
def stage_rename(stage_id: int) -> ResponseReturnValue:
    """Show one stage's name; save it."""
    seat, track = here()
    form = _stage_form(track, stage_id, posted=True)
    if request.method == "GET" or not form.validate():
        return page("stage", 422 if form.errors else 200, form=form, track=track, stage_id=stage_id)
    try:
        with unit_of_work() as session:
            rename_stage(session, seat, stage_id, form.title.data or "", version=form.opened_on, now=utcnow())
    except TrackChanged:
        return stale("stage", form, _stage_form(track, stage_id, posted=False), track, stage_id=stage_id)
    return redirect_or_hx(url_for("tracks.stages"), told=_("Saved."))


@requires(FACULTY)
def stage_move(stage_id: int) -> ResponseReturnValue:
    """Move a stage with its milestones."""
    seat, _track = here()
    to = request.form.get("index", 0, type=int)
    with unit_of_work() as session:
        move_stage(session, seat, stage_id, to, version=_version(), now=utcnow())
    return redirect_or_hx(url_for("tracks.stages"), told=_("Moved."))


@requires(FACULTY)
def stage_remove(stage_id: int) -> ResponseReturnValue:
    """Remove a stage; its milestones join the one beside it."""
    seat, _track = here()
    with unit_of_work() as session:
        remove_stage(session, seat, stage_id, version=_version(), now=utcnow())
    return redirect_or_hx(url_for("tracks.stages"), told=_("Removed. Its milestones stand in the stage beside it."))


def _version() -> int:
    return VersionedForm(sent()).opened_on


def _milestone_form(track: Track, plan: Plan, one: Milestone | None, *, posted: bool) -> MilestoneForm:
    stages = [(stage.stage_id or 0, stage.title or _("No stage")) for stage in plan.stages]
    form = MilestoneForm(sent() if posted else None, data=_milestone_data(track, one, stages))
    form.offer(stages, _forms_for(track, one), _tests_for(track, one), track.roles)
    return form


def _milestone_data(track: Track, one: Milestone | None, stages: list[tuple[int, str]]) -> dict[str, object]:
    if one is None:
        last = stages[-1][0] if stages else 0
        start: dict[str, object] = {
            "stage": last,
            "proof": Proof.EVIDENCE,
            "signer": Signer.MENTOR,
            "instrument": 0,
            "test": 0,
        }
        return start | {"weight": 10, "needed_for_certificate": True, "version": track.version}
    names = (
        "title", "asked", "proof", "due_after_days", "weight", "signer", "needed_for_certificate", "activity_url",
    )  # fmt: skip
    values = {name: getattr(one, name) for name in names}
    return values | {
        "stage": one.stage_id or 0,
        "instrument": one.instrument_id or 0,
        "test": one.test_id or 0,
        "signer_role": ANY_ROLE if one.signer_role is None else ROLE + one.signer_role,
        "version": track.version,
    }


def _forms_for(track: Track, one: Milestone | None) -> list[tuple[int, str]]:
    """Return the forms to choose from: the newest, and the one in use; the shipped ones are made on first need."""
    if not forms_to_choose(db.session(), track.institution_id):
        with unit_of_work() as session:
            ensure_instruments(session, track.institution_id, now=utcnow())
    offered = list(forms_to_choose(db.session(), track.institution_id))
    if one and one.instrument and one.instrument_id not in {number for number, _title in offered}:
        offered.append((one.instrument.id, one.instrument.title))
    return offered


def _tests_for(track: Track, one: Milestone | None) -> list[tuple[int, str]]:
    """Return the tests to choose from: the students' published ones, and the one in use."""
    offered = list(choices_of_tests(db.session(), track, Audience.STUDENTS))
    if one and one.test and one.test_id not in {number for number, _title in offered}:
        offered.append((one.test.id, one.test.title))
    return offered


def _milestone_page(form: MilestoneForm, track: Track, plan: Plan, one: Milestone | None) -> ResponseReturnValue:
    return page("milestone", 422 if form.errors else 200, form=form, track=track, **_milestone_view(track, plan, one))


def _milestone_view(track: Track, plan: Plan, one: Milestone | None) -> dict[str, object]:
    shown = next((row for row in plan.milestones if one and row.milestone_id == one.id), None)
    return {"plan": plan, "one": shown, "people": touched(db.session(), track)}


def _again(failure: MentoringError, form: MilestoneForm, track: Track, one: Milestone | None) -> ResponseReturnValue:
    """Show a milestone's form again after a refusal: the words stand at the field that they are about."""
    plan = plan_of(db.session(), track)
    if isinstance(failure, TrackChanged):
        theirs = _milestone_form(track, plan, one, posted=False) if one else form
        return stale("milestone", form, theirs, track, **_milestone_view(track, plan, one))
    if isinstance(failure, NothingCounts):
        form.weight.errors = [say(failure)]
    elif isinstance(failure, AddressRefused):
        form.activity_url.errors = [say(failure)]
    elif isinstance(failure, FormMissing):
        form.instrument.errors = [say(failure)]
    elif isinstance(failure, NoTestNamed):
        form.test.errors = [say(failure)]
    else:
        form.form_errors.append(say(failure))
    return _milestone_page(form, track, plan, one)


def _is_gone(track: Track, milestone_id: int) -> bool:
    """Whether a form was sent for a milestone that somebody else has taken out since it was opened."""
    if request.method == "GET" or not 0 < _version() < track.version:
        return False
    there = db.session().get(Milestone, milestone_id)
    return there is None or (there.track_id == track.id and there.retired_at is not None)


def _as_new(track: Track) -> ResponseReturnValue:
    """Show what was typed for a milestone that is gone, ready to be saved as a new one."""
    plan = plan_of(db.session(), track)
    form = _milestone_form(track, plan, None, posted=True)
    form.validate()
    return stale("milestone", form, form, track, gone=True, **_milestone_view(track, plan, None))


def _stages_page(form: StageForm, track: Track, status: int) -> ResponseReturnValue:
    return page("stages", status, form=form, track=track, plan=plan_of(db.session(), track))


def _stage_form(track: Track, stage_id: int, *, posted: bool) -> StageForm:
    title = next((stage.title for stage in track.stages if stage.id == stage_id), None)
    if title is None:
        raise NotFound
    return StageForm(sent() if posted else None, data={"title": title, "version": track.version})
