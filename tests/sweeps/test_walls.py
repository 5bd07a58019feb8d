"""Nobody gets in where they may not: every route of the URL map, in every role, with everybody's numbers.

A wall answers 401, 403 or 404, writes nothing and shows nothing. A route that has an argument without a number here
fails the test.
"""

import json
import re
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain, product

import pytest
from factories.browser import forget_request, sit
from factories.world import NOON, deployment, membership, person
from fixtures.databases import connected_app, settings_for
from sqlalchemy import event
from sweeps.furnished import SECRET, Furnished

from lti_mentoring.blueprints._access import PLATFORM, PUBLIC
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Administrator, Membership, MembershipStatus, Mentorship
from lti_mentoring.services import assigning

REFUSED = {401, 403, 404}
CHANGES = ("INSERT", "UPDATE", "DELETE")
STUDENT, MENTOR, FACULTY, ADMINISTRATOR = (
    SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY, SeatRole.ADMINISTRATOR,
)  # fmt: skip
# What forms send, all at once: each view takes what is its own. Without it some would only say that a field is missing.
EVERYTHING = {
    "version": "1", "reason": "She moves to another ward now.", "places": "7", "field": "Surgery", "text": "Words.",
    "title": "A title", "sentence": "has walked the way.", "points": "50", "rule": "weighted", "mode": "one",
    "decision": "accept", "reached": "yes", "role": "student", "shows": "name", "track": "later", "index": "1",
    "item_entrustment": "3", "item_better": "Wash your hands first.", "answer-version": "1", "appeal-version": "1",
    "extend-version": "1", "excuse-version": "1", "lift-version": "1", "reopen-version": "1",
    "answer-words": "Well seen and said.", "appeal-words": "Look at page two.", "extend-words": "She was ill then.",
    "excuse-words": "She did it before.", "lift-words": "It was another's.", "reopen-words": "It was another file.",
    "extend-due_on": "2090-01-01", "starts_on": "2026-09-28", "weight": "10", "proof": "word", "signer": "mentor",
    "instrument": "0", "due_after_days": "7",
}  # fmt: skip
OUR_KEYS = ("INSERT INTO tool_key", "DELETE FROM tool_key")
"""Made and taken out of the published list when somebody asks for it; nobody's state."""


class Walls:
    """The own course, and what lies behind the walls."""

    def __init__(self, app, session):
        self.app, self.session = app, session
        self.here = Furnished(app, session)
        self.beyond = {
            "another course": Furnished(app, session, inside=self.here.deployment),
            "another deployment": Furnished(
                app, session, inside=deployment(session, self.here.registration, deployment_id="2")
            ),
            "another institution": Furnished(app, session),
        }
        session.commit()
        self.rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]

    def seated(self, role, who=None, **columns):
        return sit(self.app, self.session, self.here, role, who, **columns)

    def access(self, rule):
        return self.app.view_functions[rule.endpoint].access_rule

    def calls(self, rule, numbers):
        """Every address that a rule makes with these numbers, with its methods."""
        values = {name: value for name, value in numbers.items() if name in rule.arguments}
        if rule.endpoint == "awards.progress":
            values["job_id"] = numbers["batch_id"]
        choices = [name for name in rule.arguments if name not in values]
        paths = [values]
        for name in choices:
            items = getattr(rule._converters[name], "items", None)
            assert items, f"{rule}: no number for {name}"
            paths = [{**one, name: item} for one in paths for item in items]
        for one in paths:
            path = rule.build(one, append_unknown=False)[1]
            yield from ((method, path) for method in sorted(rule.methods & {"GET", "POST"}))


@pytest.fixture(scope="module")
def walls(sqlite_copies, tmp_path_factory):
    url = sqlite_copies.fresh()
    with connected_app(settings_for(url, tmp_path_factory.mktemp("walls"))) as app:
        app.config.update(TESTING=True, PREFERRED_URL_SCHEME="https")
        with app.app_context():
            yield Walls(app, app.extensions["sqlalchemy"].session())
    sqlite_copies.drop(url)


@contextmanager
def nothing_written(session):
    """Fail when something is written and kept while the block runs."""
    pending, kept = [], []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if statement.startswith(CHANGES) and not statement.startswith(OUR_KEYS):
            pending.append(statement)

    def keep(_connection):
        kept.extend(pending)
        pending.clear()

    listeners = (
        ("before_cursor_execute", note), ("commit", keep), ("rollback", lambda _connection: pending.clear()),
    )  # fmt: skip
    engine = session.get_bind()
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
    assert kept == []


def press(browser, method, path, data=None):
    if method == "GET":
        return browser.get(path)
    return browser.post(path, {**EVERYTHING, **(data or {})})


