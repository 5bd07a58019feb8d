"""A launch becomes a seat."""

from datetime import timedelta

import pytest
from factories.statements import counting
from factories.world import NOON, World, add, deployment, institution, milestone, person, seat, track
from sqlalchemy import func, select

from lti_mentoring.domain.placing import Placed
from lti_mentoring.domain.roles import parse_roles
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.errors import LaunchRefused
from lti_mentoring.lti.launch import (
    ContextClaims,
    DeepLinkingSettings,
    GradebookEndpoint,
    Launch,
    MessageType,
    PersonClaims,
    PlatformInstance,
    Presentation,
    ResourceLinkClaims,
    RosterEndpoint,
)
from lti_mentoring.lti.registrations import DeploymentState
from lti_mentoring.models import (
    Administrator,
    AuditEntry,
    Context,
    Deployment,
    DeploymentApproval,
    Job,
    Membership,
    MembershipStatus,
    Person,
    RegistrationState,
    ResourceLink,
    Seat,
)
from lti_mentoring.queries.registrations import registration_by_id
from lti_mentoring.queries.seats import find_sitter
from lti_mentoring.services.launching import SEAT_LASTS, hold_deployment, refresh_roles, welcome
from lti_mentoring.services.seats import switch_role

LIS = "http://purl.imsglobal.org/vocab/lis/v2"
FACULTY = f"{LIS}/membership#Instructor"
STUDENT = f"{LIS}/membership#Learner"
ASSISTANT = f"{LIS}/membership/Instructor#TeachingAssistant"
MENTOR = f"{LIS}/membership#Mentor"
ADMIN = f"{LIS}/institution/person#Administrator"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


@pytest.fixture
def world(session):
    return World(session)


def a_launch(world, roles=(STUDENT,), **changes):
    session = world.session
    values = {
        "registration": registration_by_id(session, world.registration.id).platform,
        "deployment_id": world.deployment.deployment_id,
        "deployment_state": DeploymentState.APPROVED,
        "message_type": MessageType.RESOURCE_LINK,
        "subject": "new-person",
        "target_link_uri": "https://localhost/lti/launch",
        "issued_at": NOON,
        "roles": parse_roles(roles),
        "role_uris": tuple(roles),
        "person": PersonClaims(name="Amina Diallo", email="amina@uni.example", locale="fr"),
        "context": ContextClaims(world.context.context_id, "MED 402", "Clinical placement"),
        "resource_link": ResourceLinkClaims(world.link.resource_link_id, "Mentoring"),
    }
    return Launch(**{**values, **changes})


def come(world, *arguments, now=NOON, **changes):
    return welcome(world.session, a_launch(world, *arguments, **changes), now=now)


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


@pytest.mark.both_databases
def test_a_new_person_is_stored_and_seated(session, world):
    came = come(world)
    sitter = find_sitter(session, came.token, now=NOON)
    assert (sitter.role, sitter.person_name, sitter.track_id) == (SeatRole.STUDENT, "Amina Diallo", world.track.id)
    assert came.sitter.seat_id == sitter.seat_id
    membership = session.scalars(select(Membership).where(Membership.person_id == sitter.person_id)).one()
    assert (membership.is_student, membership.is_faculty, membership.launched_at) == (True, False, NOON)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.actor_role) == ("seat.taken", sitter.person_id, "student")
    assert find_sitter(session, came.token, now=NOON + SEAT_LASTS) is None
    assert came.token not in str(session.scalars(select(Seat.token_hash)).one())


@pytest.mark.both_databases
def test_the_same_person_again_is_the_same_person(session, world):
    first = come(world)
    people = count(session, Person)
    again = come(world, now=NOON + timedelta(days=1))
    assert again.sitter.person_id == first.sitter.person_id
    assert again.token != first.token
    assert count(session, Person) == people
    membership = session.scalars(select(Membership).where(Membership.person_id == first.sitter.person_id)).one()
    assert membership.launched_at == NOON + timedelta(days=1)


def test_a_second_visit_is_one_read_and_three_writes(session, world):
    come(world)
    session.flush()
    launch = a_launch(world)
    with counting(session) as seen:
        welcome(session, launch, now=NOON)
        session.flush()
    assert [statement.split()[0] for statement in seen] == ["SELECT", "UPDATE", "INSERT", "INSERT"]


