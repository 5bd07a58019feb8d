"""The observer's page: exactly the people whom the platform named at the last launch."""

from datetime import timedelta

import pytest
from factories.statements import counting
from factories.ways import progress
from factories.world import NOON, World, link, membership, mentorship, person, track
from sqlalchemy import update

from lti_mentoring.domain.observing import LIST_HOLDS_FOR, Pace
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Membership, MembershipStatus
from lti_mentoring.queries.observing import observer_home

MENTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"


class Looked(World):
    """A course with somebody who looks on."""

    def __init__(self, session):
        super().__init__(session)
        self.parent = person(session, self.institution, name="Leyla Yusuf", issuer=self.registration.issuer)
        self.seen_as = membership(
            session, self.context, self.parent, is_student=False, role_uris=[MENTOR], launched_at=NOON
        )
        self.student.issuer = self.registration.issuer

    def look(self, *ids, now=NOON, **changes):
        self.seen_as.observed = list(ids) or None
        self.session.flush()
        return observer_home(self.session, self.sitter(self.parent, SeatRole.OBSERVER, **changes), now=now)

    def classmate(self, **columns):
        return self.another_student(issuer=self.registration.issuer, **columns)


@pytest.fixture
def course(session):
    return Looked(session)


def names(home):
    return [one.name for one in home.people]


def test_an_observer_sees_how_far_somebody_is_and_what_is_due(course):
    progress(course, course.student, 1)
    (seen,) = course.look(course.student.subject).people
    assert (seen.name, seen.done, seen.knots) == ("Amina Yusuf", 1, ("done", "late", "next"))
    assert (seen.pace, seen.due.title) == (Pace.LATE, "Milestone 2")


def test_several_people_stand_by_name_and_nobody_else_shows(course):
    other = course.classmate(name="Zoë Okafor")
    course.classmate(name="Nobody named him")
    assert names(course.look(other.subject, course.student.subject)) == ["Amina Yusuf", "Zoë Okafor"]


def test_an_empty_list_is_nobody(course):
    home = course.look()
    assert (home.people, home.unknown, home.is_old) == ((), 0, False)


def test_somebody_known_from_the_course_list_alone_shows_without_a_date(course):
    listed = course.classmate(name=None, given_name="Tomás", family_name="García")
    (seen,) = course.look(listed.subject).people
    assert (seen.name, seen.done, seen.pace) == ("Tomás García", 0, Pace.NOT_BEGUN)


def test_a_name_that_the_platform_does_not_tell_is_not_made_up(course):
    course.student.name = None
    assert names(course.look(course.student.subject)) == [""]


def test_who_is_named_and_not_known_is_counted(course):
    assert course.look("not-yet-here", course.student.subject).unknown == 1


def test_an_id_of_lti_1_1_names_a_person_too_but_never_before_a_sub(course):
    course.student.legacy_user_id = "535fa085"
    assert names(course.look("535fa085")) == ["Amina Yusuf"]
    assert names(course.look("535fa085", course.student.subject)) == ["Amina Yusuf"]
    taken = course.classmate(name="Has That Sub", subject="535fa085")
    assert names(course.look("535fa085")) == [taken.name]


@pytest.mark.parametrize(
    "change",
    [
        {"status": MembershipStatus.LEFT},
        {"is_student": False},
    ],
    ids=["who left the course", "who is no student"],
)
def test_nobody_sees(session, course, change):
    session.execute(update(Membership).where(Membership.person_id == course.student.id).values(**change))
    assert course.look(course.student.subject).people == ()


def test_the_platforms_pretended_student_is_seen_by_nobody(course):
    course.student.is_test_user = True
    assert course.look(course.student.subject).people == ()


def test_a_student_of_another_course_or_institution_does_not_show(session, course):
    elsewhere = World(session)
    elsewhere.student.issuer, elsewhere.student.subject = course.student.issuer, "shared-sub"
    neighbour = World(session, inside=course.deployment)
    neighbour.student.issuer = course.student.issuer
    home = course.look("shared-sub", neighbour.student.subject)
    assert (home.people, home.unknown) == ((), 2)


def test_a_list_is_old_after_a_day(course):
    just = NOON + LIST_HOLDS_FOR - timedelta(seconds=1)
    assert names(course.look(course.student.subject, now=just)) == ["Amina Yusuf"]
    home = course.look(course.student.subject, now=NOON + LIST_HOLDS_FOR)
    assert (home.people, home.is_old) == ((), True)


def test_an_observer_who_left_the_course_or_lost_the_role_sees_nobody(course):
    course.seen_as.status = MembershipStatus.LEFT
    assert course.look(course.student.subject).people == ()
    course.seen_as.status, course.seen_as.role_uris = MembershipStatus.ACTIVE, []
    assert course.look(course.student.subject).people == ()


def test_somebody_who_is_not_in_the_course_at_all_has_no_list(session, course):
    stranger = course.sitter(person(session, course.institution), SeatRole.OBSERVER)
    assert observer_home(session, stranger, now=NOON).is_old


def test_the_page_is_that_of_the_track_whose_link_was_opened(session, course):
    progress(course, course.student, 1)
    second = track(session, course.context, milestones=5)
    (first,) = course.look(
        course.student.subject, resource_link_id=link(session, course.context, course.track).id
    ).people
    (other,) = course.look(course.student.subject, track_id=second.id).people
    assert (first.done, len(first.knots), other.done, len(other.knots)) == (1, 3, 0, 5)


def test_many_people_cost_no_more_statements_than_one(session, course):
    course.mentor.places = 50
    people = [course.classmate() for _ in range(30)]
    for one in people:
        mentorship(session, course.mentor, one)
    sent = []
    for ids in ([course.student.subject], [one.subject for one in people]):
        course.look(*ids)
        session.expire_all()
        with counting(session) as seen:
            course.look(*ids)
        sent.append(len([one for one in seen if one.startswith("SELECT")]))
    assert sent[0] == sent[1]
