"""Nobody gets in where they may not: every route of the URL map, in every role, with everybody's numbers.

A wall answers 401, 403 or 404, writes nothing and shows nothing. A route that has an argument without a number here
fails the test.
"""

import json
import re
from datetime import timedelta
from itertools import chain, product

import pytest
from factories.browser import sit
from factories.world import NOON, membership, person
from fixtures.applications import connected_app, settings_for
from sweeps.furnished import SECRET, Furnished
from sweeps.walls import (
    BRIEFLY,
    EVERYTHING,
    NAMES_A_ROW,
    NAMES_NO_ROW,
    PICKING,
    PREFIXES,
    REFUSED,
    RecordedRequest,
    Recorder,
    Stranger,
    Walls,
    filled_by,
    naming,
    nothing_written,
    press,
    read_everything,
)

from lti_mentoring.blueprints._access import PLATFORM, PUBLIC
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Administrator, Membership, MembershipStatus, Mentorship
from lti_mentoring.services import assigning

STUDENT, MENTOR, FACULTY, ADMINISTRATOR = (
    SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY, SeatRole.ADMINISTRATOR,
)  # fmt: skip
LONG_AGO = NOON - timedelta(days=400)
OWN = "the own course"
IN_THE_SAME_INSTITUTION = ["another course", "another deployment"]
PLACES = [
    *IN_THE_SAME_INSTITUTION,
    "another institution",
    "another institution at the same issuer",
    "another institution at our registration",
    "the institution whose registration we share",
]
ROLES = [None, *SeatRole]
SOME_PLACE = "another institution"
"""Whoever has not the role is refused before any number is looked at: numbers from one other place show it for all."""


def called(value):
    return getattr(value, "value", value) or "nobody"


@pytest.fixture(scope="module")
def walls(sqlite_copies, tmp_path_factory):
    url = sqlite_copies.fresh()
    with connected_app(settings_for(url, tmp_path_factory.mktemp("walls"))) as app:
        app.config.update(TESTING=True, PREFERRED_URL_SCHEME="https")
        app.request_class = RecordedRequest
        with app.app_context():
            walls = Walls(app, app.extensions["sqlalchemy"].session())
            read_everything(walls)
            yield walls
    sqlite_copies.drop(url)


def sides():
    """Who tries whose numbers: everybody those of the own course and of one other place, else who may look at some."""
    for role, place in product(ROLES, [OWN, *PLACES]):
        looks = role in {STUDENT, MENTOR, FACULTY} or (role is ADMINISTRATOR and place not in IN_THE_SAME_INSTITUTION)
        if looks or place in {OWN, SOME_PLACE}:
            yield pytest.param(role, place, id=f"{called(role)}-{place}")


@pytest.mark.parametrize(("role", "place"), list(sides()))
def test_every_route_in_every_role_with_numbers_from_everywhere(walls, role, place):
    """Whoever does not sit in the right role stays outside, and the right role with others' numbers finds nothing."""
    ours, theirs = walls.beyond.get(place, (walls.here, walls.here))
    numbers = theirs.numbers if place == OWN else walls.numbers(place)
    may_read = place == OWN or (role is ADMINISTRATOR and place in IN_THE_SAME_INSTITUTION)
    browser, sent, tried = walls.browser(role, ours), filled_by(ours), 0
    with nothing_written(walls.session):
        for rule in walls.rules:
            allowed = walls.access(rule).roles
            if allowed is None or (role in allowed and (may_read or not rule.arguments & set(numbers))):
                continue
            if place not in {OWN, SOME_PLACE} and role not in allowed:
                continue
            for method, path in walls.calls(rule, {**ours.numbers, **numbers}):
                briefly = BRIEFLY if role not in allowed and place != OWN else {}
                answer = press(browser, method, path, sent, **briefly)
                expected = REFUSED if role in allowed else {403 if role else 401}
                assert answer.status_code in expected, (method, path, answer.status_code)
                assert place == OWN or not theirs.shows_in(answer), (method, path)
                tried += 1
    assert tried > 4


