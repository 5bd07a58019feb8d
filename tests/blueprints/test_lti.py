"""Login and launch over the real routes: who comes in, what is stored, and that a refusal stores nothing."""

import logging
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from factories.bad_launches import BAD_CLAIMS, BAD_HEADERS, BAD_TOKENS
from factories.door import BASE, TARGET, Door
from factories.statements import counting
from fakes.platform import ADMINISTRATOR, CUSTOM, FACULTY, MISSING, ROLES, STUDENT
from sqlalchemy import func, select

from lti_mentoring.blueprints._access import SEAT_COOKIE
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.models import (
    Administrator,
    AuditEntry,
    Context,
    Deployment,
    DeploymentApproval,
    Job,
    JobKind,
    JobState,
    LoginTransaction,
    Membership,
    Person,
    Registration,
    RegistrationState,
    ResourceLink,
    Seat,
)

STORED = (Person, Context, ResourceLink, Membership, Seat, AuditEntry, Deployment, LoginTransaction)


@pytest.fixture
def door(app, session):
    return Door(app, session)


def counts(session):
    session.rollback()
    return {model.__name__: session.scalar(select(func.count()).select_from(model)) for model in STORED}


def only(session, model):
    session.rollback()
    return session.scalars(select(model)).one()


def test_a_launch_seats_the_person_and_the_next_page_knows_them(door, session):
    answer = door.walk()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert door.open("/seat").status_code == 200
    person, seat = only(session, Person), only(session, Seat)
    assert (person.name, person.email, person.subject) == ("Amina Diallo", "amina@uni.example", "user-1")
    assert (seat.role, seat.person_id, seat.locale) == ("faculty", person.id, "en")
    assert only(session, Context).title == "Clinical placement"
    assert only(session, ResourceLink).lineitem_url.endswith("/items/3/lineitem?type_id=1")
    assert "seat.taken" in session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_the_cookies_are_for_this_frame_only_and_out_of_reach_of_scripts(door):
    begun = door.login()
    cookie = begun.headers["Set-Cookie"]
    assert cookie.startswith("__Host-lti-")
    for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/", "Max-Age=600"):
        assert part in cookie
    form = door.platform.answer(begun.headers["Location"], now=utcnow(), target=TARGET)
    seat = next(text for text in door.post(form).headers.getlist("Set-Cookie") if text.startswith(SEAT_COOKIE))
    for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
        assert part in seat


def test_a_login_may_be_posted(door):
    begun = door.login(method="POST")
    form = door.platform.answer(begun.headers["Location"], now=utcnow(), target=TARGET)
    assert door.post(form).status_code == 303


def test_several_launches_may_be_under_way_in_one_browser(door):
    first, second = door.login(), door.login()
    for begun in (second, first):
        form = door.platform.answer(begun.headers["Location"], now=utcnow(), target=TARGET)
        assert door.post(form).status_code == 303


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": ""}, "iss_missing"),
        ({"login_hint": None}, "login_hint_missing"),
        ({"target_link_uri": "https://evil.example/lti/launch"}, "target_not_ours"),
        ({"client_id": "somebody else"}, "platform_unknown"),
    ],
)
def test_a_bad_login_is_redirected_nowhere_and_keeps_nothing(door, session, caplog, change, code):
    caplog.set_level(logging.WARNING, "lti_mentoring.launch")
    answer = door.login(**change)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert caplog.records[-1].code == code
    assert counts(session)["LoginTransaction"] == 0


@contextmanager
def refused_calmly(session, caplog, code, status):
    """Expect of the answer appended here one calm page, the code in the log and nowhere else, and nothing stored."""
    before, answers = counts(session), []
    caplog.set_level(logging.WARNING, "lti_mentoring.launch")
    yield answers
    (refused,) = answers
    after = counts(session)
    assert (refused.status_code, caplog.records[-1].code) == (status, code)
    assert "Open Mentoring again from your course" in refused.text
    assert code not in refused.text
    assert SEAT_COOKIE not in str(refused.headers)
    assert after.pop("LoginTransaction") <= before.pop("LoginTransaction")
    assert after == before


