"""Send due scores: claimed under a lease, delivered outside any transaction (``delivering``), settled afterwards.

AGS has no idempotency key. What we want is a row; what was sent last is on it too. A timestamp is a whole second and
strictly later than the last one (Moodle compares seconds).
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, or_, select, update

from lti_mentoring.db import database_now, rows_changed
from lti_mentoring.domain.lanes import MOST_AT_ONCE
from lti_mentoring.domain.placing import Placed, column_of_test, milestone_column, track_column
from lti_mentoring.models import (
    Context,
    Deployment,
    HeldReason,
    LineItem,
    Milestone,
    Person,
    PlatformLane,
    ResourceLink,
    Score,
    ScoreState,
    Test,
    Track,
)
from lti_mentoring.services.auditing import record
from lti_mentoring.services.delivering import OLD_TIMESTAMP, Column, DueScore, End, Outcome
from lti_mentoring.services.jobs import lane_is_open

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

LEASE = timedelta(seconds=60)
FIRST_WAIT = timedelta(seconds=5)
STAMP_WAIT = timedelta(seconds=1)
"""Moodle compares whole seconds; where the platform's clock is ahead of ours, it takes as long as they differ."""
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 12
"""Some five hours with the waits between them."""
OF_EACH = 2 * MOST_AT_ONCE
"""Scores of one platform that are woken at once."""
OF_MILESTONES = frozenset({Placed.MILESTONE, Placed.ASSESSMENT})


