"""A course in which teams of students stay together in a round."""

from factories.rounds import drawn, new_mentor
from factories.wishes import rank_list
from factories.world import NOON, World, group
from sqlalchemy import select

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.models import Match
from lti_mentoring.services.publishing import publish
from lti_mentoring.services.rounds import Swap, change, undo_change

TEAMS = "group:Teams"


def team(world, name, *students, **columns):
    values = {"kind": GroupKind.GROUP, "set_name": "Teams", **columns}
    return group(world.session, world.context, name, *students, **values)


class Teams(World):
    """Two teams of two and one student alone; Dr Okafor has room for one team, Dr Ibáñez for three."""

    def __init__(self, session):
        super().__init__(session)
        self.mentor.places = self.mentor.taken  # nobody else has room
        self.wanted = new_mentor(self, 3, name="Dr Okafor")
        self.second = new_mentor(self, 6, name="Dr Ibáñez")
        self.a = [self.another_student(name=name) for name in ("Layla", "Tomás")]
        self.b = [self.another_student(name=name) for name in ("Zoë", "Wei")]
        self.alone = self.another_student(name="Ada")
        self.teams = [team(self, "Team A", *self.a), team(self, "Team B", *self.b)]

    def wish(self, *students):
        """Let students wish for Dr Okafor first and Dr Ibáñez second."""
        for one in students or (*self.a, *self.b, self.alone):
            rank_list(self.session, self.track, one, self.wanted, self.second)

    def draw(self, matcher=None, together=TEAMS, **wanted):
        self.round = drawn(self, matcher, together=together, **wanted)
        return self.round

    def match(self, student):
        wanted = select(Match).where(Match.round_id == self.round.id, Match.student_id == student.id)
        return self.session.scalars(wanted.execution_options(populate_existing=True)).one()

    def got(self, *students):
        """Return whom each got."""
        return [self.match(one).mentor_id for one in students]

    def swap(self, student, guide, *, whole=True):
        swap = Swap(student.id, guide.id if guide else None, "They work on one case.", whole)
        return change(self.session, self.sitter(), self.round.id, swap, now=NOON)

    def undo(self, made):
        return undo_change(self.session, self.sitter(), self.round.id, made.id, now=NOON)

    def publish(self):
        return publish(self.session, self.sitter(), self.round.id, now=NOON)
