"""Make a track, say which page of the course opens it, configure it, let it run and close it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from lti_mentoring.domain.grades import GradeRule
from lti_mentoring.domain.mentor_roles import check_there
from lti_mentoring.domain.tracks import (
    CertificateFacts,
    Grading,
    LinkChosen,
    LinkNeeded,
    MentoringFacts,
    MilestoneFacts,
    NotPublishable,
    TrackFacts,
    changes,
    check_version,
    check_weights,
    missing,
)
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Milestone, ResourceLink, Stage, Track, TrackState
from lti_mentoring.queries.seats import NoTrack
from lti_mentoring.services.assessments import ensure_instruments
from lti_mentoring.services.auditing import record
from lti_mentoring.services.grading import recompute_track

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.domain.track_templates import TrackTemplate


# ------------------------------------------------------------------ which track this page opens


def create_track(
    session: Session,
    by: Sitter,
    template: TrackTemplate,
    facts: TrackFacts,
    *,
    opened_on: int | None,
    now: datetime,
) -> Track:
    """Make a draft from a template (in the reader's language already) and let the seat's page of the course open it.

    ``opened_on`` is the track that the page opened when the form was made (None: none). Posting the same form twice
    makes one track; somebody else's choice meanwhile raises LinkChosen.
    """
    link = _locked_link(session, by)
    if link.track_id != opened_on:
        there = session.get_one(Track, link.track_id)
        if (there.template, _track_facts(there)) == (template.key, facts):
            return there
        raise LinkChosen(theirs=there.title, mine=facts.title)
    track = _draft(session, by, template, facts, now=now)
    _plan(session, track, template, now=now)
    link.track_id = track.id
    record(session, by, "track.created", "track", track.id, now=now, template=template.key, link=link.id)
    session.flush()
    return track


def open_track(session: Session, by: Sitter, track_id: int, *, opened_on: int | None, now: datetime) -> Track:
    """Let the seat's page of the course open a track of this course; raise LinkChosen when somebody else chose."""
    link = _locked_link(session, by)
    track = session.scalars(
        select(Track).where(
            Track.id == track_id, Track.institution_id == by.institution_id, Track.context_ref == by.context_id
        )
    ).one_or_none()
    if track is None:
        raise NotFound
    if link.track_id == track.id:
        return track
    if link.track_id != opened_on:
        raise LinkChosen(theirs=session.get_one(Track, link.track_id).title, mine=track.title)
    link.track_id = track.id
    record(session, by, "track.chosen", "resource_link", link.id, now=now, track=track.id)
    session.flush()
    return track


def _locked_link(session: Session, by: Sitter) -> ResourceLink:
    if by.resource_link_id is None:
        raise LinkNeeded
    return session.scalars(
        select(ResourceLink)
        .where(ResourceLink.id == by.resource_link_id, ResourceLink.context_ref == by.context_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _draft(session: Session, by: Sitter, template: TrackTemplate, facts: TrackFacts, *, now: datetime) -> Track:
    track = Track(
        institution_id=by.institution_id,
        context_ref=by.context_id,
        template=template.key,
        certificate_title=template.certificate_title,
        certificate_sentence=template.certificate_sentence,
        grade_rule=GradeRule.WEIGHTED,
        created_at=now,
        **asdict(facts),
    )
    session.add(track)
    session.flush()
    return track


def _plan(session: Session, track: Track, template: TrackTemplate, *, now: datetime) -> None:
    forms = {form.key: form.id for form in ensure_instruments(session, track.institution_id, now=now)}
    position = 0
    for number, drawn in enumerate(template.stages, 1):
        stage = Stage(institution_id=track.institution_id, track_id=track.id, position=number, title=drawn.title)
        session.add(stage)
        session.flush()
        for one in drawn.milestones:
            position += 1
            session.add(
                Milestone(
                    institution_id=track.institution_id,
                    track_id=track.id,
                    stage_id=stage.id,
                    position=position,
                    title=one.title,
                    asked=one.asked,
                    proof=one.proof,
                    signer=one.signer,
                    due_after_days=one.due_after_days,
                    weight=one.weight,
                    instrument_id=forms[one.instrument] if one.instrument else None,
                )
            )


# ------------------------------------------------------------------ the track itself


def edit_facts(session: Session, by: Sitter, facts: TrackFacts, *, version: int | None, now: datetime) -> Track:
    """Change title, purpose and beginning."""
    track = locked_track(session, by)
    changed = changes(_track_facts(track), facts)
    if not changed:
        return track
    check_version(track.version, version)
    track.title, track.purpose, track.starts_on = facts.title, facts.purpose, facts.starts_on
    note(session, by, track, "track.edited", "track", track.id, now=now, changed=list(changed))
    if "title" in changed:  # the columns are called after it
        regrade(session, track, now=now)
    return track


def edit_mentoring(session: Session, by: Sitter, facts: MentoringFacts, *, version: int | None, now: datetime) -> Track:
    """Say who may become a mentor, who checks them, what they need, and when one is called practising."""
    track = locked_track(session, by)
    before = MentoringFacts(
        track.applications_open, track.faculty_verify, track.credential_needed, track.practising_months
    )
    changed = changes(before, facts)
    if not changed:
        return track
    check_version(track.version, version)
    for name, value in asdict(facts).items():
        setattr(track, name, value)
    note(session, by, track, "track.mentoring_edited", "track", track.id, now=now, changed=list(changed))
    return track


def edit_grading(session: Session, by: Sitter, grading: Grading, *, version: int | None, now: datetime) -> Track:
    """Change how the grade is formed; raise NothingCounts where no milestone has the weight that the rule needs."""
    track = locked_track(session, by)
    changed = changes(grading_of(track), grading)
    if not changed:
        return track
    check_version(track.version, version)
    milestones = open_milestones(session, track)
    if milestones:
        check_weights(grading, [one.weight for one in milestones])
    track.grade_rule, track.column_mode, track.points = grading.rule, grading.mode, grading.points
    values = {"rule": grading.rule.value, "mode": grading.mode.value, "points": grading.points}
    note(session, by, track, "track.grading_edited", "track", track.id, now=now, changed=list(changed), **values)
    regrade(session, track, now=now)
    return track


def edit_certificate(
    session: Session, by: Sitter, facts: CertificateFacts, *, version: int | None, now: datetime
) -> Track:
    """Change what the certificate says and which milestones earn it."""
    track = locked_track(session, by)
    milestones = open_milestones(session, track)
    now_needed = frozenset(one.id for one in milestones if one.needed_for_certificate)
    before = CertificateFacts(track.certificate_title, track.certificate_sentence, now_needed)
    if not changes(before, facts):
        return track
    check_version(track.version, version)
    track.certificate_title, track.certificate_sentence = facts.title, facts.sentence
    for one in milestones:
        one.needed_for_certificate = one.id in facts.needed
    changed = list(changes(before, facts))
    note(session, by, track, "track.certificate_edited", "track", track.id, now=now, changed=changed)
    return track


def publish(session: Session, by: Sitter, *, version: int | None, now: datetime) -> Track:
    """Let the track run, for the first time or again; raise NotPublishable with what is missing."""
    track = locked_track(session, by)
    if track.state is TrackState.PUBLISHED:
        return track
    check_version(track.version, version)
    problems = missing(grading_of(track), [milestone_facts(one) for one in open_milestones(session, track)])
    if problems:
        raise NotPublishable(problems=problems)
    again = track.state is TrackState.CLOSED
    track.state = TrackState.PUBLISHED
    track.published_at = track.published_at or now
    note(session, by, track, "track.reopened" if again else "track.published", "track", track.id, now=now)
    regrade(session, track, now=now)
    return track


def close(session: Session, by: Sitter, *, version: int | None, now: datetime) -> Track:
    """End a running track: everything stays readable. A draft and a closed track stay as they are."""
    track = locked_track(session, by)
    if track.state is not TrackState.PUBLISHED:
        return track
    check_version(track.version, version)
    track.state = TrackState.CLOSED
    note(session, by, track, "track.closed", "track", track.id, now=now)
    return track


# ------------------------------------------------------------------ what every change of a track shares


def locked_track(session: Session, by: Sitter) -> Track:
    """Return the seat's track as it is now, held until the end of the transaction: changes come one after another."""
    if by.track_id is None:
        raise NoTrack
    track = session.scalars(
        select(Track)
        .where(Track.id == by.track_id, Track.institution_id == by.institution_id, Track.context_ref == by.context_id)
        .with_for_update(key_share=True)  # rows that refer to it may still be added: no ring of waiting
        .execution_options(populate_existing=True)
    ).one_or_none()
    if track is None:
        raise NotFound
    return track


def hold_roles(session: Session, track: Track, wanted: Collection[str]) -> None:
    """Keep the roles of a track's mentors as they are until the end of the transaction, and check that these are there.

    Many may hold them at once; who changes the track waits for all of these, and they for who changes it. So it comes
    before any other lock, as ``locked_track`` does: no ring of waiting. Raises RoleGone for a role that was taken away
    meanwhile, NotFound for one of nowhere.
    """
    held = select(Track).where(Track.id == track.id).with_for_update(read=True)
    session.scalars(held.execution_options(populate_existing=True)).one()
    check_there(track.mentor_roles or (), wanted)


def note(
    session: Session, by: Sitter, track: Track, action: str, thing: str, thing_id: int, *, now: datetime, **facts: Any
) -> None:
    """Raise the track's version and write the audit row of one change."""
    track.version += 1
    record(session, by, action, thing, thing_id, now=now, track=track.id, version=track.version, **facts)
    session.flush()


def regrade(session: Session, track: Track, *, now: datetime) -> None:
    """Form everybody's grades anew; a draft has none."""
    if track.state is not TrackState.DRAFT:
        session.flush()
        recompute_track(session, track.id, now=now)


def open_milestones(session: Session, track: Track) -> Sequence[Milestone]:
    """Return the milestones that still count, in order, as they are in the database now."""
    session.flush()
    return session.scalars(
        select(Milestone)
        .where(Milestone.track_id == track.id, Milestone.retired_at.is_(None))
        .order_by(Milestone.position, Milestone.id)
    ).all()


def grading_of(track: Track) -> Grading:
    """Return how the track's grade is formed now."""
    return Grading(track.grade_rule, track.column_mode, track.points)


def milestone_facts(one: Milestone) -> MilestoneFacts:
    """Return what faculty have decided about a milestone."""
    return MilestoneFacts(
        title=one.title,
        asked=one.asked,
        stage_id=one.stage_id,
        proof=one.proof,
        instrument_id=one.instrument_id,
        due_after_days=one.due_after_days,
        weight=one.weight,
        signer=one.signer,
        needed_for_certificate=one.needed_for_certificate,
        test_id=one.test_id,
        signer_role=one.signer_role,
        activity_url=one.activity_url,
    )


def _track_facts(track: Track) -> TrackFacts:
    return TrackFacts(track.title, track.purpose, track.starts_on)