def claim_score(session: Session, score_id: int) -> DueScore | None:
    """Lease a due score for LEASE by the database's clock; None when it is gone, sent, or another worker's."""
    clock = database_now(session)
    token = secrets.token_hex(8)
    claimed = session.execute(
        update(Score)
        .where(Score.id == score_id, *score_is_due(clock))
        .values(lease_token=token, lease_until=clock + LEASE)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(claimed):
        return None
    score = session.get_one(Score, score_id, populate_existing=True)
    look_first = score.sent_version == score.wanted_version
    score.stamp = next_stamp(clock, score.stamp)
    score.sent_version = score.wanted_version
    score.attempts += 1
    session.flush()
    return _due_score(session, score, token, look_first=look_first)


def score_is_due(clock: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a score that is to be sent and leased to nobody."""
    free = or_(Score.lease_until.is_(None), Score.lease_until < clock)
    return (Score.state == ScoreState.PENDING, Score.due_at <= clock, free)


def next_stamp(clock: datetime, last: datetime | None) -> datetime:
    """Return the next timestamp for one person and column: a whole second, later than ``last``."""
    second = clock.replace(microsecond=0)
    return second if last is None or second > last else last + timedelta(seconds=1)


def _due_score(session: Session, score: Score, token: str, *, look_first: bool) -> DueScore:
    item, track, context, deployment, person, milestone, test = session.execute(
        select(LineItem, Track, Context, Deployment, Person, Milestone, Test)
        .join(Track, Track.id == LineItem.track_id)
        .join(Context, Context.id == Track.context_ref)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Person, Person.id == score.person_id)
        .outerjoin(Milestone, Milestone.id == LineItem.milestone_id)
        .outerjoin(Test, Test.id == LineItem.test_id)
        .where(LineItem.id == score.line_item_id)
    ).one()
    return DueScore(
        score_id=score.id,
        lease_token=token,
        registration_id=context.registration_id,
        deployment_id=deployment.deployment_id,
        lineitems_url=context.lineitems_url,
        column=_column(item, _Named(track, milestone, test), _links(session, track, context)),
        user_id=person.subject,
        value=score.wanted,
        maximum=score.maximum,
        version=score.wanted_version,
        stamp=score.stamp or database_now(session),
        look_first=look_first,
        accepted_before=score.accepted_value,
        overrule=score.overrule,
    )


def _links(session: Session, track: Track, context: Context) -> list[ResourceLink]:
    """Return the links that open the track or something of it, those with a column of their own first."""
    links = session.scalars(
        select(ResourceLink)
        .where(
            ResourceLink.track_id == track.id,
            # Canvas's navigation placements send the course's own id as the link's: that is no assignment.
            ResourceLink.resource_link_id != context.context_id,
        )
        .order_by(ResourceLink.id)
    )
    return sorted(links, key=lambda link: link.lineitem_url is None)


@dataclass(frozen=True, slots=True)
class _Named:
    """What a column is of."""

    track: Track
    milestone: Milestone | None
    test: Test | None

    @property
    def resource_id(self) -> str:
        """The name by which the gradebook finds it again."""
        if self.test is not None:
            return column_of_test(self.test.key)
        return milestone_column(self.milestone.key) if self.milestone is not None else track_column(self.track.key)

    def is_opened_by(self, link: ResourceLink) -> bool:
        """Whether a link opens the very thing."""
        if self.test is not None:
            return link.opens == Placed.TEST and link.opens_item == self.test.key
        if self.milestone is not None:
            return link.opens in OF_MILESTONES and link.opens_item == self.milestone.key
        return link.opens == Placed.TRACK


def _column(item: LineItem, named: _Named, links: list[ResourceLink]) -> Column:
    """Say where the column is: a link's own column is that of the very thing which the link opens."""
    plain = next((link for link in links if link.opens == Placed.TRACK), None)
    own = next((link for link in links if named.is_opened_by(link)), None)
    link = own or plain
    return Column(
        line_item_id=item.id,
        url=item.url or (own.lineitem_url if own else None),
        label=item.label,
        maximum=item.maximum,
        resource_id=named.resource_id,
        resource_link_id=link.resource_link_id if link else None,
    )


def settle_score(
    session: Session,
    due: DueScore,
    outcome: Outcome,
    *,
    now: datetime,
    chance: Callable[[], float] = random.random,
    platform_is_well: bool = False,
) -> timedelta | None:
    """Write down what became of a claimed score; nothing when the lease has passed to another worker.

    One that fails again and again while others get through (``platform_is_well``) is held for somebody to look at.
    Returns how long to wait before it is tried again.
    """
    score = session.get_one(Score, due.score_id, with_for_update=True, populate_existing=True)
    if score.lease_token != due.lease_token:
        return None
    score.lease_token = score.lease_until = None
    _keep_column(session, due, outcome)
    if outcome.end is End.LATER and platform_is_well and score.attempts >= MOST_ATTEMPTS:
        outcome = Outcome(End.HELD, HeldReason.GAVE_UP)
    if outcome.end is End.LATER:
        wait = _wait(outcome, score.attempts, chance)
        score.waiting_reason, score.due_at = outcome.reason, database_now(session) + wait
        return wait
    if outcome.end is End.ACCEPTED:
        score.accepted_value, score.accepted_maximum, score.accepted_at = due.value, due.maximum, now
        score.waiting_reason = None
    if score.wanted_version != due.version:  # it was changed meanwhile: the newer one is due
        score.due_at = database_now(session)
        return timedelta(0)
    score.overrule = False
    accepted = outcome.end is End.ACCEPTED
    score.state = ScoreState.ACCEPTED if accepted else ScoreState.HELD
    score.held_reason = None if accepted else HeldReason(outcome.reason)
    record(
        session,
        None,
        "grade.accepted" if accepted else "grade.held",
        "score",
        score.id,
        now=now,
        institution_id=score.institution_id,
        person_id=score.person_id,
        version=due.version,
        code=outcome.reason,
    )
    return None


def _wait(outcome: Outcome, attempts: int, chance: Callable[[], float]) -> timedelta:
    """Return how long to wait: what the platform asked for, else doubling with up to a quarter more by chance."""
    if outcome.wait is not None:
        return min(timedelta(seconds=outcome.wait), LONGEST_WAIT)
    first = STAMP_WAIT if outcome.reason == OLD_TIMESTAMP else FIRST_WAIT
    doubled = min(first * (1 << min(attempts - 1, 12)), LONGEST_WAIT)
    return doubled * (1 + chance() / 4)


def _keep_column(session: Session, due: DueScore, outcome: Outcome) -> None:
    item = session.get_one(LineItem, due.column.line_item_id)
    if outcome.column_gone:
        item.url = None
        session.execute(
            update(ResourceLink).where(ResourceLink.lineitem_url == due.column.url).values(lineitem_url=None)
        )
    elif outcome.column_url:
        item.url = outcome.column_url


def claim_column(session: Session, line_item_id: int) -> bool:
    """Lease the search for a column, so that two workers never make it twice; False: another is at it."""
    clock = database_now(session)
    claimed = session.execute(
        update(LineItem)
        .where(LineItem.id == line_item_id, or_(LineItem.lease_until.is_(None), LineItem.lease_until < clock))
        .values(lease_until=clock + LEASE)
        .execution_options(synchronize_session=False)
    )
    return bool(rows_changed(claimed))


def release_column(session: Session, line_item_id: int, url: str | None) -> None:
    """End the search; keep what was found."""
    item = session.get_one(LineItem, line_item_id, populate_existing=True)
    item.lease_until = None
    item.url = url or item.url


def find_due_scores(session: Session, *, most: int) -> list[int]:
    """Return scores that are due and leased to nobody: what a lost wake-up left behind.

    A few of each platform, the oldest first, and none of one that rests: who delivers one wakes the next
    (``services.lanes``), and a thousand grades of one platform must not stand before another's only one.
    """
    clock = database_now(session)
    place = func.row_number().over(partition_by=Context.registration_id, order_by=(Score.attempts, Score.due_at))
    due = (
        select(Score.id, Score.due_at, place.label("place"))
        .join(Track, Track.id == Score.track_id)
        .join(Context, Context.id == Track.context_ref)
        .outerjoin(PlatformLane, PlatformLane.registration_id == Context.registration_id)
        .where(*score_is_due(clock), lane_is_open(clock))
        .subquery()
    )
    chosen = select(due.c.id).where(due.c.place <= OF_EACH).order_by(due.c.place, due.c.due_at).limit(most)
    return list(session.scalars(chosen))