def test_a_blank_name_keeps_the_old_one_and_a_new_one_replaces_it(session, world):
    number = come(world).sitter.person_id
    come(world, person=PersonClaims())
    known = session.get(Person, number, populate_existing=True)
    assert (known.name, known.email) == ("Amina Diallo", "amina@uni.example")
    come(world, person=PersonClaims(name="Amina Diallo-Sow"))
    session.refresh(known)
    assert (known.name, known.email) == ("Amina Diallo-Sow", "amina@uni.example")


def test_a_language_tag_too_long_to_keep_is_left_out(session, world):
    long = "en-" + "-".join(["abcdefgh"] * 4)
    came = come(world, person=PersonClaims(locale=long))
    assert session.get(Person, came.sitter.person_id).locale is None
    assert session.get(Seat, came.sitter.seat_id).locale is None


def test_a_platforms_pretended_student_is_marked(session, world):
    came = come(world, (STUDENT, TEST_USER))
    assert session.get(Person, came.sitter.person_id).is_test_user


def test_the_same_subject_at_another_institution_is_another_person(session, world):
    first, other = come(world), World(session)
    other.registration.issuer = "https://canvas.instructure.com"
    session.flush()
    assert come(other).sitter.person_id != first.sitter.person_id


def shared_with(world):
    """Another institution's world at its own deployment of the same registration, as every school at Blackboard."""
    other = institution(world.session)
    return World(
        world.session, inside=deployment(world.session, world.registration, deployment_id="2", institution_id=other.id)
    )


@pytest.mark.both_databases
def test_where_several_institutions_share_a_registration_the_deployment_says_whose_everything_is(session, world):
    other = shared_with(world)
    add(session, Administrator(institution_id=other.institution.id, person_id=other.guide.id, asked_at=NOON))
    session.commit()
    here, there = come(world), come(other, (STUDENT, ADMIN))
    assert here.sitter.person_id != there.sitter.person_id
    for came, of in ((here, world), (there, other)):
        sitter = find_sitter(session, came.token, now=NOON)
        assert (sitter.institution_id, came.sitter.institution_id) == (of.institution.id, of.institution.id)
        assert session.get(Person, sitter.person_id).institution_id == of.institution.id
        for kind in (Membership, Seat):
            (row,) = session.scalars(select(kind).where(kind.person_id == sitter.person_id))
            assert row.institution_id == of.institution.id
        trail = session.scalars(select(AuditEntry.institution_id).where(AuditEntry.actor_id == sitter.person_id))
        assert set(trail) == {of.institution.id}
    (asked,) = session.scalars(select(Administrator).where(Administrator.person_id == there.sitter.person_id))
    assert asked.institution_id == other.institution.id


def test_one_context_id_in_two_deployments_is_two_courses(session, world):
    deployment(session, world.registration, deployment_id="2")
    context = ContextClaims("C1", "MED 402", "Clinical placement")
    for deployed in (world.deployment.deployment_id, "2"):
        come(world, deployment_id=deployed, context=context, resource_link=ResourceLinkClaims("L1", "Mentoring"))
    found = session.scalars(select(Context).where(Context.context_id == "C1")).all()
    assert len({one.id for one in found}) == len({one.deployment_id for one in found}) == 2


def test_a_new_course_of_a_shared_registration_is_the_deployments_institutions(session, world):
    other = shared_with(world)
    fresh = {"context": ContextClaims("fresh"), "resource_link": ResourceLinkClaims("fresh")}
    came = come(other, (FACULTY,), roster=RosterEndpoint("https://lms.example/members"), **fresh)
    for kind, number in ((Context, came.sitter.context_id), (ResourceLink, came.sitter.resource_link_id)):
        assert session.get(kind, number).institution_id == other.institution.id
    assert session.scalars(select(Job.institution_id)).all() == [other.institution.id]


def test_who_is_confirmed_at_one_institution_of_a_shared_registration_administers_no_other(session, world):
    other = shared_with(world)
    world.guide.issuer = other.guide.issuer = world.registration.issuer
    other.guide.subject = world.guide.subject
    confirmed = {"institution_id": world.institution.id, "person_id": world.guide.id, "asked_at": NOON}
    add(session, Administrator(**confirmed, confirmed_at=NOON))
    who = {"subject": world.guide.subject, "context": None, "resource_link": ResourceLinkClaims("account")}
    assert come(world, (ADMIN,), **who).sitter.role is SeatRole.ADMINISTRATOR
    came = come(other, (ADMIN,), **who)
    assert (came.sitter.role, came.waits) == (SeatRole.GUEST, True)


