"""Faculty's pages of tests: the list, one test with its items, what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._failures import say
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._test_words import WORDS
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.items import ItemKind
from lti_mentoring.domain.tests import AnswersShown, Audience, FactsOfTest, NotReady
from lti_mentoring.domain.tracks import TooMany
from lti_mentoring.errors import Conflict
from lti_mentoring.forms.attempts import form_for
from lti_mentoring.forms.tests import FORMS, ItemForm, MentorTestForm, NewRulesForm, RulesForm, StudentTestForm, shown
from lti_mentoring.queries.results import results
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.tests import choices_of_tests, designed, find_test, tests_of_track
from lti_mentoring.services.items import (
    ItemFlawed,
    StillAsked,
    add_item,
    edit_item,
    find_item,
    is_answered,
    move_item,
    remove_item,
)
from lti_mentoring.services.tests import (
    ChangedTest,
    add_test,
    choose_mentor_test,
    choose_student_test,
    close_test,
    edit_test,
    publish_test,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import ImmutableMultiDict

    from lti_mentoring.models import Item, Test, Track
    from lti_mentoring.queries.tests import Designed

bp = Blueprint("tests", __name__, url_prefix="/track/tests")
USUAL = {"audience": Audience.STUDENTS, "pass_percent": 60, "answers": AnswersShown.EACH}


@bp.get("")
@requires(FACULTY)
def index() -> ResponseReturnValue:
    """List the tests of the track."""
    return _list()


@bp.post("/mentors")
@requires(FACULTY)
def mentors() -> ResponseReturnValue:
    """Say which test mentors must pass before they are given students."""
    form = _mentor_test_form(request.form)
    if not form.validate():
        return _list(mentors=form, status=422)
    with unit_of_work() as session:
        choose_mentor_test(session, current_seat(), form.test.data or None, now=utcnow())
    return redirect_or_hx(url_for(".index"), told=_("Saved."))


@bp.post("/students")
@requires(FACULTY)
def students() -> ResponseReturnValue:
    """Say which test students must pass before they are given a mentor."""
    form = _student_test_form(request.form)
    if not form.validate():
        return _list(students=form, status=422)
    with unit_of_work() as session:
        choose_student_test(session, current_seat(), form.test.data or None, now=utcnow())
    return redirect_or_hx(url_for(".index"), told=_("Saved."))


@bp.route("/new", methods=["GET", "POST"])
@requires(FACULTY)
def new() -> ResponseReturnValue:
    """Make a test."""
    form = NewRulesForm(_sent(), data=USUAL)
    if request.method == "GET" or not form.validate():
        return _rules(form, None)
    try:
        with unit_of_work() as session:
            test = add_test(session, current_seat(), form.facts(), now=utcnow())
    except TooMany as failure:
        form.form_errors.append(say(failure))
        return _rules(form, None)
    return redirect_or_hx(url_for(".show", test_id=test.id), told=_("Made. Only faculty see it until you publish it."))


@bp.get("/<int:test_id>")
@requires(FACULTY)
def show(test_id: int) -> ResponseReturnValue:
    """Show one test with its items."""
    return _page(test_id)


@bp.route("/<int:test_id>/rules", methods=["GET", "POST"])
@requires(FACULTY)
def rules(test_id: int) -> ResponseReturnValue:
    """Change what is decided about a test."""
    test = find_test(db.session(), current_seat(), test_id)
    form = RulesForm(_sent(), obj=test)
    if request.method == "GET" or not form.validate():
        return _rules(form, test)
    facts: FactsOfTest = form.facts_for(test.audience)
    try:
        with unit_of_work() as session:
            edit_test(session, current_seat(), test_id, facts, version=form.opened_on, now=utcnow())
    except ChangedTest as changed:
        form.form_errors.append(say(changed))
        form.version.data = str(test.version)
        return _rules(form, test, 409)
    except NotReady as failure:
        form.drawn.errors = [say(failure)]
        return _rules(form, test)
    return redirect_or_hx(
        url_for(".show", test_id=test_id), told=_("Saved. Attempts that have begun keep their rules.")
    )


@bp.post("/<int:test_id>/publish")
@requires(FACULTY)
def publish(test_id: int) -> ResponseReturnValue:
    """Let the test be taken."""
    try:
        with unit_of_work() as session:
            publish_test(session, current_seat(), test_id, now=utcnow())
    except NotReady as failure:
        return _page(test_id, 422, wrong=say(failure))
    return redirect_or_hx(url_for(".show", test_id=test_id), told=_("Published. It can be taken from now on."))


@bp.post("/<int:test_id>/close")
@requires(FACULTY)
def close(test_id: int) -> ResponseReturnValue:
    """End the test."""
    with unit_of_work() as session:
        close_test(session, current_seat(), test_id, now=utcnow())
    return redirect_or_hx(url_for(".show", test_id=test_id), told=_("Closed. Everything stays readable."))


@bp.get("/<int:test_id>/preview")
@requires(FACULTY)
def preview(test_id: int) -> ResponseReturnValue:
    """Show the test as those see it who take it; nothing is kept."""
    view = _designed(test_id)
    form = form_for((one.item_id, one.asked, ()) for one in view.items)
    return render_template("tests/preview.html", view=view, test=view.test, form=form, **WORDS)


@bp.get("/<int:test_id>/results")
@requires(FACULTY)
def outcome(test_id: int) -> ResponseReturnValue:
    """Show who has passed, and how hard each item was."""
    test = find_test(db.session(), current_seat(), test_id)
    found = results(db.session(), test, number=request.args.get("page", 1, type=int))
    return render("tests/results.html", "tests/_results.html", test=test, results=found, **WORDS)


@bp.route("/<int:test_id>/items/new", methods=["GET", "POST"])
@requires(FACULTY)
def new_item(test_id: int) -> ResponseReturnValue:
    """Write an item, after its kind was chosen."""
    test = find_test(db.session(), current_seat(), test_id)
    kind = request.args.get("kind", "")
    if kind not in set(ItemKind):
        return render_template("tests/kind.html", test=test, **WORDS)
    form = FORMS[ItemKind(kind)](_sent(), data={"version": test.version})
    if request.method == "GET" or not form.validate():
        return _item_page(form, test, None)
    try:
        with unit_of_work() as session:
            add_item(session, current_seat(), test_id, form.asked(), version=form.opened_on, now=utcnow())
    except (ItemFlawed, TooMany, ChangedTest) as failure:
        return _item_again(failure, form, test, None)
    return redirect_or_hx(url_for(".show", test_id=test_id) + "#items", told=_("Added."))


@bp.route("/<int:test_id>/items/<int:item_id>", methods=["GET", "POST"])
@requires(FACULTY)
def item(test_id: int, item_id: int) -> ResponseReturnValue:
    """Change an item."""
    test = find_test(db.session(), current_seat(), test_id)
    one = find_item(db.session(), test, item_id)
    form = FORMS[one.kind](_sent(), data=shown(one.asked) | {"version": test.version})
    if request.method == "GET" or not form.validate():
        return _item_page(form, test, one)
    try:
        with unit_of_work() as session:
            edit_item(session, current_seat(), test_id, item_id, form.asked(), version=form.opened_on, now=utcnow())
    except (ItemFlawed, ChangedTest) as failure:
        return _item_again(failure, form, test, one)
    return redirect_or_hx(url_for(".show", test_id=test_id) + "#items", told=_("Saved."))


@bp.post("/<int:test_id>/items/<int:item_id>/move")
@requires(FACULTY)
def item_move(test_id: int, item_id: int) -> ResponseReturnValue:
    """Move an item one step up or down."""
    to = request.form.get("index", 0, type=int)
    with unit_of_work() as session:
        move_item(session, current_seat(), test_id, item_id, to, now=utcnow())
    return redirect_or_hx(url_for(".show", test_id=test_id) + "#items", told=_("Moved."))


@bp.post("/<int:test_id>/items/<int:item_id>/remove")
@requires(FACULTY)
def item_remove(test_id: int, item_id: int) -> ResponseReturnValue:
    """Take an item out; what was answered stays readable."""
    try:
        with unit_of_work() as session:
            remove_item(session, current_seat(), test_id, item_id, now=utcnow())
    except StillAsked as failure:
        return _page(test_id, 422, wrong=say(failure))
    return redirect_or_hx(url_for(".show", test_id=test_id) + "#items", told=_("Taken out."))


def _sent() -> ImmutableMultiDict[str, str] | None:
    return request.form if request.method == "POST" else None


def _track() -> Track:
    return track_of(db.session(), current_seat())


def _mentor_test_form(sent: ImmutableMultiDict[str, str] | None = None) -> MentorTestForm:
    session, track = db.session(), _track()
    asked = next((one.test_id for one in tests_of_track(session, track) if one.asked_of_mentors), 0)
    form = MentorTestForm(sent, data={"test": asked})
    form.offer(choices_of_tests(session, track, Audience.MENTORS))
    return form


def _student_test_form(sent: ImmutableMultiDict[str, str] | None = None) -> StudentTestForm:
    session, track = db.session(), _track()
    asked = next((one.test_id for one in tests_of_track(session, track) if one.asked_of_students), 0)
    form = StudentTestForm(sent, data={"test": asked})
    form.offer(choices_of_tests(session, track, Audience.STUDENTS))
    return form


def _list(
    *, mentors: MentorTestForm | None = None, students: StudentTestForm | None = None, status: int = 200
) -> ResponseReturnValue:
    track = _track()
    return render(
        "tests/index.html", "tests/index.html", status, track=track, tests=tests_of_track(db.session(), track),
        mentors=mentors or _mentor_test_form(), students=students or _student_test_form(), **WORDS,
    )  # fmt: skip


def _designed(test_id: int) -> Designed:
    session = db.session()
    return designed(session, _track(), find_test(session, current_seat(), test_id))


def _page(test_id: int, status: int = 200, wrong: str = "") -> ResponseReturnValue:
    view = _designed(test_id)
    return render("tests/show.html", "tests/show.html", status, view=view, test=view.test, wrong=wrong, **WORDS)


def _rules(form: RulesForm, test: Test | None, status: int = 0) -> ResponseReturnValue:
    code = status or (422 if form.errors else 200)
    return render("tests/rules.html", "tests/rules.html", code, form=form, test=test, **WORDS)


def _item_page(form: ItemForm, test: Test, one: Item | None, status: int = 0) -> ResponseReturnValue:
    code = status or (422 if form.errors else 200)
    answered = one is not None and is_answered(db.session(), one)
    view = {"form": form, "test": test, "item": one, "answered": answered}
    return render("tests/item.html", "tests/item.html", code, **view, **WORDS)


def _item_again(
    failure: ItemFlawed | TooMany | ChangedTest, form: ItemForm, test: Test, one: Item | None
) -> ResponseReturnValue:
    """Show an item's form again after a refusal: what was typed stays in it."""
    if isinstance(failure, ItemFlawed):
        form.point_out(failure.flaws)
        return _item_page(form, test, one, 422)
    form.form_errors.append(say(failure))
    form.version.data = str(test.version)
    return _item_page(form, test, one, 409 if isinstance(failure, Conflict) else 422)