LONG_AGO = NOON - timedelta(days=400)
PLACES = ["another course", "another deployment", "another institution"]
ROLES = [None, *SeatRole]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.value if role else "nobody")
def test_who_does_not_sit_in_the_right_role_stays_outside(walls, role):
    """With numbers of their own course, and the right proof in the form."""
    browser = walls.seated(role) if role else Stranger(walls.app)
    tried = 0
    with nothing_written(walls.session):
        for rule in walls.rules:
            allowed = walls.access(rule).roles
            if allowed is None or (role in allowed):
                continue
            for method, path in walls.calls(rule, walls.here.numbers):
                answer = press(browser, method, path)
                assert answer.status_code == (403 if role else 401), (method, path, answer.status_code)
                assert SECRET not in answer.text
                tried += 1
    assert tried > 4


class Stranger:
    """A browser without a seat."""

    def __init__(self, app):
        self.client = app.test_client()

    def get(self, path):
        forget_request()
        return self.client.get(path, base_url="https://localhost")

    def post(self, path, data):
        forget_request()
        return self.client.post(path, data=data, base_url="https://localhost")


@pytest.mark.parametrize(
    ("role", "place"),
    [*product((STUDENT, MENTOR, FACULTY), PLACES), (ADMINISTRATOR, "another institution")],
    ids=lambda value: getattr(value, "value", value),
)
def test_the_right_role_with_numbers_from_elsewhere_finds_nothing(walls, role, place):
    numbers, browser = walls.beyond[place].numbers, walls.seated(role)
    tried = 0
    with nothing_written(walls.session):
        for rule in walls.rules:
            allowed = walls.access(rule).roles
            if allowed is None or role not in allowed or not rule.arguments:
                continue
            for method, path in walls.calls(rule, numbers):
                answer = press(browser, method, path)
                assert answer.status_code in REFUSED, (method, path, answer.status_code)
                tried += 1
    assert tried > 4


@pytest.mark.parametrize("place", PLACES)
def test_one_number_of_ours_and_one_from_elsewhere_find_nothing_either(walls, place):
    ours, theirs = walls.here.numbers, walls.beyond[place].numbers
    pairs = [name for rule in walls.rules if len(rule.arguments) > 1 for name in rule.arguments if name in ours]
    assert {"student_id", "milestone_id", "evidence_id"} <= set(pairs)
    for role in (STUDENT, MENTOR, FACULTY):
        browser = walls.seated(role)
        with nothing_written(walls.session):
            for rule in walls.rules:
                allowed = walls.access(rule).roles
                if allowed is None or role not in allowed or len(rule.arguments & set(ours)) < 2:
                    continue
                mixtures = [{**ours, name: theirs[name]} for name in rule.arguments]
                for method, path in chain.from_iterable(walls.calls(rule, one) for one in mixtures):
                    if method == "POST" and f"/evidence/{ours['evidence_id']}/" in path:
                        continue  # what students take back is their own, and its number alone names it
                    answer = press(browser, method, path)
                    assert answer.status_code in REFUSED, (method, path, answer.status_code)


@pytest.mark.parametrize("place", PLACES)
def test_forms_that_name_something_from_elsewhere_change_nothing(walls, place):
    here, there = walls.here, walls.beyond[place]
    theirs, ours = there.numbers, here.numbers
    waiting = here.another_student(name="Waits For A Mentor")
    walls.session.commit()
    place_wishes = {"how": "csv", "pair": f"{waiting.id}-{theirs['mentor_id']}"}
    forms = [
        (f"/students/{waiting.id}/mentor", {"mentor": theirs["mentor_id"]}),
        (f"/students/{theirs['student_id']}/mentor", {"mentor": ours["mentor_id"]}),
        (f"/mentorships/{ours['mentorship_id']}/move", {"mentor": theirs["mentor_id"]}),
        ("/mentors/people", {"people": str(there.guide.id)}),
        ("/mentors/place", place_wishes),
        ("/certificates", {"people": str(theirs["student_id"])}),
        ("/track/choose", {"track_id": there.track.id, "opens": here.track.id}),
        (
            f"/track/milestones/{ours['milestone_id']}/move",
            {"index": 1, "stage": theirs["stage_id"], "version": here.track.version},
        ),
        (f"/track/milestones/{ours['milestone_id']}", {"stage": theirs["stage_id"], "version": here.track.version}),
        ("/track/milestones/new", {"stage": theirs["stage_id"], "version": here.track.version}),
        (
            "/track/certificate",
            {"needed": theirs["milestone_id"], "title": "T", "sentence": "has.", "version": here.track.version},
        ),
    ]
    faculty = walls.seated(FACULTY)
    with nothing_written(walls.session):
        for path, data in forms:
            answer = press(faculty, "POST", path, data)
            assert answer.status_code in REFUSED | {303, 409, 422}, (path, answer.status_code)
            assert there.context.context_id not in answer.text, path