def test_the_same_subject_of_one_issuer_with_two_client_ids_is_two_people_of_two_institutions(session, world):
    other = World(session)
    other.registration.issuer = world.registration.issuer
    session.flush()
    assert come(other).sitter.person_id != come(world).sitter.person_id


def test_a_new_course_and_link_are_stored_with_their_services(session, world):
    came = come(
        world,
        context=ContextClaims("course-new", None, "New course"),
        resource_link=ResourceLinkClaims("link-new"),
        roster=RosterEndpoint("https://lms.example/members"),
        gradebook=GradebookEndpoint("https://lms.example/items", "https://lms.example/items/1", frozenset({"b", "a"})),
    )
    course = session.get(Context, came.sitter.context_id)
    assert (course.title, course.label) == ("New course", None)
    assert (course.memberships_url, course.lineitems_url) == (
        "https://lms.example/members",
        "https://lms.example/items",
    )
    link = session.get(ResourceLink, came.sitter.resource_link_id)
    assert (link.lineitem_url, link.track_id, came.sitter.track_id) == ("https://lms.example/items/1", None, None)


def test_services_that_a_launch_does_not_name_stay_and_those_it_changes_change(session, world):
    before = world.context.memberships_url
    come(world, context=ContextClaims(world.context.context_id, "MED 402", "Renamed"))
    session.refresh(world.context)
    assert (world.context.title, world.context.memberships_url) == ("Renamed", before)
    come(world, gradebook=GradebookEndpoint("https://lms.example/other", None, frozenset()))
    session.refresh(world.context)
    assert world.context.lineitems_url == "https://lms.example/other"


def test_who_comes_has_not_left(session, world):
    gone = session.scalars(select(Membership).where(Membership.person_id == world.student.id)).one()
    gone.status, gone.left_at, gone.missed_rosters = MembershipStatus.LEFT, NOON, 2
    world.student.issuer = world.registration.issuer
    session.flush()
    come(world, subject=world.student.subject)
    session.refresh(gone)
    assert (gone.status, gone.left_at, gone.missed_rosters) == (MembershipStatus.ACTIVE, None, 0)


@pytest.mark.parametrize("custom", [{}, {"track": "$Canvas.x"}, {"track": "9" * 12}, {"track": "4711"}, {"track": "²"}])
def test_a_link_without_a_usable_choice_is_bound_to_no_track(session, world, custom):
    assert come(world, resource_link=ResourceLinkClaims("link-new"), custom=custom).sitter.track_id is None


def test_a_picked_link_is_bound_to_its_track_at_its_first_launch(session, world):
    picked = {"resource_link": ResourceLinkClaims("link-new"), "custom": {"track": world.track.key}}
    came = come(world, **picked)
    assert came.sitter.track_id == world.track.id
    assert "resource_link.bound" in session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    again = come(world, **picked)
    assert (again.sitter.resource_link_id, again.sitter.track_id) == (came.sitter.resource_link_id, world.track.id)


def test_a_known_link_without_a_track_is_bound_when_its_choice_arrives(session, world):
    link = ResourceLinkClaims("link-new")
    first = come(world, resource_link=link)
    bound = come(world, resource_link=link, custom={"track": world.track.key})
    assert bound.sitter.resource_link_id == first.sitter.resource_link_id
    assert session.get(ResourceLink, bound.sitter.resource_link_id, populate_existing=True).track_id == world.track.id


def test_a_link_copied_into_another_course_is_not_bound_to_the_old_courses_track(session, world):
    came = come(
        world,
        context=ContextClaims("copy"),
        resource_link=ResourceLinkClaims("link-copy"),
        custom={"track": world.track.key},
    )
    assert came.sitter.track_id is None