@pytest.mark.parametrize("place", PLACES)
def test_one_number_of_ours_and_one_from_elsewhere_find_nothing_either(walls, place):
    here, there = walls.beyond[place]
    ours, theirs = here.numbers, walls.numbers(place)
    pairs = [name for rule in walls.rules if len(rule.arguments) > 1 for name in rule.arguments if name in ours]
    assert {"student_id", "milestone_id", "evidence_id"} <= set(pairs)
    for role in (STUDENT, MENTOR, FACULTY):
        browser = walls.seated(role, world=here)
        with nothing_written(walls.session):
            for rule in walls.rules:
                allowed = walls.access(rule).roles
                if allowed is None or role not in allowed or len(rule.arguments & set(ours)) < 2:
                    continue
                mixtures = [{**ours, name: theirs[name]} for name in rule.arguments & set(theirs)]
                for method, path in chain.from_iterable(walls.calls(rule, one) for one in mixtures):
                    if method == "POST" and f"/evidence/{ours['evidence_id']}/" in path:
                        continue  # what students take back is their own, and its number alone names it
                    answer = press(browser, method, path, filled_by(here))
                    assert answer.status_code in REFUSED, (method, path, answer.status_code)
                    assert not there.shows_in(answer), (method, path)


def test_every_name_that_a_form_or_a_query_holds_is_known_to_name_a_row_or_none(walls):
    known = set(NAMES_A_ROW) | NAMES_NO_ROW
    read = {(endpoint, name) for endpoint, names in Recorder.reads.items() for name in names}
    assert [one for one in sorted(read) if one[1] not in known and not one[1].startswith(PREFIXES)] == []
    named = {name for _, name in read}
    assert sorted(set(NAMES_A_ROW) - named) == []


@pytest.mark.parametrize("place", PLACES)
def test_forms_and_queries_that_name_something_from_elsewhere_change_nothing_and_show_nothing(walls, place):
    here, there = walls.beyond[place]
    tried = set()
    for rule in walls.rules:
        for role in walls.access(rule).roles or ():
            if role is ADMINISTRATOR and place in IN_THE_SAME_INSTITUTION:
                continue
            seat = {"deep_linking": PICKING} if rule.endpoint.startswith("picking.") else {}
            browser = walls.seated(role, world=here, **seat)
            for name in walls.named(rule):
                forms = naming(rule.endpoint, name, here, there)
                for (method, path), data in product(walls.calls(rule, here.placing(rule.endpoint)), forms):
                    with nothing_written(walls.session):
                        answer = browser.get(path, query_string=data) if method == "GET" else browser.post(path, data)
                    assert answer.status_code in REFUSED | {200, 303, 409, 422}, (path, name, answer.status_code)
                    assert not there.shows_in(answer), (method, path, name)
                    tried.add(name)
    # Forms are an institution's, and so are those who read what is said in confidence.
    shared = {"instrument", "handler", "readers"} if place in IN_THE_SAME_INSTITUTION else set()
    assert tried == set(NAMES_A_ROW) - shared


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


@pytest.mark.parametrize("role", ROLES, ids=called)
def test_looking_at_a_page_changes_nothing(walls, role):
    """Every GET that the role may ask for, with numbers of its own course: fine, or said to be elsewhere.

    Nothing of what lies behind the walls shows, in no list and in no number's place.
    """
    browser = walls.browser(role)
    hidden = [
        there
        for place, (_ours, there) in walls.beyond.items()
        if there is not walls.here and not (role is ADMINISTRATOR and place in IN_THE_SAME_INSTITUTION)
    ]
    with nothing_written(walls.session):
        for rule in walls.rules:
            access = walls.access(rule)
            if access is PLATFORM or (access.roles is not None and role not in access.roles):
                continue
            for method, path in walls.calls(rule, walls.here.numbers):
                if method == "GET":
                    answer = browser.get(path)
                    assert answer.status_code < 500 or rule.endpoint == "health.ready", (path, answer.status_code)
                    assert [one.marker for one in hidden if one.shows_in(answer)] == [], path


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