BAD_LAUNCHES = [({"change": change}, code, status) for change, code, status in BAD_CLAIMS]
BAD_LAUNCHES += [({"header": header}, code, status) for header, (code, status) in BAD_HEADERS]


@pytest.mark.parametrize(("answer", "code", "status"), BAD_LAUNCHES)
def test_a_refused_launch_is_one_calm_page_a_code_in_the_log_and_nothing_stored(
    door, session, caplog, answer, code, status
):
    with refused_calmly(session, caplog, code, status) as answers:
        answers.append(door.walk(**answer))


@pytest.mark.parametrize(("id_token", "code"), BAD_TOKENS)
def test_what_is_no_token_is_answered_as_calmly(door, session, caplog, id_token, code):
    state = parse_qs(urlsplit(door.login().headers["Location"]).query)["state"][0]
    with refused_calmly(session, caplog, code, 400) as answers:
        answers.append(door.post({"state": state} | ({} if id_token is None else {"id_token": id_token})))


def good_form(door):
    return door.platform.answer(door.login().headers["Location"], now=utcnow(), target=TARGET)


def used(door, form):
    assert door.post(form).status_code == 303
    return form


def run_out(door, form):
    door.session.execute(db.update(LoginTransaction).values(expires_at=utcnow()))
    door.session.commit()
    return form


BAD_STATES = {
    "none": (lambda door, form: {"id_token": form["id_token"]}, "state_missing", 400),
    "not ours by its form": (lambda door, form: {**form, "state": "short"}, "state_malformed", 401),
    "made up": (lambda door, form: {**form, "state": "x" * 43}, "state_unknown", 401),
    "used": (used, "state_used", 401),
    "too old": (run_out, "state_expired", 401),
    "another login's": (lambda door, form: {**form, "state": good_form(door)["state"]}, "nonce_of_another_login", 401),
    "a new one for a used token": (
        lambda door, form: {**used(door, form), "state": good_form(door)["state"]},
        "nonce_used",
        401,
    ),
}


@pytest.mark.parametrize(("spoil", "code", "status"), BAD_STATES.values(), ids=BAD_STATES.keys())
def test_a_launch_that_ends_no_login_is_answered_as_calmly(door, session, caplog, spoil, code, status):
    form = spoil(door, good_form(door))
    with refused_calmly(session, caplog, code, status) as answers:
        answers.append(door.post(form))


def test_another_browser_cannot_use_a_launch(app, door, session, caplog):
    form = good_form(door)
    with refused_calmly(session, caplog, "browser_differs", 401) as answers:
        answers.append(door.post(form, app.test_client()))


def test_the_launch_address_opened_by_hand_says_where_to_begin(door, session, caplog):
    with refused_calmly(session, caplog, "launch_by_get", 405) as answers:
        answers.append(door.open("/lti/launch"))


def test_a_good_message_sent_by_get_lets_nobody_in_and_uses_no_login_up(door, session, caplog):
    form = good_form(door)
    with refused_calmly(session, caplog, "launch_by_get", 405) as answers:
        answers.append(door.open("/lti/launch?" + urlencode(form)))
    assert door.post(form).status_code == 303


def test_what_the_platform_reports_as_its_own_error_is_a_calm_page(door):
    state = door.login().headers["Location"].split("state=")[1].split("&")[0]
    answer = door.post({"state": state, "error": "login_required", "error_description": "<b>no</b>"})
    assert answer.status_code == 400
    assert "<b>no</b>" not in answer.text


def test_a_deployment_that_we_do_not_know_waits_for_approval_once(app, session):
    door = Door(app, session, approved=False)
    for _ in range(2):
        answer = door.walk()
        assert answer.status_code == 403
        assert "not switched on here yet" in answer.text
    waiting = only(session, Deployment)
    assert (waiting.state, waiting.deployment_id, waiting.platform_guid) == (DeploymentApproval.PENDING, "1", "guid-1")
    assert counts(session)["Person"] == 0
    assert only(session, AuditEntry).action == "deployment.asked"
    waiting.state = DeploymentApproval.APPROVED
    session.commit()
    assert door.walk().status_code == 303