def test_a_link_remembers_what_it_was_made_for_until_a_copy_of_the_track_is_there(session, world):
    third = world.track.milestones[2].key
    custom = {"opens": "milestone", "track": world.track.key, "item": third}
    came = come(world, context=ContextClaims("copy"), resource_link=ResourceLinkClaims("link-copy"), custom=custom)
    link = session.get(ResourceLink, came.sitter.resource_link_id)
    assert (link.track_id, link.opens, link.opens_track, link.opens_item) == (
        None, "milestone", world.track.key, third,
    )  # fmt: skip
    assert came.opens is Placed.MILESTONE
    copy = track(session, session.get(Context, came.sitter.context_id), key=world.track.key)
    again = come(world, context=ContextClaims("copy"), resource_link=ResourceLinkClaims("link-copy"), custom=custom)
    assert again.sitter.track_id == copy.id


def test_a_link_keeps_what_it_opens_when_the_platform_forgets_to_say_it(session, world):
    custom = {"opens": "certificates", "track": world.track.key}
    come(world, custom=custom)
    assert come(world).opens is Placed.CERTIFICATES


def test_a_course_remembers_from_which_it_was_copied(session, world):
    come(world, custom={"context_history": "older,oldest,truncated"})
    session.refresh(world.context)
    assert world.context.history == ["older", "oldest"]
    come(world, custom={"context_history": "$Context.id.history"})
    session.refresh(world.context)
    assert world.context.history == ["older", "oldest"]


@pytest.mark.parametrize(("deployed", "found"), [("1", True), ("2", False)])
def test_a_copied_link_without_custom_values_is_told_by_its_own_history(session, world, deployed, found):
    deployment(session, world.registration, deployment_id="2")
    world.link.opens, world.link.opens_item = "milestone", world.track.milestones[0].key
    came = come(
        world,
        deployment_id=deployed,
        context=ContextClaims("copy"),
        resource_link=ResourceLinkClaims("link-copy"),
        custom={"link_history": f"unknown,{world.link.resource_link_id}"},
    )
    link = session.get(ResourceLink, came.sitter.resource_link_id)
    assert (link.opens_track, link.opens_item) == (
        (world.track.key, world.track.milestones[0].key) if found else (None, None)
    )


def test_a_launch_from_no_course_seats_a_guest_and_stores_no_course(session, world):
    courses, links = count(session, Context), count(session, ResourceLink)
    came = come(world, (FACULTY,), context=None)
    assert (came.sitter.role, came.sitter.context_id, came.sitter.resource_link_id) == (SeatRole.GUEST, None, None)
    assert (count(session, Context), count(session, ResourceLink)) == (courses, links)


def test_a_mentor_by_our_record_sits_as_mentor_in_that_track_only(session, world):
    world.guide.issuer = world.registration.issuer
    session.flush()
    who = {"subject": world.guide.subject}
    assert come(world, (ASSISTANT,), **who).sitter.role is SeatRole.MENTOR
    assert come(world, (MENTOR,), **who).sitter.role is SeatRole.MENTOR
    elsewhere = {"context": ContextClaims("other"), "resource_link": ResourceLinkClaims("other")}
    assert come(world, (ASSISTANT,), **who, **elsewhere).sitter.role is SeatRole.GUEST
    picked = {"resource_link": ResourceLinkClaims("fresh"), "custom": {"track": world.track.key}}
    assert come(world, (ASSISTANT,), **who, **picked).sitter.role is SeatRole.MENTOR
    world.mentor.active = False
    session.flush()
    assert come(world, (MENTOR,), **who).sitter.role is SeatRole.OBSERVER


def test_who_holds_several_roles_may_choose(session, world):
    world.faculty.issuer = world.registration.issuer
    add(session, Administrator(institution_id=world.institution.id, person_id=world.faculty.id, asked_at=NOON,
                               confirmed_at=NOON))  # fmt: skip
    came = come(world, (FACULTY, ADMIN), subject=world.faculty.subject)
    assert came.sitter.roles == (SeatRole.FACULTY, SeatRole.ADMINISTRATOR)
    assert session.get(Seat, came.sitter.seat_id).roles == ["faculty", "administrator"]
    assert not came.waits


@pytest.mark.both_databases
def test_whom_an_observer_may_see_is_replaced_at_each_launch(session, world):
    def observed():
        return session.scalars(select(Membership.observed).where(Membership.person_id == number)).one()

    named = {"subject": "parent", "observed": frozenset({"student-2", "student-1"})}
    number = come(world, (MENTOR,), **named).sitter.person_id
    assert observed() == ["student-1", "student-2"]
    come(world, (MENTOR,), **named | {"observed": frozenset({"student-3"})})
    assert observed() == ["student-3"]
    come(world, (MENTOR,), **named | {"observed": frozenset()})
    assert observed() is None
    come(world, (MENTOR,), **named)
    come(world, (STUDENT,), subject="parent")
    assert observed() is None


