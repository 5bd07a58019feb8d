"""Copy a track's setup into another course of the institution: what faculty configured, never what people did.

Stages, milestones, forms, tests, rules and the certificate's words go along, and so do the keys by which links and
gradebook columns name them: a copied course's links and columns find the copy. Due dates are days from each student's
own start, so only the track's beginning has to be said anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from lti_mentoring.domain.copying import MOST
from lti_mentoring.domain.tests import StateOfTest
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    Context,
    Item,
    MatchingPolicy,
    Milestone,
    ResourceLink,
    Stage,
    Test,
    Track,
    TrackCopy,
    TrackState,
)
from lti_mentoring.models.base import new_key
from lti_mentoring.queries.copying import Origin, copies_offered, may_copy
from lti_mentoring.services.auditing import record
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

TRACK_SETUP = (
    "template", "title", "purpose", "column_mode", "grade_rule", "points", "certificate_title", "certificate_sentence",
    "applications_open", "faculty_verify", "credential_needed", "mentor_test", "student_test",
    "practising_months", "mentor_roles",
)  # fmt: skip
MILESTONE_SETUP = (
    "key", "position", "title", "asked", "proof", "signer", "signer_role", "due_after_days", "weight", "instrument_id",
    "needed_for_certificate",
)  # fmt: skip
"""Not where an activity of the course is: it would lead out of the copy, back into the course from before."""
TEST_SETUP = (
    "key", "title", "about", "reading", "audience", "state", "pass_percent", "attempts", "minutes", "drawn", "shuffled",
    "answers", "column_points",
)  # fmt: skip
ITEM_SETUP = ("key", "position", "kind", "points", "stem", "right", "explanation")
POLICY_SETUP = ("way", "reply_days", "mentors_rank", "strategy", "faculty_as_mentor")
"""Of how people come together; the days of the wishes belong to the course from before."""


@dataclass(frozen=True, slots=True)
class CourseAt:
    """A course as a platform names it; ``deployment_ref`` is our own number of the deployment."""

    institution_id: int
    registration_id: int
    deployment_ref: int
    context_id: str
    title: str | None = None
    label: str | None = None


def offer_copy(session: Session, course: CourseAt, origins: Sequence[str], *, now: datetime) -> int:
    """Remember that a course, known to us or not yet, was copied from ``origins``, the most recent first.

    Faculty who open the tool there are then offered what those courses have. Saying it twice changes nothing. Returns
    our number of the course.
    """
    key = {
        "registration_id": course.registration_id,
        "deployment_id": course.deployment_ref,
        "context_id": course.context_id,
    }
    said = {name: value for name, value in (("title", course.title), ("label", course.label)) if value}
    number = upsert(
        session,
        Context,
        key | said,
        by=tuple(key),
        first={"institution_id": course.institution_id, "created_at": now},
    )
    copied = session.get_one(Context, number, populate_existing=True)
    news = list(dict.fromkeys([*origins, *copied.history]))[:MOST]
    if news != copied.history:
        copied.history = news
        record(
            session, None, "course.copied", "context", number, now=now, institution_id=course.institution_id,
            context_id=number,
        )  # fmt: skip
    session.flush()
    return number


def copy_setup(session: Session, by: Sitter, source_id: int, *, starts_on: date, now: datetime) -> Track:
    """Make a draft in the sitter's course with the setup of another course's track, once: asked again, return it.

    Raises NotFound for a track that is not offered here. Links of the course that were made for the track open the
    copy, and so does the sitter's own page where it opens nothing yet.
    """
    _lock_course(session, by)
    if not may_copy(session, by, source_id):
        raise NotFound
    source = session.get_one(Track, source_id)
    decided = _decision(session, by, source)
    if decided is not None and decided.track_id is not None:
        copy = session.get_one(Track, decided.track_id)
    else:
        copy = _copied(session, by, source, starts_on=starts_on, now=now)
        if decided is None:
            decided = TrackCopy(institution_id=by.institution_id, context_ref=by.context_id, source_id=source.id)
            session.add(decided)
        decided.track_id, decided.decided_at = copy.id, now
        record(session, by, "track.copied", "track", copy.id, now=now, source=source.id, link=by.resource_link_id)
    _open_by_links(session, by, copy, source.key)
    session.flush()
    return copy


def decline_copies(session: Session, by: Sitter, *, now: datetime) -> None:
    """Remember that faculty set this course up by themselves: what the platform's word offers is not urged again."""
    _lock_course(session, by)
    urged = [one for one in copies_offered(session, by) if one.origin is Origin.COPIED and not one.declined]
    whose = {"institution_id": by.institution_id, "context_ref": by.context_id}
    session.add_all(TrackCopy(**whose, source_id=one.track_id, decided_at=now) for one in urged)
    if urged:
        record(session, by, "track.copy_declined", "context", by.context_id, now=now, tracks=len(urged))
    session.flush()