@pytest.mark.parametrize("endpoint", ["decisions.show", "assessments.fill", "board.student", "assessments.show"])
def test_another_mentor_of_the_same_course_finds_nothing(walls, endpoint):
    (rule,) = (one for one in walls.rules if one.endpoint == endpoint)
    colleague = walls.seated(MENTOR, walls.here.colleague)
    for method, path in walls.calls(rule, walls.here.numbers):
        assert press(colleague, method, path).status_code == 404, path


def test_another_student_of_the_same_course_finds_nothing_of_the_first(walls):
    other, numbers = walls.seated(STUDENT, walls.here.classmate), walls.here.numbers
    milestone, evidence = numbers["milestone_id"], numbers["evidence_id"]
    with nothing_written(walls.session):
        for method, path in [
            ("GET", f"/evidence/{evidence}/file"),
            ("GET", f"/milestones/{milestone}/evidence/{evidence}/withdraw"),
            ("POST", f"/milestones/{milestone}/evidence/{evidence}/withdraw"),
            ("GET", f"/assessments/{numbers['assessment_id']}"),
            ("GET", "/certificate.pdf"),
            ("GET", "/certificate/badge.png"),
            ("GET", "/certificate/credential.json"),
        ]:
            assert press(other, method, path).status_code == 404, path
    for path in (f"/milestones/{milestone}", "/", "/path", "/certificate"):
        answer = other.get(path)
        assert answer.status_code == 200
        assert SECRET not in answer.text
        assert walls.here.student.name not in answer.text


def test_a_form_that_is_only_begun_is_read_by_nobody(walls):
    here = walls.here
    for role, who in [(STUDENT, None), (MENTOR, None), (MENTOR, here.colleague), (FACULTY, None)]:
        browser = walls.seated(role, who)
        for draft in here.drafts():
            assert browser.get(f"/assessments/{draft}").status_code == 404


def test_nobody_but_the_student_reads_what_is_only_begun(app, session):
    here = Furnished(app, session)
    second = here.track.milestones[2].id
    half = "Half a thought that I may not want to send."
    assert sit(app, session, here, STUDENT).post(f"/milestones/{second}/draft", {"text": half}).status_code == 303
    here.track.milestones[2].proof = here.track.milestones[0].proof
    for role in (MENTOR, FACULTY):
        answer = sit(app, session, here, role).get(f"/students/{here.student.id}/milestones/{second}")
        assert answer.status_code == 200
        assert half not in answer.text


@pytest.fixture
def here(app, session):
    return Furnished(app, session)


def pages_of(here):
    numbers = here.numbers
    case = f"/students/{numbers['student_id']}/milestones/{numbers['milestone_id']}"
    file, form = f"/evidence/{numbers['evidence_id']}/file", f"/assessments/{numbers['assessment_id']}"
    return [case, file, form, f"/students/{numbers['student_id']}"]


def test_the_mentor_reads_all_of_it(app, session, here):
    guide = sit(app, session, here, MENTOR)
    assert [guide.get(path).status_code for path in pages_of(here)] == [200] * 4


@pytest.mark.parametrize("how", ["ended", "moved"])
def test_who_was_the_mentor_reads_nothing_any_more(app, session, here, how):
    guide, by = sit(app, session, here, MENTOR), here.sitter()
    reason = "She moves to another ward now."
    if how == "ended":
        assigning.end(session, by, here.mentorship.id, reason, now=NOON)
    else:
        there = next(
            one for one in session.query(Mentorship).where(Mentorship.student_id == here.classmate.id)
        ).mentor_id
        assigning.transfer(session, by, here.track, here.mentorship.id, there, reason, now=NOON)
    session.commit()
    assert [guide.get(path).status_code for path in pages_of(here)] == [404] * 4
    with nothing_written(session):
        answer = press(guide, "POST", pages_of(here)[0] + "/answer")
        assert answer.status_code == 404
        assert press(guide, "POST", pages_of(here)[0] + "/assessment/draft").status_code == 404


def test_somebody_of_the_course_whom_nobody_ticked_reads_nothing(app, session, here):
    stranger = person(session, here.institution, name="Dr Not Ticked")
    membership(session, here.context, stranger, is_student=False)
    browser = sit(app, session, here, MENTOR, stranger)
    assert [browser.get(path).status_code for path in pages_of(here)] == [404] * 4


@pytest.mark.parametrize("change", [{"ended_at": LONG_AGO}, {"expires_at": LONG_AGO}], ids=["left", "expired"])
def test_a_seat_that_is_over_opens_nothing(app, session, here, change):
    browser = sit(app, session, here, FACULTY, **change)
    assert browser.get("/").status_code == 401
    assert press(browser, "POST", "/track/close").status_code == 401