def test_an_observers_second_visit_costs_what_everybodys_costs(session, world):
    named = {"subject": "parent", "observed": frozenset({"student-1"})}
    come(world, (MENTOR,), **named)
    launch = a_launch(world, (MENTOR,), **named)
    with counting(session) as seen:
        welcome(session, launch, now=NOON)
    assert [statement.split()[0] for statement in seen] == ["SELECT", "UPDATE", "INSERT", "INSERT"]


def test_the_platforms_id_of_lti_1_1_is_kept(session, world):
    came = come(world, person=PersonClaims(name="Amina Diallo", legacy_user_id="535fa085"))
    assert session.get(Person, came.sitter.person_id).legacy_user_id == "535fa085"


def test_who_may_sit_in_several_places_is_asked_once_and_sits_there_again(session, world):
    who = {"subject": "both"}
    first = come(world, (FACULTY, STUDENT), **who)
    assert (first.asks, first.sitter.role) == (True, SeatRole.FACULTY)
    switch_role(session, first.sitter, SeatRole.STUDENT, now=NOON)
    again = come(world, (FACULTY, STUDENT), **who)
    assert (again.asks, again.sitter.role) == (False, SeatRole.STUDENT)
    assert session.get(Seat, again.sitter.seat_id).role is SeatRole.STUDENT
    lost = come(world, (FACULTY,), **who)
    assert (lost.asks, lost.sitter.role) == (False, SeatRole.FACULTY)
    elsewhere = {"context": ContextClaims("other"), "resource_link": ResourceLinkClaims("other")}
    assert come(world, (FACULTY, STUDENT), **who, **elsewhere).asks


def test_nobody_is_asked_where_to_sit_while_something_is_picked(session, world):
    who = {"subject": "both"}
    switch_role(session, come(world, (FACULTY, STUDENT), **who).sitter, SeatRole.STUDENT, now=NOON)
    settings = DeepLinkingSettings("https://lms.example/picked", ("ltiResourceLink",))
    picking = {"message_type": MessageType.DEEP_LINKING, "deep_linking": settings, "resource_link": None}
    came = come(world, (FACULTY, STUDENT), **who, **picking)
    assert (came.asks, came.sitter.role) == (False, SeatRole.FACULTY)


def test_who_asks_to_administer_is_recorded_once(session, world):
    assert come(world, (ADMIN,)).waits
    assert come(world, (ADMIN,), now=NOON + timedelta(days=1)).waits
    assert session.scalars(select(Administrator)).one().asked_at == NOON
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all().count("administrator.asked") == 1


@pytest.mark.parametrize(
    ("address", "added"),
    [
        ("https://vanity.example/courses/7", ["https://vanity.example"]),
        ("http://127.0.0.1:8080/course", ["http://127.0.0.1:8080"]),
        ("http://vanity.example/courses/7", []),
        (None, []),
    ],
)
def test_the_origin_that_shows_us_may_frame_us_if_it_is_safe(session, world, address, added):
    for _ in range(2):
        come(world, presentation=Presentation(return_url=address))
    session.refresh(world.registration)
    assert world.registration.frame_origins == added


def test_a_platform_that_nobody_named_tells_its_product_and_one_that_is_known_keeps_it(session, world):
    come(world, platform=PlatformInstance(product_family_code="canvas"))
    session.refresh(world.registration)
    assert world.registration.product_family == "canvas"
    come(world, platform=PlatformInstance(product_family_code="another"))
    session.refresh(world.registration)
    assert world.registration.product_family == "canvas"


def test_a_product_once_learned_is_not_written_again_by_a_process_that_remembers_none(session, world):
    canvas = {"platform": PlatformInstance(product_family_code="canvas")}
    launch = a_launch(world, **canvas)
    welcome(session, launch, now=NOON)
    assert launch.registration.product_family == ""
    with counting(session) as seen:
        welcome(session, launch, now=NOON)
    assert [statement.split()[0] for statement in seen] == ["SELECT", "UPDATE", "INSERT", "INSERT"]


