"""Tests, items and attempts for tests: each function makes what its name says, by the services where these decide."""

from datetime import timedelta
from itertools import count

from factories.world import NOON, add

from lti_mentoring.domain.items import Asked, Choice, ItemKind, as_stored
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import AnswersShown, Audience, FactsOfTest, StateOfTest
from lti_mentoring.models import Item, Test
from lti_mentoring.services.attempts import begin, send

NUMBERS = count(1)
ASPIRIN = Asked(
    ItemKind.ONE, "Which of these thins the blood?", 2, "Aspirin keeps platelets apart.",
    choices=(Choice("a", "Aspirin", right=True), Choice("b", "Paracetamol")),
)  # fmt: skip
HANDS = Asked(ItemKind.TRUTH, "You wash your hands before you touch the patient.", 1, truth=True)
RATE = Asked(ItemKind.TEXT, "What do you count at the wrist?", 1, accepted=("pulse", "the pulse"))


def facts(**changes):
    values = {
        "title": f"Test {next(NUMBERS)}", "about": "What you should know before the ward.", "reading": "",
        "audience": Audience.STUDENTS, "pass_percent": 60, "attempts": None, "minutes": None, "drawn": None,
        "shuffled": False, "answers": AnswersShown.EACH, "column_points": None,
    }  # fmt: skip
    return FactsOfTest(**{**values, **changes})


def item(session, test, asked=HANDS, **columns):
    values = {
        "institution_id": test.institution_id, "test_id": test.id, "kind": asked.kind, "points": asked.points,
        "stem": asked.stem, "explanation": asked.explanation, "right": as_stored(asked), "position": next(NUMBERS),
    }  # fmt: skip
    return add(session, Item(**{**values, **columns}))


def exam(session, track, *items, **columns):
    """A published test with these items, or with one of each of three kinds; four points in all."""
    values = {
        "institution_id": track.institution_id, "track_id": track.id, "title": "Before the ward",
        "about": "Five minutes, nothing to fear.", "state": StateOfTest.PUBLISHED, "created_at": NOON,
    }  # fmt: skip
    made = add(session, Test(**{**values, **columns}))
    for asked in items or (ASPIRIN, HANDS, RATE):
        item(session, made, asked)
    return made


def rightly(attempt):
    """What a browser sends that knows everything."""
    return {one.item_id: _right(one.item.asked) for one in attempt.answers}


def _right(asked):
    if asked.kind is ItemKind.TRUTH:
        return ["yes" if asked.truth else "no"]
    if asked.kind is ItemKind.NUMBER:
        return [str(asked.number)]
    return [one.key for one in asked.choices if one.right] or [asked.accepted[0]]


def taken(session, by, test, *, right=True, now=NOON):
    """An attempt that was sent, with everything right or nothing answered."""
    attempt = begin(session, by, test.id, now=now)
    sent = rightly(attempt) if right else {}
    return send(session, by, test.id, attempt.id, sent, now=now + timedelta(minutes=1))


def trained(world, test=None):
    """Let the world's track ask a test of mentors; return it."""
    asked = test or exam(world.session, world.track, audience=Audience.MENTORS)
    world.track.mentor_test = asked.key
    world.session.flush()
    return asked


def first_a_test(world, test=None):
    """Let the world's track ask a test of students before they get a mentor; return it."""
    asked = test or exam(world.session, world.track)
    world.track.student_test = asked.key
    world.session.flush()
    return asked


def student(world, who=None):
    return world.sitter(who, SeatRole.STUDENT)
