"""A draft is changed by hand with a reason that is kept; what no reason makes possible is refused in one word."""

import pytest
from factories.rounds import Draft
from factories.wishes import veto
from factories.world import NOON, World
from sqlalchemy import select

from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.domain.rank_lists import LimitKind
from lti_mentoring.domain.rounds import MatchOrigin, RoundState, RoundStepNotAllowed, SetAside
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, MentorLimit, RoundChange
from lti_mentoring.services.rounds import (
    ChangeRefused,
    LaterChangeStands,
    Swap,
    change,
    discard,
    effect_of,
    find_round,
    undo_change,
)

pytestmark = pytest.mark.both_databases


@pytest.fixture
def draft(session):
    return Draft(session)


def test_a_change_keeps_who_why_and_what_it_set_aside(session, draft):
    made = draft.swap(draft.lucky, draft.second)
    assert (made.from_mentor_id, made.to_mentor_id, made.by_id) == (draft.wanted.id, draft.second.id, draft.faculty.id)
    assert made.sets_aside == [SetAside.LATER_WISH.value]
    match = draft.lucky
    assert (match.mentor_id, match.wish, match.computed_mentor_id, match.computed_wish) == (
        draft.second.id, 2, draft.wanted.id, 1,
    )  # fmt: skip
    assert match.origin is MatchOrigin.BY_HAND
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "round.changed")).one()
    assert (entry.reason, entry.facts["set_aside"]) == ("They will meet on Saturdays.", ["later_wish"])


def test_nobody_moves_to_where_no_place_is_left(draft):
    with pytest.raises(ChangeRefused) as refused:
        draft.swap(draft.other, draft.wanted)
    assert refused.value.code == "change_no_room"


def test_nobody_moves_to_a_mentor_who_wants_no_more_new_students_and_the_word_is_that_of_a_veto(session, draft):
    own = {"institution_id": draft.institution.id, "track_id": draft.track.id, "mentor_id": draft.second.id}
    session.add(MentorLimit(**own, kind=LimitKind.MOST_NEW, number=1))
    session.flush()
    with pytest.raises(ChangeRefused) as refused:
        draft.swap(draft.lucky, draft.second)
    assert refused.value.code == "change_not_available"
    draft.undo(draft.swap(draft.other, None))
    assert draft.other.mentor_id == draft.second.id


def test_a_place_that_a_change_left_can_be_given(session, draft):
    draft.swap(draft.lucky, None, "She left the programme.")
    made = draft.swap(draft.other, draft.wanted)
    assert made.sets_aside == []
    assert draft.other.wish == 1
    assert draft.lucky.mentor_id is None


def test_a_veto_and_a_concern_are_refused_in_the_same_word(session, draft):
    draft.swap(draft.lucky, None)
    draft.keep_apart(draft.other, draft.wanted, ConflictKind.CONCERN)
    veto(session, draft.wanted, next(one for one in draft.students if one.id == draft.lucky.student_id))
    for match in (draft.lucky, draft.other):
        with pytest.raises(ChangeRefused) as refused:
            draft.swap(match, draft.wanted)
        assert refused.value.code == "change_not_available"


def test_an_open_conflict_is_set_aside_with_a_reason(draft):
    draft.swap(draft.lucky, None)
    draft.keep_apart(draft.other, draft.wanted, ConflictKind.DECLARED_BY_FACULTY)
    assert draft.swap(draft.other, draft.wanted).sets_aside == [SetAside.CONFLICT.value]


def test_a_mentor_of_nowhere_is_no_mentor(session, draft):
    with pytest.raises(ChangeRefused) as refused:
        change(session, draft.sitter(), draft.round.id, Swap(draft.other.student_id, 0x7FFFFFFF, "x"), now=NOON)
    assert refused.value.code == "change_unknown_mentor"


def test_the_effect_is_told_before_anything_is_changed(session, draft):
    effect = effect_of(session, draft.round, draft.lucky.student_id, draft.second.id)
    assert (effect.before, effect.after) == (1, 2)
    assert session.scalars(select(RoundChange)).all() == []


def test_a_change_taken_back_leaves_the_pair_as_it_was_computed(session, draft):
    made = draft.swap(draft.lucky, draft.second)
    draft.undo(made)
    assert (draft.lucky.mentor_id, draft.lucky.wish) == (draft.wanted.id, 1)
    assert draft.lucky.origin is MatchOrigin.ALGORITHM
    assert made.undone_by_id == draft.faculty.id
    assert draft.undo(made).undone_at == NOON
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "round.change_undone")).all()) == 1


def test_of_two_changes_of_a_student_the_last_is_taken_back_first(draft):
    first = draft.swap(draft.lucky, draft.second)
    last = draft.swap(draft.lucky, None)
    with pytest.raises(LaterChangeStands):
        draft.undo(first)
    draft.undo(last)
    assert draft.lucky.origin is MatchOrigin.BY_HAND
    draft.undo(first)
    assert draft.lucky.origin is MatchOrigin.ALGORITHM


def test_a_change_is_not_taken_back_where_the_place_is_gone(draft):
    made = draft.swap(draft.lucky, draft.second)
    draft.swap(draft.other, draft.wanted)
    with pytest.raises(ChangeRefused) as refused:
        draft.undo(made)
    assert refused.value.code == "change_no_room"


def test_a_discarded_draft_is_changed_no_more(session, draft):
    assert discard(session, draft.sitter(), draft.round.id, now=NOON).state is RoundState.DISCARDED
    with pytest.raises(RoundStepNotAllowed):
        draft.swap(draft.lucky, draft.second)
    with pytest.raises(RoundStepNotAllowed):
        discard(session, draft.sitter(), draft.round.id, now=NOON)


def test_what_is_another_courses_is_not_found(session, draft):
    there = World(session)
    for attempt in (
        lambda: find_round(session, there.sitter(), draft.round.id),
        lambda: change(session, draft.sitter(), draft.round.id, Swap(there.student.id, None, "x"), now=NOON),
        lambda: undo_change(session, draft.sitter(), draft.round.id, 0, now=NOON),
    ):
        with pytest.raises(NotFound):
            attempt()