def test_a_launch_with_another_fault_makes_no_deployment_wait(app, session):
    door = Door(app, session, approved=False)
    assert door.walk(change={ROLES: MISSING}).status_code == 400
    assert counts(session)["Deployment"] == 0


def test_a_platform_switched_off_by_another_process_is_refused_at_once(door, session):
    assert door.walk().status_code == 303
    session.execute(db.update(Registration).values(state=RegistrationState.DISABLED))
    session.commit()
    assert door.walk().status_code == 403


def test_a_deployment_refused_by_another_process_is_refused_at_once(door, session):
    assert door.walk().status_code == 303
    session.execute(db.update(Deployment).values(state=DeploymentApproval.REFUSED))
    session.commit()
    answer = door.walk()
    assert answer.status_code == 403
    assert "Open Mentoring again" in answer.text


def test_a_platform_may_change_its_keys_between_two_launches(app, door, session):
    assert door.walk().status_code == 303
    door.platform.rotate()
    app.extensions["key_memory"].__init__()
    session.execute(db.text("UPDATE platform_key_set SET tried_at = '2026-01-01 00:00:00', expires_at = NULL"))
    session.commit()
    assert door.walk().status_code == 303


def test_a_failed_fetch_of_keys_is_remembered_although_the_launch_is_refused(app, door, session):
    door.fetch.answers.clear()
    assert door.walk().status_code == 401
    fetched = len(door.fetch.fetched)
    assert door.walk().status_code == 401
    assert len(door.fetch.fetched) == fetched
    assert counts(session)["LoginTransaction"] == 0


@pytest.mark.parametrize("roles", [[], ["Instructor"], ["https://example.org/unheard-of"], [FACULTY, STUDENT]])
def test_valid_launches_with_unusual_roles_work(door, roles):
    assert door.walk(change={ROLES: roles}).status_code == 303


def test_who_is_an_administrator_only_by_the_platforms_word_waits_to_be_confirmed(door, session):
    answer = door.walk(change={ROLES: [ADMINISTRATOR], CUSTOM: MISSING})
    assert answer.headers["Location"] == "/admin/waiting"
    assert "the operator of this installation" in door.open("/admin/waiting").text
    assert only(session, Administrator).confirmed_at is None
    assert only(session, Seat).role == "guest"


def test_when_faculty_come_the_course_list_is_read_once_a_day(door, session):
    for _ in range(2):
        door.walk()
    assert only(session, Job).kind is JobKind.ROSTER
    session.execute(db.update(Context).values(roster_started_at=utcnow() - timedelta(hours=2)))
    session.execute(db.update(Job).values(state=JobState.FAILED, finished_at=utcnow()))
    session.commit()
    door.walk()
    assert session.scalar(select(func.count()).select_from(Job)) == 2


def test_a_second_launch_needs_few_statements(door, session):
    door.walk()
    with counting(session) as seen:
        door.walk(change={CUSTOM: MISSING})
    assert len(seen) == 6, seen


def test_a_first_launch_needs_few_statements(door, session):
    with counting(session) as seen:
        door.walk(change={ROLES: [STUDENT]})
    assert len(seen) <= 16, seen


def test_our_keys_are_public_two_from_the_beginning(client):
    answer = client.get("/lti/jwks.json", base_url=BASE)
    assert len(answer.json["keys"]) == 2
    assert all("d" not in key for key in answer.json["keys"])
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer.headers["Cache-Control"]


def test_canvas_gets_its_configuration_with_our_own_addresses(client):
    answer = client.get("/lti/canvas.json", base_url=BASE, headers={"Host": "evil.example"})
    assert answer.json["target_link_uri"] == TARGET
    assert answer.json["oidc_initiation_url"] == f"{BASE}/lti/login"
