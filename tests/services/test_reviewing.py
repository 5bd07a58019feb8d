"""From a grade in the course's gradebook to the work behind it, for whoever may see it."""

import pytest
from factories.browser import SeatedClient
from factories.world import NOON, World, deployment, link, membership, person
from sqlalchemy import func, select

from lti_mentoring.blueprints._reviews import review_url
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.roles import parse_roles
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.errors import LaunchRefused
from lti_mentoring.lti.messages import ContextClaims, GradebookEndpoint, Launch, MessageType, ResourceLinkClaims
from lti_mentoring.lti.registrations import DeploymentState
from lti_mentoring.models import LineItem, Person, ResourceLink, Seat, TrackState
from lti_mentoring.queries.registrations import registration_by_id
from lti_mentoring.services.launching import welcome

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
FACULTY, STUDENT, MENTOR = f"{MEMBERSHIP}#Instructor", f"{MEMBERSHIP}#Learner", f"{MEMBERSHIP}#Mentor"
ASSISTANT = f"{MEMBERSHIP}/Instructor#TeachingAssistant"
ITEM = "https://lms.example/items/1/lineitem?type_id=1"


@pytest.fixture
def world(session):
    world = World(session)
    for one in (world.faculty, world.guide, world.student):
        one.issuer = world.registration.issuer
    return world


def column(world, milestone=None, url=ITEM):
    of = {"institution_id": world.institution.id, "track_id": world.track.id}
    world.session.add(LineItem(**of, milestone_id=milestone and milestone.id, label="M", maximum=100, url=url))
    world.session.flush()


def come(world, who, roles, *, about=None, **changes):
    values = {
        "registration": registration_by_id(world.session, world.registration.id).platform,
        "deployment_id": world.deployment.deployment_id,
        "deployment_state": DeploymentState.APPROVED,
        "message_type": MessageType.SUBMISSION_REVIEW,
        "target_link_uri": "https://localhost/lti/launch",
        "issued_at": NOON,
        "roles": parse_roles(roles),
        "role_uris": tuple(roles),
        "context": ContextClaims(world.context.context_id),
        "subject": who.subject,
        "reviewed": (about or world.student).subject,
        "gradebook": GradebookEndpoint(None, ITEM, frozenset()),
        **changes,
    }
    return welcome(world.session, Launch(**values), now=utcnow())


def refused(world, *arguments, **changes):
    before = [world.session.scalar(select(func.count()).select_from(model)) for model in (Person, Seat, ResourceLink)]
    with pytest.raises(LaunchRefused) as caught:
        come(world, *arguments, **changes)
    after = [world.session.scalar(select(func.count()).select_from(model)) for model in (Person, Seat, ResourceLink)]
    assert after == before
    return caught.value.code, caught.value.status


def opened(app, came):
    """Return where the person goes, and the answer there."""
    with app.test_request_context("/"):
        url = review_url(came.review)
    return url, SeatedClient(app, came.token).get(url)


@pytest.mark.parametrize("per_milestone", [False, True])
@pytest.mark.parametrize(
    ("who", "roles", "whole", "single"),
    [
        ("faculty", (FACULTY,), "/students/{s}", "/students/{s}/milestones/{m}"),
        ("guide", (ASSISTANT,), "/students/{s}", "/students/{s}/milestones/{m}"),
        ("student", (STUDENT,), "/path", "/milestones/{m}"),
    ],
)
def test_who_may_see_the_student_comes_to_the_very_page(app, session, world, per_milestone, who, roles, whole, single):
    second = world.track.milestones[1]
    column(world, second if per_milestone else None)
    came = come(world, getattr(world, who), roles)
    session.commit()
    url, answer = opened(app, came)
    assert url == (single if per_milestone else whole).format(s=world.student.id, m=second.id)
    assert answer.status_code == 200


def test_a_column_that_came_along_with_a_link_is_ours_too(app, session, world):
    first = world.track.milestones[0]
    of = {"opens": "milestone", "opens_track": world.track.key, "opens_item": first.key}
    placed = link(session, world.context, world.track, lineitem_url=ITEM, **of)
    came = come(world, world.faculty, (FACULTY,))
    assert (came.review.milestone_id, came.sitter.track_id) == (first.id, world.track.id)
    assert came.sitter.resource_link_id == world.link.id  # the plain one: the seat goes on from there
    assert placed.lineitem_url == ITEM


