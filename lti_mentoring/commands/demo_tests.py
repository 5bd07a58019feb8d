"""The demonstration's tests: one that students pass on their way, one that its mentors have passed before it began.

A third, in the second course, comes before a research mentor: who has not passed it is held back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from lti_mentoring.domain.items import NO, YES, Asked, Choice, ItemKind
from lti_mentoring.domain.milestones import Proof, Signer
from lti_mentoring.domain.tests import AnswersShown, Audience, FactsOfTest
from lti_mentoring.domain.tracks import MilestoneFacts
from lti_mentoring.services.attempts import begin, send
from lti_mentoring.services.items import add_item
from lti_mentoring.services.tests import add_test, choose_mentor_test, choose_student_test, publish_test
from lti_mentoring.services.track_milestones import add_milestone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Test, Track

SAFETY = FactsOfTest(
    title="Safe on the ward",
    about="Five questions about hands, names and what to do when something goes wrong.\n"
    "Everything is in the ward handbook, and you may look it up.",
    reading="",
    audience=Audience.STUDENTS,
    pass_percent=70,
    attempts=3,
    minutes=20,
    drawn=None,
    shuffled=True,
    answers=AnswersShown.EACH,
    column_points=None,
)
QUESTIONS = (
    Asked(
        ItemKind.ONE, "When do you disinfect your hands?", 2,
        "Before and after: one protects the patient, the other protects you and the next patient.",
        choices=(
            Choice("a", "After touching a patient"),
            Choice("b", "Before touching a patient"),
            Choice("c", "Before and after touching a patient", right=True),
        ),
    ),
    Asked(
        ItemKind.SEVERAL, "Which of these tell you who somebody is?\nTick all of them.", 2,
        "A bed can be changed and a name can be shared; a wristband and a date of birth together are safe.",
        choices=(
            Choice("a", "The wristband", right=True),
            Choice("b", "The number of the bed"),
            Choice("c", "The date of birth that they tell you", right=True),
            Choice("d", "Somebody answers when you call the name"),
        ),
    ),
    Asked(
        ItemKind.TRUTH, "After a needle-stick you first finish what you are doing, then report it.", 1,
        "Stop at once, let it bleed, disinfect, report. The first hours count.", truth=False,
    ),
    Asked(
        ItemKind.NUMBER, "For how many seconds do you rub your hands with disinfectant?", 1,
        "Thirty seconds, as long as the hands are wet.", number=Decimal(30), tolerance=Decimal(5),
    ),
    Asked(
        ItemKind.TEXT, "Whom do you tell first when you notice that you made a mistake?", 1,
        "Your mentor, or whoever is responsible for the patient at the moment.",
        accepted=("my mentor", "mentor", "the mentor", "the nurse in charge", "the doctor in charge"),
    ),
)  # fmt: skip
RIGHT: tuple[tuple[str, ...], ...] = (("c",), ("a", "c"), (NO,), ("30",), ("My mentor",))
WRONG: tuple[tuple[str, ...], ...] = (("a",), ("a", "b"), (YES,), ("10",), ("Nobody",))
TRAINING = "\n\n".join((
    "Your student decides, you help. Ask first, and say what you would do only when you are asked for it.",
    "What a student tells you stays between the two of you, unless somebody is in danger: then say so, and tell the "
    "course team.",
    "Answer what a student has sent within seven days. If you hear nothing for three weeks, write first: most have not "
    "lost interest, they do not dare.",
))  # fmt: skip
MENTORING = FactsOfTest(
    title="Before you guide students",
    about="Three questions about what mentors of this track agree to.",
    reading=TRAINING,
    audience=Audience.MENTORS,
    pass_percent=60,
    attempts=None,
    minutes=None,
    drawn=None,
    shuffled=False,
    answers=AnswersShown.EACH,
    column_points=None,
)
FOR_MENTORS = (
    Asked(
        ItemKind.TRUTH, "What a student tells you stays between the two of you, unless somebody is in danger.", 1,
        "This is what students are promised.", truth=True,
    ),
    Asked(
        ItemKind.NUMBER, "Within how many days do you answer what a student has sent?", 1,
        "Seven days at most. If you are away, tell the course team.", number=Decimal(7),
    ),
    Asked(
        ItemKind.ONE, "A student has not written for three weeks. What do you do first?", 1,
        "Ask kindly, and ask early: most silence has a reason.",
        choices=(
            Choice("a", "Write to the student", right=True),
            Choice("b", "Tell the course team"),
            Choice("c", "Wait until the student writes"),
        ),
    ),
)  # fmt: skip
TRAINED: tuple[tuple[str, ...], ...] = ((YES,), ("7",), ("a",))
CONSENT = replace(
    MENTORING,
    title="Before you work with people’s data",
    about="Two questions about consent and notes. Your research mentor comes once you have passed.",
    reading="",
    audience=Audience.STUDENTS,
    pass_percent=100,
)
ABOUT_DATA = (
    Asked(
        ItemKind.TRUTH, "Somebody who has signed may still say no, on any day and without a reason.", 1,
        "Yes. Stop, and ask what shall happen with what they have told you.", truth=True,
    ),
    Asked(
        ItemKind.ONE, "Where do you keep the list that says which number is whose?", 1,
        "Apart from the answers, where only your mentor and you can open it.",
        choices=(
            Choice("a", "In the same file as the answers"),
            Choice("b", "Apart from the answers, locked", right=True),
            Choice("c", "In a mail to myself"),
        ),
    ),
)  # fmt: skip
AGREED: tuple[tuple[str, ...], ...] = ((YES,), ("b",))
NOT_YET: tuple[tuple[str, ...], ...] = ((YES,), ("a",))
TOOK = timedelta(minutes=9)


@dataclass(frozen=True, slots=True)
class DemoTests:
    """The two tests of the demonstration's track."""

    safety: Test
    mentoring: Test


