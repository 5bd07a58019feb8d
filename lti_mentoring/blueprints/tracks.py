"""Routes of tracks: which one a page of the course opens, how it is configured, and when students see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints import _track_plan
from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._failures import say
from lti_mentoring.blueprints._htmx import redirect_or_hx
from lti_mentoring.blueprints._track_edges import MOST_ID, here, page, sent, show_as_it_is, stale
from lti_mentoring.blueprints._track_words import MISSING_WORDS, matching_words, path_of, rule_words
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.grades import GradeRule
from lti_mentoring.domain.track_templates import TEMPLATES, TrackTemplate, translated
from lti_mentoring.domain.tracks import LinkChosen, NothingCounts, NotPublishable, TrackChanged, missing
from lti_mentoring.errors import NotFound
from lti_mentoring.forms.tracks import (
    CertificateForm,
    GradingForm,
    MentoringForm,
    NewTrackForm,
    TrackForm,
    VersionedForm,
)
from lti_mentoring.models import TrackState
from lti_mentoring.queries.copying import Origin, copies_offered
from lti_mentoring.queries.credentials import checkers_of
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.queries.tests import titles_of_tests
from lti_mentoring.queries.tracks import closed_columns, plan_of, touched, tracks_of_course
from lti_mentoring.services.tracks import (
    close,
    create_track,
    edit_certificate,
    edit_facts,
    edit_grading,
    edit_mentoring,
    grading_of,
    milestone_facts,
    open_track,
    publish,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.models import Track
    from lti_mentoring.queries.tracks import Plan

bp = Blueprint("tracks", __name__)
bp.register_error_handler(TrackChanged, show_as_it_is)
bp.register_error_handler(LinkChosen, show_as_it_is)
_track_plan.add_routes(bp)


@bp.get("/track")
@requires(FACULTY)
def show() -> ResponseReturnValue:
    """Show the designer; where the page of the course opens no track yet, ask which one it should open."""
    if current_seat().track_id is None:
        return _which()
    _seat, track = here()
    plan = plan_of(db.session(), track)
    people = touched(db.session(), track)
    matching = matching_words(rules_of(db.session(), track))
    tests = titles_of_tests(db.session(), track)
    lacking = _missing(track)
    return page("show", track=track, plan=plan, people=people, missing=lacking, matching=matching, tests=tests)


@bp.get("/track/choose")
@requires(FACULTY)
def choice() -> ResponseReturnValue:
    """Ask again which track this page of the course opens."""
    return _which()


@bp.post("/track/choose")
@requires(FACULTY)
def choose() -> ResponseReturnValue:
    """Let this page of the course open a track that is there already."""
    seat = current_seat()
    track_id = request.form.get("track_id", type=int)
    if track_id is None or not 0 < track_id <= MOST_ID:
        raise NotFound
    opened_on = request.form.get("opens", type=int)
    with unit_of_work() as session:
        track = open_track(session, seat, track_id, opened_on=opened_on, now=utcnow())
    told = _("This page of your course now opens %(title)s.", title=track.title)
    return redirect_or_hx(url_for("tracks.show"), told=told)


@bp.route("/track/new", methods=["GET", "POST"])
@requires(FACULTY)
def new() -> ResponseReturnValue:
    """Make a track from a template, after a look at what is in it."""
    seat = current_seat()
    template = _template(request.args.get("template", ""))
    start = {
        "title": template.title,
        "purpose": template.purpose,
        "starts_on": utcnow().date(),
        "opens": seat.track_id or "",
    }
    form = NewTrackForm(sent(), data=start)
    if request.method == "GET" or not form.validate():
        return page("new", _status(form), form=form, template=template)
    opened_on = request.form.get("opens", type=int)
    with unit_of_work() as session:
        create_track(session, seat, template, form.facts(), opened_on=opened_on, now=utcnow())
    return redirect_or_hx(url_for("tracks.show"), told=_("Made. Only faculty see it until you publish it."))


@bp.route("/track/settings", methods=["GET", "POST"])
@requires(FACULTY)
def settings() -> ResponseReturnValue:
    """Change what the track is called, what it is for and when it begins."""
    seat, track = here()
    form = TrackForm(sent(), obj=track)
    if request.method == "GET" or not form.validate():
        return page("settings", _status(form), form=form, track=track)
    try:
        with unit_of_work() as session:
            edit_facts(session, seat, form.facts(), version=form.opened_on, now=utcnow())
    except TrackChanged:
        return stale("settings", form, TrackForm(obj=track), track)
    return _saved()


@bp.route("/track/mentors", methods=["GET", "POST"])
@requires(FACULTY)
def mentoring() -> ResponseReturnValue:
    """Change how people become mentors here."""
    seat, track = here()
    form = MentoringForm(sent(), obj=track)
    checkers = checkers_of(db.session(), seat).value
    if request.method == "GET" or not form.validate():
        return page("mentoring", _status(form), form=form, track=track, checkers=checkers)
    try:
        with unit_of_work() as session:
            edit_mentoring(session, seat, form.facts(), version=form.opened_on, now=utcnow())
    except TrackChanged:
        return stale("mentoring", form, MentoringForm(obj=track), track, checkers=checkers)
    return _saved()


@bp.route("/track/grade", methods=["GET", "POST"])
@requires(FACULTY)
def grading() -> ResponseReturnValue:
    """Change how the grade is formed and which columns it fills."""
    seat, track = here()
    form = GradingForm(sent(), data=_grading_data(track))
    view = _grading_view(track)
    if request.method == "GET" or not form.validate():
        return page("grading", _status(form), form=form, track=track, **view)
    try:
        with unit_of_work() as session:
            edit_grading(session, seat, form.facts(), version=form.opened_on, now=utcnow())
    except TrackChanged:
        return stale("grading", form, GradingForm(data=_grading_data(track)), track, **view)
    except NothingCounts as failure:
        form.rule.errors = [say(failure)]
        return page("grading", 422, form=form, track=track, **view)
    return _saved()


@bp.route("/track/certificate", methods=["GET", "POST"])
@requires(FACULTY)
def certificate() -> ResponseReturnValue:
    """Change what the certificate says and which milestones earn it."""
    seat, track = here()
    form = _certificate_form(track, posted=True)
    if request.method == "GET" or not form.validate():
        return page("certificate", _status(form), form=form, track=track)
    try:
        with unit_of_work() as session:
            edit_certificate(session, seat, form.facts(), version=form.opened_on, now=utcnow())
    except TrackChanged:
        return stale("certificate", form, _certificate_form(track, posted=False), track)
    return _saved()


@bp.get("/track/preview")
@requires(FACULTY)
def preview() -> ResponseReturnValue:
    """Show the track as a student sees it on the first day."""
    _seat, track = here()
    plan = plan_of(db.session(), track)
    return page("preview", track=track, plan=plan, path=path_of(plan))


@bp.route("/track/publish", methods=["GET", "POST"])
@requires(FACULTY)
def publishing() -> ResponseReturnValue:
    """Say whom publishing touches; then let the track run."""
    seat, track = here()
    form = VersionedForm(sent(), obj=track)
    if track.state is TrackState.PUBLISHED:
        return redirect_or_hx(url_for("tracks.show"))
    if request.method == "GET":
        return _before_publishing(track, form, 200)
    try:
        with unit_of_work() as session:
            publish(session, seat, version=form.opened_on, now=utcnow())
    except NotPublishable:
        return _before_publishing(track, form, 422)
    return redirect_or_hx(url_for("tracks.show"), told=_("Published. Students and mentors see it from now on."))


@bp.route("/track/close", methods=["GET", "POST"])
@requires(FACULTY)
def closing() -> ResponseReturnValue:
    """Say what closing means; then close the track."""
    seat, track = here()
    form = VersionedForm(sent(), obj=track)
    if request.method == "GET":
        return page("close", form=form, track=track, people=touched(db.session(), track))
    with unit_of_work() as session:
        close(session, seat, version=form.opened_on, now=utcnow())
    return redirect_or_hx(url_for("tracks.show"), told=_("Closed. Everything stays readable."))


def _which() -> ResponseReturnValue:
    seat = current_seat()
    choices = tracks_of_course(db.session(), seat)
    templates = [translated(template, _) for template in TEMPLATES.values()]
    offers = copies_offered(db.session(), seat)
    urged = [one for one in offers if one.origin is Origin.COPIED and not one.declined]
    others = [one for one in offers if one not in urged]
    return page("choose", choices=choices, templates=templates, opens=seat.track_id, urged=urged, others=others)


def _template(key: str) -> TrackTemplate:
    if key not in TEMPLATES:
        raise NotFound
    return translated(TEMPLATES[key], _)


def _status(form: VersionedForm) -> int:
    return 422 if form.errors else 200


def _saved() -> ResponseReturnValue:
    return redirect_or_hx(url_for("tracks.show"), told=_("Saved."))


def _missing(track: Track) -> list[str]:
    if track.state is TrackState.PUBLISHED:
        return []
    codes = missing(grading_of(track), [milestone_facts(one) for one in track.open_milestones])
    return [str(MISSING_WORDS[code]) for code in codes]


def _before_publishing(track: Track, form: VersionedForm, status: int) -> ResponseReturnValue:
    people = touched(db.session(), track)
    return page("publish", status, form=form, track=track, people=people, missing=_missing(track))


def _grading_data(track: Track) -> dict[str, object]:
    rules = grading_of(track)
    return {"rule": rules.rule, "mode": rules.mode, "points": rules.points, "version": track.version}


def _grading_view(track: Track) -> dict[str, object]:
    plan = plan_of(db.session(), track)
    return {
        "smalls": _examples(plan, track),
        "people": touched(db.session(), track),
        "closed": closed_columns(db.session(), track),
    }


def _examples(plan: Plan, track: Track) -> dict[str, str]:
    return {rule.value: rule_words(rule, track.points, plan.weights) for rule in GradeRule}


def _certificate_form(track: Track, *, posted: bool) -> CertificateForm:
    milestones = plan_of(db.session(), track).milestones
    data = {
        "title": track.certificate_title,
        "sentence": track.certificate_sentence,
        "needed": [one.milestone_id for one in milestones if one.needed_for_certificate],
        "version": track.version,
    }
    form = CertificateForm(sent() if posted else None, data=data)
    form.offer((one.milestone_id, one.title) for one in milestones)
    return form
