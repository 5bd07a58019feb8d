"""The administrator's pages."""

from datetime import UTC, datetime

import pytest
from factories.browser import said, sit
from factories.statements import counting
from factories.world import NOON, World, add, deployment, institution, person, registration
from fakes.lms_server import LmsServer, Reply
from flask import g
from sqlalchemy import select, update

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.access import GRADE_SCOPES, SCOPE_REGISTRATION, SCOPE_ROSTER, SCOPE_SCORE
from lti_mentoring.lti.http import PlatformClient
from lti_mentoring.models import (
    AccessToken,
    Administrator,
    AuditEntry,
    Deployment,
    DeploymentApproval,
    Invitation,
    PlatformLane,
    Registration,
    RegistrationState,
)
from lti_mentoring.plugins import load_quirks
from lti_mentoring.services.auditing import record
from lti_mentoring.services.lanes import enter

PRODUCTS = load_quirks(())
FAR = datetime(2100, 1, 1, tzinfo=UTC)
PAGES = ("/admin/platforms", "/admin/people", "/admin/audit", "/")


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def admin(app, session, world):
    return sit(app, session, world, SeatRole.ADMINISTRATOR)


def asking(world, **columns):
    who = person(world.session, world.institution, name="Grace Ochieng")
    values = {"institution_id": world.institution.id, "person_id": who.id, "asked_at": NOON, **columns}
    return add(world.session, Administrator(**values))


def fresh():
    for name in list(g):
        g.pop(name)


@pytest.mark.parametrize("url", PAGES)
def test_every_page_opens_for_an_administrator(admin, url):
    assert admin.get(url).status_code == 200


@pytest.mark.parametrize("role", [role for role in SeatRole if role is not SeatRole.ADMINISTRATOR])
@pytest.mark.parametrize("url", PAGES[:-1])
def test_nobody_else_comes_in(app, session, world, role, url):
    assert sit(app, session, world, role).get(url).status_code == 403


def test_a_waiting_deployment_is_shown_first_and_approved_by_a_button(session, world, admin):
    waiting = deployment(session, world.registration, deployment_id="106:88", state=DeploymentApproval.PENDING)
    session.commit()
    assert "A deployment waits for your yes" in admin.get("/admin/platforms").text
    answer = admin.post(f"/admin/deployments/{waiting.id}/approve")
    assert answer.status_code == 303
    session.refresh(waiting)
    assert waiting.state is DeploymentApproval.APPROVED
    assert "106:88 may launch" in admin.get(answer.headers["Location"]).text
    admin.post(f"/admin/deployments/{waiting.id}/refuse")
    session.refresh(waiting)
    assert waiting.state is DeploymentApproval.REFUSED


def test_refusing_the_deployment_sends_away_who_has_it_open_but_not_the_one_who_refuses(app, session, world, admin):
    student = sit(app, session, world, SeatRole.STUDENT)
    assert student.get("/path").status_code == 200
    fresh()
    answer = admin.post(f"/admin/deployments/{world.deployment.id}/refuse")
    assert "may not launch; who had Mentoring open there was sent away" in admin.get(answer.headers["Location"]).text
    fresh()
    assert student.get("/path").status_code == 401


def test_another_institutions_deployment_is_not_there(session, admin):
    other = World(session)
    session.commit()
    assert admin.post(f"/admin/deployments/{other.deployment.id}/refuse").status_code == 404
    assert admin.post(f"/admin/platforms/{other.registration.id}/off").status_code == 404
    assert admin.get(f"/admin/platforms/{other.registration.id}/off").status_code == 404
    assert other.registration.name not in admin.get("/admin/platforms").text


def test_who_shares_a_platform_sees_the_own_deployment_and_nothing_of_the_others(app, session, world, admin):
    world.registration.name, world.registration.last_error = "Hill School's Blackboard", "timeout"
    world.registration.granted_scopes = ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]
    own = deployment(session, world.registration, deployment_id="dep-hill", state=DeploymentApproval.PENDING)
    with_them = deployment(
        session, world.registration, deployment_id="dep-lake", institution_id=institution(session, name="Lake").id
    )
    other = World(session, inside=with_them)
    page = sit(app, session, other, SeatRole.ADMINISTRATOR).get("/admin/platforms").text
    assert "dep-lake" in page
    assert world.registration.client_id in page
    hidden = ["Hill", "dep-hill", f"/admin/platforms/{world.registration.id}/off", "Last trouble", "gradebook", "Waits"]
    assert [one for one in hidden if one in page] == []
    theirs = sit(app, session, other, SeatRole.ADMINISTRATOR)
    assert theirs.get(f"/admin/platforms/{world.registration.id}/off").status_code == 404
    assert theirs.post(f"/admin/platforms/{world.registration.id}/off").status_code == 404
    assert theirs.post(f"/admin/deployments/{own.id}/approve").status_code == 404
    assert "platform waits" not in theirs.get("/").text
    page = admin.get("/admin/platforms").text
    assert "dep-hill" in page
    assert "dep-lake" not in page
    assert "Lake" not in page