def test_a_role_that_the_launch_did_not_give_cannot_be_taken(app, session, here):
    browser = sit(app, session, here, STUDENT, roles=["student"])
    with nothing_written(session):
        for role in SeatRole:
            if role is not STUDENT:
                assert browser.post("/seat", {"role": role.value}).status_code == 403
        assert browser.post("/seat", {"role": "root"}).status_code == 403


def test_after_a_change_of_role_the_doors_of_the_other_are_closed(app, session, here):
    browser = sit(app, session, here, FACULTY, roles=["faculty", "mentor"])
    assert browser.get("/grades").status_code == 200
    browser.post("/seat", {"role": "mentor"})
    assert browser.get("/grades").status_code == 403


def test_every_form_wants_the_proof_of_its_own_seat(walls):
    other = walls.seated(FACULTY).proof()
    for role in SeatRole:
        browser = walls.seated(role)
        with nothing_written(walls.session):
            for rule in walls.rules:
                allowed = walls.access(rule).roles
                if "POST" not in rule.methods or allowed is None or role not in allowed:
                    continue
                for method, path in walls.calls(rule, walls.here.numbers):
                    if method == "POST":
                        for proof in ("", "0" * 64, "ünïcode", other):
                            data = {**EVERYTHING, "csrf_token": proof}
                            answer = browser.post(path, data, proof=False)
                            assert answer.status_code == 403, (path, proof, answer.status_code)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.value if role else "nobody")
def test_looking_at_a_page_changes_nothing(walls, role):
    """Every GET that the role may ask for, with numbers of its own course: fine, or said to be elsewhere."""
    browser = walls.seated(role) if role else Stranger(walls.app)
    with nothing_written(walls.session):
        for rule in walls.rules:
            access = walls.access(rule)
            if access is PLATFORM or (access.roles is not None and role not in access.roles):
                continue
            for method, path in walls.calls(rule, walls.here.numbers):
                if method == "GET":
                    answer = browser.get(path)
                    assert answer.status_code < 500 or rule.endpoint == "health.ready", (path, answer.status_code)


def test_strangers_read_only_what_the_holder_let_them(walls):
    """The open doors with the numbers of a certificate, of an issuer and of a list: no name, no course."""
    stranger, award = Stranger(walls.app), walls.here.award
    found = json.dumps(award.document)
    addresses = {
        re.sub(r"^https://localhost", "", one.split("#")[0]) for one in re.findall(r'https://localhost[^"]*', found)
    }
    assert any(one.startswith("/status/") for one in addresses)
    told = [award.facts["name"], walls.here.faculty.name, walls.here.guide.name, walls.here.context.title]
    for address in sorted(addresses):
        for accept in ("text/html", "application/ld+json"):
            answer = stranger.client.get(address, base_url="https://localhost", headers={"Accept": accept})
            assert answer.status_code in {200, 303}, address
            assert [one for one in told if one in answer.text] == [], address
    for rule in walls.rules:
        if walls.access(rule) is PUBLIC and rule.arguments:
            for unknown in ("1", str(walls.here.numbers["award_id"]), "%00", "..%2f..", "x" * 3000, "🐢"):
                address = re.sub(r"<[^>]*>", unknown, rule.rule)
                for accept in ("text/html", "application/ld+json"):
                    answer = stranger.client.get(address, base_url="https://localhost", headers={"Accept": accept})
                    assert answer.status_code in {303, 404}, (address, answer.status_code)


def test_who_left_the_course_is_no_mentor_candidate_and_gets_no_certificate(app, session, here):
    who = here.another_student(name="Left Already")
    session.query(Membership).where(Membership.person_id == who.id).update({"status": MembershipStatus.LEFT})
    faculty = sit(app, session, here, FACULTY)
    with nothing_written(session):
        answer = faculty.post("/certificates", {"people": str(who.id)})
    assert answer.status_code in {404, 409}


def test_an_administrator_who_was_withdrawn_is_let_in_nowhere(app, session, here):
    row = Administrator(
        institution_id=here.institution.id, person_id=here.faculty.id, asked_at=NOON, confirmed_at=NOON,
        confirmed_by="operator",
    )  # fmt: skip
    other = Administrator(
        institution_id=here.institution.id, person_id=here.guide.id, asked_at=NOON, confirmed_at=NOON,
        confirmed_by="operator",
    )  # fmt: skip
    session.add_all([row, other])
    session.flush()
    first, second = sit(app, session, here, ADMINISTRATOR), sit(app, session, here, ADMINISTRATOR, here.guide)
    assert second.get("/admin/audit").status_code == 200
    assert first.post(f"/admin/people/{other.id}/withdraw").status_code == 303
    assert second.get("/admin/audit").status_code == 401