def make_tests(session: Session, faculty: Sitter, track: Track, *, now: datetime) -> DemoTests:
    """Let faculty make and publish both, ask one of mentors, and let the other prove a milestone."""
    safety = _made(session, faculty, SAFETY, QUESTIONS, now=now)
    mentoring = _made(session, faculty, MENTORING, FOR_MENTORS, now=now)
    choose_mentor_test(session, faculty, mentoring.id, now=now)
    milestone = MilestoneFacts(
        title="Safe on the ward",
        asked="Pass a short test before you go to the ward for the first time.",
        stage_id=track.stages[0].id,
        proof=Proof.TEST,
        instrument_id=None,
        due_after_days=28,
        weight=0,
        signer=Signer.MENTOR,
        needed_for_certificate=True,
        test_id=safety.id,
    )
    add_milestone(session, faculty, milestone, version=None, now=now)
    return DemoTests(safety, mentoring)


def train(session: Session, mentor: Sitter, tests: DemoTests, *, now: datetime) -> None:
    """Let a mentor pass the test for mentors."""
    _taken(session, mentor, tests.mentoring, FOR_MENTORS, TRAINED, now=now)


def take_safety(session: Session, student: Sitter, tests: DemoTests, right: int, *, now: datetime) -> None:
    """Let a student take the test, with the first ``right`` answers right."""
    answers = (*RIGHT[:right], *WRONG[right:])
    _taken(session, student, tests.safety, QUESTIONS, answers, now=now)


def ask_consent(session: Session, faculty: Sitter, *, now: datetime) -> Test:
    """Let faculty make the test about consent, and ask it of students before they are given a mentor."""
    test = _made(session, faculty, CONSENT, ABOUT_DATA, now=now)
    choose_student_test(session, faculty, test.id, now=now)
    return test


def take_consent(session: Session, student: Sitter, test: Test, *, passes: bool, now: datetime) -> None:
    """Let a student take the test about consent."""
    _taken(session, student, test, ABOUT_DATA, AGREED if passes else NOT_YET, now=now)


def _made(session: Session, faculty: Sitter, facts: FactsOfTest, items: Sequence[Asked], *, now: datetime) -> Test:
    test = add_test(session, faculty, facts, now=now)
    for asked in items:
        add_item(session, faculty, test.id, asked, version=None, now=now)
    return publish_test(session, faculty, test.id, now=now)


def _taken(
    session: Session,
    by: Sitter,
    test: Test,
    items: Sequence[Asked],
    answers: Sequence[Sequence[str]],
    *,
    now: datetime,
) -> None:
    attempt = begin(session, by, test.id, now=now)
    given = {asked.stem: texts for asked, texts in zip(items, answers, strict=True)}
    sent = {one.item_id: given[one.item.stem] for one in attempt.answers}
    send(session, by, test.id, attempt.id, sent, now=now + TOOK)