def test_the_platforms_own_origin_is_not_listed_again(session, world):
    come(world, presentation=Presentation(return_url=f"{world.registration.issuer}/course/1", locale="de"))
    session.refresh(world.registration)
    assert world.registration.frame_origins == []
    assert session.scalars(select(Seat.locale)).one() == "de"


def test_a_picking_seat_keeps_what_the_platform_asked_for(session, world):
    settings = DeepLinkingSettings("https://lms.example/picked", ("ltiResourceLink",), data="x", has_data=True)
    came = come(world, (FACULTY,), message_type=MessageType.DEEP_LINKING, deep_linking=settings, resource_link=None)
    held = session.get(Seat, came.sitter.seat_id).deep_linking
    assert came.sitter.may_pick
    assert (held["return_url"], held["data"], held["deployment_id"]) == ("https://lms.example/picked", "x", "1")


def test_the_list_of_a_course_is_read_when_faculty_come_and_it_is_old(session, world):
    offered = {"roster": RosterEndpoint("https://lms.example/members")}
    come(world, (STUDENT,), **offered)
    come(world, (FACULTY,), subject="f")
    assert count(session, Job) == 0
    come(world, (FACULTY,), subject="f", **offered)
    assert count(session, Job) == 1
    world.context.roster_synced_at, world.context.roster_started_at = NOON, None
    session.flush()
    session.execute(Job.__table__.delete())
    come(world, (FACULTY,), subject="f", now=NOON + timedelta(hours=23), **offered)
    assert count(session, Job) == 0
    come(world, (FACULTY,), subject="f", now=NOON + timedelta(hours=25), **offered)
    assert count(session, Job) == 1


def test_a_registration_switched_off_meanwhile_is_refused(session, world):
    world.registration.state = RegistrationState.DISABLED
    session.flush()
    with pytest.raises(LaunchRefused) as refused:
        come(world)
    assert refused.value.code == "registration_disabled"


@pytest.mark.parametrize(
    ("state", "code"),
    [(DeploymentApproval.REFUSED, "deployment_refused"), (DeploymentApproval.PENDING, "deployment_pending")],
)
def test_a_deployment_that_is_not_approved_is_refused(session, world, state, code):
    world.deployment.state = state
    session.flush()
    with pytest.raises(LaunchRefused) as refused:
        come(world)
    assert (refused.value.code, refused.value.facts["deployment_id"]) == (code, "1")


def test_a_deployment_deleted_meanwhile_is_unknown(session, world):
    with pytest.raises(LaunchRefused) as refused:
        come(world, deployment_id="deleted")
    assert refused.value.code == "deployment_unknown"


def test_an_unknown_deployment_waits_once(session, world):
    for _ in range(2):
        hold_deployment(session, world.registration.id, "new", "guid", now=NOON)
    waiting = session.scalars(select(Deployment).where(Deployment.deployment_id == "new")).one()
    assert (waiting.state, waiting.platform_guid) == (DeploymentApproval.PENDING, "guid")
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["deployment.asked"]


def test_who_is_ticked_as_mentor_after_coming_becomes_one_without_a_new_launch(session, world):
    who = person(session, world.institution, issuer=world.registration.issuer)
    came = come(world, (ASSISTANT,), subject=who.subject)
    assert came.sitter.role is SeatRole.GUEST
    ticked = add(session, type(world.mentor)(
        institution_id=world.institution.id, track_id=world.track.id, person_id=who.id, made_at=NOON,
        made_by_id=world.faculty.id))  # fmt: skip
    refresh_roles(session, who.id, world.track.id, NOON)
    assert find_sitter(session, came.token, now=NOON).role is SeatRole.MENTOR
    ticked.active = False
    refresh_roles(session, who.id, world.track.id, now=NOON)
    assert find_sitter(session, came.token, now=NOON).role is SeatRole.GUEST


def test_seats_at_other_tracks_and_ended_seats_keep_their_roles(session, world):
    other = track(session, world.context, milestones=0)
    milestone(session, other)
    ended = seat(session, world, SeatRole.GUEST, world.guide, ended_at=NOON)
    refresh_roles(session, world.guide.id, other.id, NOON)
    refresh_roles(session, world.guide.id, world.track.id, NOON)
    assert session.scalars(select(Seat.role)).all() == [SeatRole.GUEST]
    assert find_sitter(session, ended, now=NOON) is None
