"""A track in which more mentors have room than a list to choose from holds."""

from factories.world import NOON, NUMBERS

from lti_mentoring.models import Membership, Mentor, Person


def many_mentors(world, number=60, **columns):
    """Make so many mentors of the world's track, with four free places each; returns them in the order of names."""
    shared = {"institution_id": world.institution.id}
    first = next(NUMBERS)
    people = [
        Person(
            **shared, issuer="https://lms.example", subject=f"guide-{first}-{one}", name=f"Guide {one:04}",
            email=f"guide{one}@example.org", first_seen_at=NOON,
        )
        for one in range(number)
    ]  # fmt: skip
    world.session.add_all(people)
    world.session.flush()
    world.session.add_all(
        Membership(**shared, context_ref=world.context.id, person_id=one.id, is_student=False) for one in people
    )
    values = {"places": 4, "made_at": NOON, "made_by_id": world.faculty.id, **columns}
    guides = [Mentor(**shared, track_id=world.track.id, person_id=one.id, **values) for one in people]
    world.session.add_all(guides)
    world.session.flush()
    return guides
