"""A large round is checked again as a job: queued once, read, and what was found is kept under the job's lease."""

import pytest
from factories.rounds import Draft, drawn
from factories.world import NOON, World
from sqlalchemy import update

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.round_check import check
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Job, JobKind, JobState
from lti_mentoring.queries.round_check import latest_check
from lti_mentoring.services.jobs import claim_job
from lti_mentoring.services.round_check import OtherRoundChecked, keep_found, kept_of_job, queue_check


@pytest.fixture
def draft(session):
    return Draft(session)


def queued(draft, made=None):
    return queue_check(draft.session, draft.sitter(), (made or draft.round).id, now=NOON)


def test_a_check_that_is_under_way_is_not_begun_twice_and_another_round_waits(draft):
    job = queued(draft)
    assert (job.kind, job.track_id, job.detail) == (JobKind.CHECKING, draft.track.id, {"round": draft.round.id})
    assert queued(draft).id == job.id
    with pytest.raises(OtherRoundChecked):
        queued(draft, drawn(draft))


def test_nobody_else_s_round_is_checked(session, draft):
    with pytest.raises(NotFound):
        queue_check(session, World(session).sitter(), draft.round.id, now=NOON)


def test_what_was_found_is_kept_with_the_job_and_read_back(session, draft):
    claimed = claim_job(session, queued(draft).id)
    found = check(kept_of_job(session, claimed), BalancedMatcher(), tell=lambda _done: None)
    assert keep_found(session, claimed, found, now=NOON)
    kept = latest_check(session, draft.sitter(), draft.round.id)
    assert (kept.found, kept.job.state) == (found, JobState.DONE)


def test_of_two_workers_the_one_who_lost_the_job_keeps_nothing(session, draft):
    claimed = claim_job(session, queued(draft).id)
    found = check(kept_of_job(session, claimed), None, tell=lambda _done: None)
    session.execute(update(Job).values(lease_token="another's"))
    assert not keep_found(session, claimed, found, now=NOON)
    assert latest_check(session, draft.sitter(), draft.round.id).found is None