def test_an_invitations_address_is_shown_once(session, admin):
    page = admin.post("/admin/platforms/invite")
    assert "https://localhost/lti/register?invitation=" in page.text
    assert "lti/register?invitation" not in admin.get("/admin/platforms").text
    assert session.scalars(select(Invitation)).one().used_at is None
    assert "One invitation is open" in admin.get("/admin/platforms").text or "1 invitation is open" in page.text


def test_a_platform_is_switched_off_after_a_question_and_on_again(session, world, admin):
    other = registration(session, world.institution, name="Second LMS")
    session.commit()
    assert "Switch Second LMS off?" in admin.get(f"/admin/platforms/{other.id}/off").text
    assert "sent away" in admin.get("/admin/platforms").text
    for state in ("off", "on"):
        assert admin.post(f"/admin/platforms/{other.id}/{state}").status_code == 303
    own = admin.post(f"/admin/platforms/{world.registration.id}/off")
    assert own.status_code == 422
    assert "You came in through this platform" in own.text


def test_an_asking_person_is_confirmed_and_may_be_taken_back(session, world, admin):
    asked, other = asking(world), asking(world, confirmed_at=NOON, confirmed_by="operator")
    session.commit()
    page = admin.get("/admin/people").text
    assert "Waiting for your yes" in page
    assert "One person administers" in page or "1 person" in page
    assert admin.post(f"/admin/people/{asked.id}/confirm").status_code == 303
    session.refresh(asked)
    assert asked.confirmed_at is not None
    assert "Take the confirmation back?" in admin.get(f"/admin/people/{other.id}/withdraw").text
    assert admin.get("/admin/people/4711/withdraw").status_code == 404
    assert admin.post(f"/admin/people/{other.id}/withdraw").status_code == 303
    last = admin.post(f"/admin/people/{asked.id}/withdraw")
    assert last.status_code == 422
    assert "no administrator left" in last.text


def test_who_waits_is_told_who_can_confirm(app, session, world):
    asked = asking(world)
    asking(world, confirmed_at=NOON)
    session.commit()
    guest = sit(app, session, world, SeatRole.GUEST, person_id=asked.person_id)
    assert "Grace Ochieng can confirm you" in guest.get("/admin/waiting").text
    fresh()
    assert sit(app, session, world, SeatRole.STUDENT).get("/admin/waiting").status_code == 404


def test_the_trail_is_filtered_and_paged_and_holds_only_the_own_institution(session, world, admin):
    other = World(session)
    record(session, other.sitter(), "track.made", "track", 999, now=NOON)
    for number in range(60):
        record(session, world.sitter(), "milestone.accepted", "milestone_progress", number, now=NOON)
    record(session, None, "tool_key.rotated", "tool_key", None, now=NOON, institution_id=world.institution.id)
    session.commit()
    first = admin.get("/admin/audit").text
    assert "tool_key.rotated" in first
    assert "track 999" not in first
    assert "50 lines" in first
    before = session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc()).offset(49)).first()
    second = admin.get(f"/admin/audit?before={before}").text
    assert "11 lines" in second
    assert "Older" not in second
    only = admin.get("/admin/audit?action=tool_key.rotated&thing=tool_key").text
    assert "One line" in only or "1 line" in only
    assert "Nothing here" in admin.get("/admin/audit?action=unheard-of").text


def test_the_first_page_names_what_was_changed_in_words_and_leaves_out_who_came_in(session, world, admin):
    admin.post("/admin/platforms/invite")
    record(session, world.sitter(), "seat.taken", "seat", 1, now=NOON)
    session.commit()
    page = admin.get("/").text
    assert "Invitation made" in page
    assert "Opened Mentoring" not in page
    assert "Opened Mentoring" in admin.get("/admin/audit").text


def test_the_first_page_says_what_waits(session, world, admin):
    assert "Nothing waits for you" in admin.get("/").text
    world.registration.last_error, world.registration.last_error_at = "token_refused", NOON
    deployment(session, world.registration, deployment_id="2", state=DeploymentApproval.PENDING)
    session.commit()
    page = admin.get("/").text
    assert "wants to use Mentoring" in page
    assert "token_refused" in page
    world.registration.last_error = "html"
    session.commit()
    assert "it answered with a web page in place of data (html)" in admin.get("/").text
    asking(world)
    session.commit()
    assert "asks to administer" in admin.get("/").text


