"""Students who say whether they would choose a mentor again."""

from factories.world import NOON, mentorship

from lti_mentoring.domain.recommendations import Again
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.services.recommendations import answer


def says(world, who, said, guide=None, now=NOON):
    """One student's answer."""
    by = world.sitter(who, SeatRole.STUDENT)
    answer(world.session, by, world.track, (guide or world.mentor).id, said, now=now)


def mentee(world, guide=None, **columns):
    """One more student, who has had the mentor for thirty days."""
    who, guide = world.another_student(), guide or world.mentor
    guide.places += 1
    mentorship(world.session, guide, who, **columns)
    return who


def answered(world, *answers, guide=None):
    """So many more students of the mentor, each with an answer; return them."""
    people = [mentee(world, guide) for _one in answers]
    for who, said in zip(people, answers, strict=True):
        says(world, who, said, guide)
    return people


MIXED = (Again.YES, Again.YES, Again.YES, Again.RESERVED, Again.NO)
"""A first batch."""
