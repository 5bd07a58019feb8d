"""A course whose track has two roles of mentors: who was there serves in the first, a newcomer in the second."""

from factories.rounds import new_mentor
from factories.world import NOON, World, mentorship

from lti_mentoring.domain.mentor_roles import MentorRole, as_stored
from lti_mentoring.models import ServedRole

CLINICAL, RESEARCH = MentorRole("", "Clinical mentor"), MentorRole("research", "Research mentor")


def name_roles(world, *roles):
    world.track.mentor_roles = as_stored(roles)
    world.session.flush()


def serves(world, guide, *roles):
    rows = [ServedRole(institution_id=world.institution.id, mentor_id=guide.id, role=one.key) for one in roles]
    world.session.add_all(rows)
    world.session.flush()


class TwoRoles(World):
    """The student has a clinical mentor, and nobody for research."""

    def __init__(self, session, milestones=3):
        super().__init__(session, milestones)
        name_roles(self, CLINICAL, RESEARCH)
        self.researcher = new_mentor(self, name="Prof Ilse Aalto")
        serves(self, self.mentor, CLINICAL)
        serves(self, self.researcher, RESEARCH)

    def paired(self, student=None, guide=None, role=RESEARCH, **columns):
        values = {"started_at": NOON, "role": role.key, **columns}
        return mentorship(self.session, guide or self.researcher, student or self.student, **values)
