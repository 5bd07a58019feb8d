"""A course in which students and mentors have said what they wish, and rounds drawn up of it."""

from factories.wishes import conflict, rank_list
from factories.world import NOON, World, membership, mentor, person
from sqlalchemy import select

from lti_mentoring.domain.drawing_up import draw_up
from lti_mentoring.domain.fitting import USUAL_WEIGHTS
from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.models import JobKind, Match, RankedStudent
from lti_mentoring.services.drawing_up import RoundWish, keep_round, queue_round, read_given
from lti_mentoring.services.jobs import claim_job
from lti_mentoring.services.publishing import publish
from lti_mentoring.services.rounds import Swap, change, undo_change


def new_mentor(world, places=5, **columns):
    who = person(world.session, world.institution, **columns)
    membership(world.session, world.context, who, is_student=False)
    return mentor(world.session, world.track, who, places=places, made_by_id=world.faculty.id)


def rank(world, guide, *students):
    shared = {"institution_id": world.institution.id, "track_id": world.track.id, "mentor_id": guide.id}
    world.session.add_all(
        RankedStudent(**shared, person_id=one.id, tier=number) for number, one in enumerate(students, 1)
    )
    world.session.flush()


def queued(world, strategy="balanced", seed="seed", **wanted):
    made = RoundWish(strategy, USUAL_WEIGHTS, seed, **wanted)
    return queue_round(world.session, world.sitter(), world.track, made, now=NOON)


def drawn(world, matcher=None, seed="seed", now=NOON, **wanted):
    """Draw a round up as the job does."""
    matcher = matcher or BalancedMatcher()
    job = queued(world, matcher.name, seed, **wanted)
    assert job.kind is JobKind.ROUND
    claimed = claim_job(world.session, job.id)
    given = read_given(world.session, claimed)
    answer = draw_up(given.problem, matcher, given.part_of, seed=seed, tell=lambda _done: None)
    made = keep_round(world.session, claimed, given, answer, now=now)
    world.session.flush()
    return made


class Draft(World):
    """A draft of two students who wish for the same mentor, who has one place; another has two."""

    def __init__(self, session):
        super().__init__(session)
        self.mentor.places = self.mentor.taken  # nobody else has room
        self.wanted = new_mentor(self, 1, name="Dr Okafor")
        self.second = new_mentor(self, 2, name="Dr Ibáñez")
        self.students = [self.another_student(name=name) for name in ("Layla", "Tomás")]
        for one in self.students:
            rank_list(session, self.track, one, self.wanted, self.second)
        self.round = drawn(self)
        self.lucky = session.scalars(select(Match).where(Match.mentor_id == self.wanted.id)).one()
        self.other = session.scalars(select(Match).where(Match.mentor_id == self.second.id)).one()

    def swap(self, match, guide, reason="They will meet on Saturdays."):
        swap = Swap(match.student_id, guide.id if guide else None, reason)
        return change(self.session, self.sitter(), self.round.id, swap, now=NOON)

    def undo(self, made):
        return undo_change(self.session, self.sitter(), self.round.id, made.id, now=NOON)

    def keep_apart(self, match, guide, kind):
        student = next(one for one in self.students if one.id == match.student_id)
        return conflict(self.session, guide, student, kind)


class Ready(World):
    """A draft in which all students go to one mentor."""

    def __init__(self, session, students=3, places=3):
        super().__init__(session)
        self.mentor.places = self.mentor.taken
        self.new = new_mentor(self, places, name="Dr Okafor")
        self.students = [self.another_student(name=f"Student {number}") for number in range(students)]
        for one in self.students:
            rank_list(session, self.track, one, self.new)
        self.round = drawn(self)

    def publish(self, now=NOON):
        return publish(self.session, self.sitter(), self.round.id, now=now)