def test_a_link_of_the_track_with_its_column_and_the_link_that_was_named(session, world):
    placed = link(session, world.context, world.track, lineitem_url=ITEM)
    named = ResourceLinkClaims(world.link.resource_link_id)
    came = come(world, world.faculty, (FACULTY,), resource_link=named)
    assert (came.review.milestone_id, came.sitter.resource_link_id) == (None, world.link.id)
    assert placed.id != world.link.id


@pytest.mark.parametrize("where", ["nowhere", "another course", "another deployment", "another institution"])
def test_a_column_from_elsewhere_is_refused(session, world, where):
    if where == "another course":
        column(World(session, inside=world.deployment))
    elif where == "another deployment":
        column(World(session, inside=deployment(session, world.registration, deployment_id="2")))
    elif where == "another institution":
        column(World(session))
    assert refused(world, world.faculty, (FACULTY,)) == ("line_item_foreign", 403)


def test_a_column_whose_track_no_page_opens_is_refused(session, world):
    column(world)
    world.link.track_id = None
    session.flush()
    assert refused(world, world.faculty, (FACULTY,)) == ("line_item_foreign", 403)


@pytest.mark.parametrize("who", ["stranger", "of another course", "faculty"])
def test_somebody_who_is_no_student_here_is_not_known(session, world, who):
    column(world)
    about = world.faculty
    if who != "faculty":
        about = person(session, world.institution, issuer=world.registration.issuer)
    if who == "of another course":
        membership(session, World(session, inside=world.deployment).context, about)
    assert refused(world, world.faculty, (FACULTY,), about=about) == ("for_user_unknown", 403)


@pytest.mark.parametrize("who", ["a classmate", "another mentor", "a newcomer", "an assistant"])
def test_who_may_not_see_the_student_is_refused(session, world, who):
    column(world)
    somebody = person(session, world.institution, issuer=world.registration.issuer)
    roles = {"a classmate": (STUDENT,), "an assistant": (ASSISTANT,)}.get(who, (MENTOR,))
    if who == "another mentor":
        somebody = world.guide
        world.mentorship.ended_at = NOON
        session.flush()
    if who == "a newcomer":
        somebody = Person(subject="never-seen")
    assert refused(world, somebody, roles) == ("for_user_not_yours", 403)


def test_an_observer_sees_whom_the_platform_names_and_comes_to_the_summary_only(app, session, world):
    column(world)
    parent = person(session, world.institution, issuer=world.registration.issuer)
    came = come(world, parent, (MENTOR,), observed=frozenset({world.student.subject}))
    assert came.sitter.role is SeatRole.OBSERVER
    session.commit()
    url, answer = opened(app, came)
    assert (url, answer.status_code) == ("/", 200)
    client = SeatedClient(app, came.token)
    assert client.get(f"/students/{world.student.id}").status_code == 403
    assert refused(world, parent, (MENTOR,), observed=frozenset({"another"})) == ("for_user_not_yours", 403)


def test_a_mentor_sees_nobody_by_the_platforms_list(session, world):
    column(world)
    other = world.another_student(issuer=world.registration.issuer)
    listed = frozenset({other.subject})
    assert refused(world, world.guide, (MENTOR,), about=other, observed=listed) == ("for_user_not_yours", 403)


def test_in_a_draft_only_faculty_see_pages(app, session, world):
    column(world)
    world.track.state = TrackState.DRAFT
    session.flush()
    assert come(world, world.faculty, (FACULTY,)).review.is_open
    came = come(world, world.student, (STUDENT,))
    session.commit()
    assert opened(app, came)[0] == "/"


def test_who_is_several_things_sits_as_the_one_who_may_see_the_student(session, world):
    column(world)
    came = come(world, world.guide, (STUDENT,))
    assert (came.sitter.role, came.sitter.roles) == (SeatRole.MENTOR, (SeatRole.MENTOR, SeatRole.STUDENT))