def statements(session, client, url):
    fresh()
    with counting(session) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def many(session, world, number, deployments=1):
    own = {"institution_id": world.institution.id}
    made = [
        Registration(
            **own, name=f"LMS {each:03}", issuer=f"https://lms{each}.many.example", client_id="c", created_at=NOON,
            auth_url="https://a.example", token_url="https://t.example", jwks_url="https://k.example",
        )
        for each in range(number)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    session.add_all(
        Deployment(
            **own, registration_id=each.id, deployment_id=f"{place}:{one}", state=DeploymentApproval.PENDING,
            first_seen_at=NOON,
        )
        for place, each in enumerate(made)
        for one in range(deployments)
    )  # fmt: skip
    session.commit()


def test_the_page_costs_the_same_statements_for_one_platform_and_for_five_hundred(session, world, admin):
    few = statements(session, admin, "/admin/platforms")
    home = statements(session, admin, "/")
    many(session, world, 500, deployments=2)
    assert statements(session, admin, "/admin/platforms") == few
    assert statements(session, admin, "/") == home
    assert few <= 12
    page = admin.get("/admin/platforms").text
    assert "501 platforms may open Mentoring" in page
    assert "1000 deployments wait for your yes" in page
    assert "Showing 20 of 501 platforms" in page
    assert "Page 1 of 26" in page
    assert "These are the first 10" in page


def test_platforms_are_found_and_filtered_and_a_page_goes_on(session, world, admin):
    many(session, world, 24)
    registration(session, world.institution, name="Ill LMS", last_error="html", last_error_at=NOON)
    off = registration(session, world.institution, name="Off LMS", state=RegistrationState.DISABLED)
    session.commit()
    for asked, found, left_out in (
        ("q=LMS+007", "LMS 007", "LMS 008"),
        ("q=lms8.many", "LMS 008", "LMS 007"),
        (f"q={off.client_id}", "Off LMS", "LMS 007"),
        ("q=9:0", "LMS 009", "LMS 007"),
        ("show=trouble", "Ill LMS", "LMS 007"),
        ("show=off", "Off LMS", "Ill LMS"),
        ("page=2", "Off LMS", "LMS 007"),
        ("page=99", "Off LMS", "LMS 007"),
    ):
        part = admin.get(f"/admin/platforms?{asked}", headers={"HX-Request": "true"}).text
        assert 'id="platform-' in part
        assert f">{found}</h2>" in part, asked
        assert f">{left_out}</h2>" not in part, asked
    assert "Showing 20 of 24 platforms" in admin.get("/admin/platforms?show=waiting").text
    assert "No platform is like that" in admin.get("/admin/platforms?q=%25").text
    assert "Showing 20 of 27" in admin.get("/admin/platforms?show=unheard-of&page=x").text


def test_a_platform_with_many_deployments_shows_a_few_and_all_on_a_page_of_its_own(session, world, admin):
    made = registration(session, world.institution, name="Crowded LMS")
    for number in range(60):
        deployment(session, made, deployment_id=f"course-{number:03}")
    waiting = deployment(session, made, deployment_id="newest", state=DeploymentApproval.PENDING)
    session.commit()
    page = admin.get("/admin/platforms?q=Crowded").text
    assert "All 61 deployments" in page
    assert [name in page for name in ("newest", "course-003", "course-004")] == [True, True, False]
    own = admin.get(f"/admin/platforms/{made.id}").text
    assert "61 deployments" in own
    assert own.index("newest") < own.index("course-000")
    assert "course-059" in admin.get(f"/admin/platforms/{made.id}?page=2").text
    assert statements(session, admin, f"/admin/platforms/{made.id}") <= 8
    assert admin.get("/admin/platforms/4711").status_code == 404
    assert waiting.state is DeploymentApproval.PENDING


def test_what_a_platform_allows_is_said_with_what_is_missing_without(session, world, admin):
    world.registration.granted_scopes = [SCOPE_ROSTER, SCOPE_SCORE]
    session.commit()
    page = admin.get("/admin/platforms").text
    assert "Write grades into its own columns" in page
    assert "Not allowed: Grades go only into columns that the course made itself." in page
    world.registration.granted_scopes = []
    session.commit()
    assert "It did not say what it allows" in admin.get("/admin/platforms").text


def test_a_permission_that_was_cut_later_shows_by_the_last_token(session, world, admin):
    """In Canvas an administrator unticks scopes after the registration (doc/api/registration.md)."""
    world.registration.granted_scopes = [*GRADE_SCOPES, SCOPE_ROSTER]
    token = AccessToken(
        institution_id=world.institution.id, registration_id=world.registration.id, deployment_id="1",
        scopes=" ".join(GRADE_SCOPES), granted=SCOPE_SCORE, sealed="x", expires_at=NOON,
    )  # fmt: skip
    add(session, token)
    session.commit()
    page = admin.get("/admin/platforms").text
    assert "Not allowed: A grade that a teacher changed by hand is not noticed." in page
    assert "No grade reaches the gradebook" not in page
    assert "known only after they opened Mentoring once" not in page


@pytest.mark.parametrize(
    ("lane", "words"),
    [
        ({"paused_until": FAR}, "It asked us to wait."),
        ({"rests_until": FAR, "failures": 7}, "It is left alone for a while, because it failed 7 times in a row."),
        ({"rests_until": NOON, "failures": 7}, "We are looking whether it is back."),
    ],
)
def test_the_page_of_platforms_says_which_one_is_left_alone_at_present(session, world, admin, lane, words):
    enter(session, world.registration.id, PRODUCTS)
    session.execute(update(PlatformLane).values(**lane))
    session.commit()
    assert words in " ".join(admin.get("/admin/platforms").text.split())


@pytest.fixture
def kept(app, session, world):
    """A platform that keeps our registration for us to read, as Canvas does, and where it does."""
    with LmsServer() as lms:
        app.extensions["platform_client"] = PlatformClient(allowed_private_hosts=["127.0.0.1"])
        world.registration.token_url, world.registration.client_uri = lms.token_url, f"{lms.url}/kept"
        world.registration.granted_scopes = [SCOPE_ROSTER, SCOPE_SCORE]
        session.commit()
        yield lms


def look_up(admin, world):
    answer = admin.post(f"/admin/platforms/{world.registration.id}/look-up")
    fresh()
    return admin.get(answer.headers["Location"]).text


def test_a_platform_is_asked_what_it_allows_now(session, world, admin, kept):
    assert "Ask what it allows now" in admin.get("/admin/platforms").text
    kept.always("/kept", Reply.json({"client_id": world.registration.client_id, "scope": SCOPE_ROSTER}))
    assert "Write grades into its own columns (not allowed any more)" in look_up(admin, world)
    assert "It allows what it allowed before" in look_up(admin, world)
    (asked, _) = kept.seen("/kept")
    assert asked.headers["authorization"].startswith("Bearer token-")
    assert kept.seen("/token")[0].form["scope"] == SCOPE_REGISTRATION
    session.refresh(world.registration)
    assert world.registration.granted_scopes == [SCOPE_ROSTER]


@pytest.mark.parametrize(
    ("path", "reply", "words"),
    [
        ("/kept", Reply(404), "is not there any more"),
        ("/kept", Reply(500), "reported an error of its own"),
        ("/kept", Reply(302, headers={"Location": "http://169.254.169.254/"}), "led us to another address"),
        ("/kept", Reply.json({"client_id": "another", "scope": ""}), "registration_other"),
        ("/token", Reply.json({"error": "invalid_scope"}, 400), "does not allow us this"),
    ],
)
def test_a_platform_that_does_not_say_changes_nothing(session, world, admin, kept, path, reply, words):
    kept.always(path, reply)
    assert words in look_up(admin, world)
    session.refresh(world.registration)
    assert world.registration.granted_scopes == [SCOPE_ROSTER, SCOPE_SCORE]


def test_a_registration_that_is_kept_nowhere_or_is_anothers_is_not_looked_up(session, world, admin, kept):
    other = World(session)
    other.registration.client_uri = f"{kept.url}/kept"
    alone = registration(session, world.institution, client_uri=f"{kept.url}/kept")
    bare = registration(session, world.institution)
    session.commit()
    for one in (other.registration, alone, bare):
        assert admin.post(f"/admin/platforms/{one.id}/look-up").status_code == 404
        fresh()
    assert kept.requests == []


def test_the_first_page_shows_what_people_did_and_the_rest_is_one_press_away(session, world, admin):
    for by, action in ((world.sitter(), "track.edited"), (None, "grade.formed"), (world.sitter(), "seat.taken")):
        record(session, by, action, "track", 1, now=NOON, institution_id=world.institution.id)
    session.commit()
    page = admin.get("/").text
    assert "Track changed" in page
    assert "Grade formed" not in page
    assert "Opened Mentoring" not in page
    assert 'href="/admin/audit?by=itself"' in page
    itself, people = (said(admin.get(f"/admin/audit?by={by}")) for by in ("itself", "people"))
    assert "1 line, newest first" in itself
    assert "Mentoring itself, or the operator Grade formed" in itself
    assert "2 lines, newest first" in people