def _lock_course(session: Session, by: Sitter) -> None:
    """Let one at a time decide about a course: two who copy at once make one copy."""
    session.execute(
        select(Context.id)
        .where(Context.id == by.context_id, Context.institution_id == by.institution_id)
        .with_for_update(key_share=True)
    )


def _decision(session: Session, by: Sitter, source: Track) -> TrackCopy | None:
    return session.scalar(
        select(TrackCopy)
        .where(TrackCopy.context_ref == by.context_id, TrackCopy.source_id == source.id)
        .execution_options(populate_existing=True)
    )


def _copied(session: Session, by: Sitter, source: Track, *, starts_on: date, now: datetime) -> Track:
    taken = session.scalar(select(Track.id).where(Track.context_ref == by.context_id, Track.key == source.key))
    copy = Track(
        institution_id=by.institution_id,
        context_ref=by.context_id,
        key=source.key if taken is None else new_key(),
        state=TrackState.DRAFT,
        starts_on=starts_on,
        created_at=now,
        **{name: getattr(source, name) for name in TRACK_SETUP},
    )
    session.add(copy)
    session.flush()
    for policy in session.scalars(select(MatchingPolicy).where(MatchingPolicy.track_id == source.id)):
        setup = {name: getattr(policy, name) for name in POLICY_SETUP}
        session.add(MatchingPolicy(institution_id=by.institution_id, track_id=copy.id, **setup))
    stages, tests = _copied_stages(session, source, copy), _copied_tests(session, source, copy)
    for one in session.scalars(
        select(Milestone).where(Milestone.track_id == source.id, Milestone.retired_at.is_(None))
    ):
        session.add(
            Milestone(
                institution_id=by.institution_id,
                track_id=copy.id,
                stage_id=stages.get(one.stage_id) if one.stage_id is not None else None,
                test_id=tests.get(one.test_id) if one.test_id is not None else None,
                **{name: getattr(one, name) for name in MILESTONE_SETUP},
            )
        )
    session.flush()
    return copy


def _copied_stages(session: Session, source: Track, copy: Track) -> dict[int, int]:
    """Copy the stages; return the new number of each."""
    pairs = []
    for one in session.scalars(select(Stage).where(Stage.track_id == source.id)):
        made = Stage(institution_id=copy.institution_id, track_id=copy.id, position=one.position, title=one.title)
        session.add(made)
        pairs.append((one.id, made))
    session.flush()
    return {number: made.id for number, made in pairs}


def _copied_tests(session: Session, source: Track, copy: Track) -> dict[int, int]:
    """Copy the tests with the items that can be drawn, and no attempt; return the new number of each."""
    pairs = []
    for one in session.scalars(select(Test).where(Test.track_id == source.id).order_by(Test.id)):
        made = Test(
            institution_id=copy.institution_id,
            track_id=copy.id,
            published_at=None if one.state is StateOfTest.DRAFT else copy.created_at,
            created_at=copy.created_at,
            **{name: getattr(one, name) for name in TEST_SETUP},
        )
        session.add(made)
        pairs.append((one.id, made))
    session.flush()
    numbers = {number: made.id for number, made in pairs}
    for item in session.scalars(select(Item).where(Item.test_id.in_(list(numbers)), Item.retired_at.is_(None))):
        setup = {name: getattr(item, name) for name in ITEM_SETUP}
        session.add(Item(institution_id=copy.institution_id, test_id=numbers[item.test_id], **setup))
    return numbers


def _open_by_links(session: Session, by: Sitter, copy: Track, key: str) -> None:
    """Let the sitter's page open the copy, and every link of the course that came along for it."""
    mine = ResourceLink.id == by.resource_link_id
    session.execute(
        update(ResourceLink)
        .where(
            ResourceLink.context_ref == by.context_id,
            ResourceLink.track_id.is_(None),
            mine | (ResourceLink.opens_track == key),
        )
        .values(track_id=copy.id)
        .execution_options(synchronize_session=False)
    )
