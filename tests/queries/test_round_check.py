"""What is kept of a round is read back as it was, and what was changed in the database beside the tool is found out."""

from dataclasses import replace

import pytest
from factories.rounds import Draft, drawn
from factories.statements import counting
from factories.world import NOON
from sqlalchemy import select, update

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.fairest import FairestMatcher
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.record import read_matching, write_matching
from lti_mentoring.domain.packing import digest, pack, unpack
from lti_mentoring.domain.round_check import Optimum, Replay, check
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Match, Round
from lti_mentoring.queries.round_check import kept_round, latest_check
from lti_mentoring.services.round_check import queue_check

BEST, FAIREST, BALANCED = BestMatcher(PlainFlow()), FairestMatcher(PlainFlow()), BalancedMatcher()


@pytest.fixture
def draft(session):
    return Draft(session)


def lucky(draft, made):
    """Whoever got the mentor whom both wish for."""
    return select(Match).where(Match.round_id == made.id, Match.mentor_id == draft.wanted.id)


def found(world, round_id, matcher=None):
    world.session.flush()
    world.session.expire_all()
    return check(kept_round(world.session, world.sitter(), round_id), matcher, tell=lambda _done: None)


def test_a_round_is_checked_from_what_was_kept(session, draft):
    what = found(draft, draft.round.id, BALANCED)
    assert (what.is_intact, what.faults, what.blocking, what.replay) == (True, 0, 0, Replay.SAME)
    assert what.optimum is Optimum.NOT_PROMISED
    draft.swap(draft.lucky, None)
    what = found(draft, draft.round.id, BALANCED)
    assert (what.is_intact, what.blocking, what.blocking_now) == (True, 0, 3)
    assert found(draft, draft.round.id).replay is Replay.NOT_INSTALLED


class Otherwise:
    """The same strategy, changed since."""

    name = "balanced"

    def __init__(self, like):
        self.version = like


def test_an_older_rounds_replay_says_that_the_strategy_has_changed(draft):
    what = found(draft, draft.round.id, Otherwise("0"))
    assert (what.replay, what.installed) == (Replay.OTHER_VERSION, "0")


class Wrong(Otherwise):
    def match(self, problem, *, seed):
        return replace(BALANCED.match(problem, seed=seed), worst=1)


def test_another_answer_of_the_same_version_and_a_changed_record_are_found_out(session, draft):
    assert found(draft, draft.round.id, Wrong(draft.round.strategy_version)).replay is Replay.DIFFERENT
    session.get_one(Round, draft.round.id).snapshot_digest = "0" * 64
    assert not found(draft, draft.round.id).is_intact


@pytest.mark.both_databases
@pytest.mark.parametrize("matcher", [BEST, FAIREST])
def test_a_best_fit_is_proved_again_with_the_changes_by_hand_aside(draft, matcher):
    made = drawn(draft, matcher)
    assert found(draft, made.id, matcher).optimum is Optimum.PROVED
    draft.round = made
    match = draft.session.scalars(
        select(Match).where(Match.round_id == made.id, Match.mentor_id == draft.wanted.id)
    ).one()
    draft.swap(match, draft.second)
    what = found(draft, made.id, matcher)
    assert (what.is_intact, what.optimum) == (True, Optimum.PROVED)


def rewrite(world, made, change, **columns):
    """Write another answer into the round's row as somebody with the database in hand would, fingerprint and all."""
    row = world.session.get_one(Round, made.id)
    text = write_matching(change(read_matching(unpack(row.result))))
    row.result, row.result_digest = pack(text), digest(text)
    for name, value in columns.items():
        setattr(row, name, value)


def two_changed(matching):
    first, second = matching.pairs
    pairs = (replace(first, mentor_id=second.mentor_id), replace(second, mentor_id=first.mentor_id))
    return replace(matching, pairs=pairs)


@pytest.mark.parametrize("matcher", [BEST, FAIREST])
def test_a_result_that_was_changed_in_the_database_does_not_pass_for_the_best(session, draft, matcher):
    made = drawn(draft, matcher)
    rewrite(draft, made, two_changed)
    computed = dict(session.execute(select(Match.student_id, Match.mentor_id).where(Match.round_id == made.id)).all())
    first, second = computed
    for student, other in ((first, second), (second, first)):
        session.execute(
            update(Match)
            .where(Match.round_id == made.id, Match.student_id == student)
            .values(mentor_id=computed[other], computed_mentor_id=computed[other])
        )
    what = found(draft, made.id, matcher)
    assert (what.is_intact, what.faults, what.optimum, what.replay) == (
        True, 0, Optimum.NOT_PROVED, Replay.DIFFERENT,
    )  # fmt: skip


def test_lots_that_were_drawn_otherwise_in_the_database_are_found_out(draft):
    made = drawn(draft, BEST)
    kept = kept_round(draft.session, draft.sitter(), made.id)
    turns = (one for one in "abcdefghijklmnop" if BEST.match(kept.problem, seed=one).pairs != kept.matching.pairs)
    other = next(turns)  # under these lots the other of the two would have been lucky
    rewrite(draft, made, lambda matching: replace(matching, seed=other), seed=other)
    assert found(draft, made.id, BEST).optimum is Optimum.NOT_PROVED


@pytest.mark.parametrize("column", ["mentor_id", "computed_mentor_id"])
def test_a_pair_that_was_changed_beside_the_tool_is_found_out(session, draft, column):
    made = drawn(draft, BEST)
    session.execute(
        update(Match)
        .where(Match.round_id == made.id, Match.mentor_id == draft.wanted.id)
        .values({column: draft.second.id})
    )
    assert not found(draft, made.id).is_intact


def test_nobody_else_s_round_is_read_and_a_check_is_of_its_own_round(session, draft):
    stranger = Draft(session)
    with pytest.raises(NotFound):
        kept_round(session, stranger.sitter(), draft.round.id)
    job = queue_check(session, draft.sitter(), draft.round.id, now=NOON)
    assert latest_check(session, draft.sitter(), draft.round.id).job.job_id == job.id
    assert latest_check(session, draft.sitter(), drawn(draft).id) is None
    assert latest_check(session, stranger.sitter(), draft.round.id) is None


def test_reading_costs_the_same_statements_for_many(session, draft):
    with counting(session) as few:
        kept_round(session, draft.sitter(), draft.round.id)
    for _more in range(30):
        draft.another_student()
    made = drawn(draft)
    with counting(session) as many:
        assert len(kept_round(session, draft.sitter(), made.id).computed) > 30
    assert len(many) == len(few)
