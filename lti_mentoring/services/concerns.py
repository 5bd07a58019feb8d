"""Raise a concern, talk about it, open, close and reopen it, and keep its two people apart.

The audit trail has it in lines that no page shows or counts. Whoever raised it gets no mail: others may read that. Its
handlers get one that names nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from lti_mentoring.db import rows_changed
from lti_mentoring.domain import concerns as rules
from lti_mentoring.domain.concerns import SEALED, WAITS, Between, ConcernState
from lti_mentoring.domain.conflicts import ConflictKind, ConflictReason
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Concern, ConcernEntry, ConcernReading, Mentor, Person
from lti_mentoring.models.base import new_key
from lti_mentoring.models.sealed import place_of
from lti_mentoring.queries.concern_handlers import handlers_of
from lti_mentoring.queries.concern_talks import kept_by, opened_upto
from lti_mentoring.queries.concerns import handled, own_concern, whom
from lti_mentoring.services.auditing import record
from lti_mentoring.services.conflicts import keep
from lti_mentoring.services.mailing import Letter, write_mails

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track
    from lti_mentoring.sealing import Sealer


def raise_concern(
    session: Session,
    by: Sitter,
    track: Track,
    about_id: int,
    text: str,
    told: Collection[int],
    sealer: Sealer,
    *,
    now: datetime,
) -> Concern:
    """Write a confidential word about somebody to those who handle it; ``told``: who the page said would read it.

    An open one that begins with the same words is that one.

    Raises PretendedStudent, WordsNeeded, NotFound for whom it cannot be about, TooManyOpen, NobodyHandles and
    ReadersChanged; then nothing is written.
    """
    if by.is_test:
        raise rules.PretendedStudent
    said = rules.words_of(text)
    about = next(iter(whom(session, by, track, person_id=about_id)), None)
    if about is None:
        raise NotFound
    # Two presses at once wait for each other here.
    session.execute(select(Person.id).where(Person.id == by.person_id).with_for_update(key_share=True))
    same = _same(session, by, about_id, said, sealer)
    if same is not None:
        return same
    _check_few(session, by)
    readers = _readers(session, by.institution_id, Between(by.person_id, about_id, now))
    rules.check_readers(readers, frozenset(told))
    one = Concern(
        institution_id=by.institution_id, key=new_key(), context_ref=track.context_ref, track_id=track.id,
        raised_by_id=by.person_id, about_id=about_id, mentor_id=about.mentor_id, raised_at=now,
    )  # fmt: skip
    session.add(one)
    session.flush()
    record(session, by, "concern.raised", SEALED, one.id, now=now)
    _write(session, by, one, said, sealer, now=now)
    _tell(session, one, readers, now=now)
    return one


def add(session: Session, by: Sitter, key: str, text: str, sealer: Sealer, *, now: datetime) -> None:
    """Write more into one's own concern; its handlers are told that something waits.

    Raises NotFound for another's, WordsNeeded and ConcernClosed.
    """
    said, one = rules.words_of(text), own_concern(session, by, key)
    _touch(session, one, said)
    record(session, by, "concern.added", SEALED, one.id, now=now)
    readers = _readers(session, one.institution_id, Between(one.raised_by_id, one.about_id, one.raised_at))
    _write(session, by, one, said, sealer, now=now)
    _tell(session, one, readers, now=now)


def answer(session: Session, by: Sitter, key: str, text: str, sealer: Sealer, *, now: datetime) -> None:
    """Answer as a handler, to whoever raised it; no mail goes out.

    Raises NotFound, WordsNeeded, ConcernClosed, and ReadFirst where something is there that the handler has not opened.
    """
    said, one = rules.words_of(text), handled(session, by, key)
    upto = opened_upto(session, by, one)
    others = (ConcernEntry.concern_id == one.id, ConcernEntry.by_id != by.person_id)
    if (session.scalar(select(func.max(ConcernEntry.id)).where(*others)) or 0) > upto:
        raise rules.ReadFirst(mine=said)
    _touch(session, one, said)
    record(session, by, "concern.answered", SEALED, one.id, now=now)
    _write(session, by, one, said, sealer, now=now)


def open_concern(session: Session, by: Sitter, key: str, *, now: datetime) -> None:
    """Note that a handler opens what is written, as its other handlers read; quiet where there is nothing new."""
    one = handled(session, by, key)
    last = session.scalar(select(func.max(ConcernEntry.id)).where(ConcernEntry.concern_id == one.id)) or 0
    if last > opened_upto(session, by, one):
        session.add(
            ConcernReading(
                institution_id=one.institution_id, concern_id=one.id, person_id=by.person_id, upto_id=last, at=now
            )
        )
        record(session, by, "concern.opened", SEALED, one.id, now=now)


def settle(session: Session, by: Sitter, key: str, state: ConcernState, version: int, *, now: datetime) -> None:
    """Close a concern, or open it again; raises NotFound, and ConcernMoved where something has changed meanwhile."""
    one = handled(session, by, key)
    done = session.execute(
        update(Concern)
        .where(Concern.id == one.id, Concern.version == version, Concern.state == rules.BEFORE[state])
        .values(state=state, version=version + 1, closed_at=now if state is ConcernState.CLOSED else None)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(done):
        raise rules.ConcernMoved
    session.refresh(one, ["state", "version", "closed_at"])
    action = "concern.closed" if state is ConcernState.CLOSED else "concern.reopened"
    record(session, by, action, SEALED, one.id, now=now)


def keep_apart(session: Session, by: Sitter, key: str, *, now: datetime) -> None:
    """Keep the two of a concern from being brought together, in every track; a mentorship that runs is not ended.

    Doing it twice changes nothing. Raises NotFound, and NoPair between two mentors.
    """
    one = handled(session, by, key)
    if one.mentor_id is None:
        raise rules.NoPair
    mentor = session.get_one(Mentor, one.mentor_id)
    student_id = one.raised_by_id if mentor.person_id == one.about_id else one.about_id
    made = keep(
        session, institution_id=one.institution_id, track_id=one.track_id, mentor_id=mentor.id, person_id=student_id,
        kind=ConflictKind.CONCERN, reason=ConflictReason.OTHER, note="", made_by_id=by.person_id, made_at=now,
    )  # fmt: skip
    if made is not None:
        record(session, by, "concern.kept_apart", SEALED, one.id, now=now)


def let_together(session: Session, by: Sitter, key: str, *, now: datetime) -> None:
    """Take that back, whichever handler said it; quiet where nothing keeps them apart. Raises NotFound."""
    one = handled(session, by, key)
    kept = kept_by(session, one)
    if kept is not None:
        kept.ended_at = now
        record(session, by, "concern.let_together", SEALED, one.id, now=now)


def _same(session: Session, by: Sitter, about_id: int, said: str, sealer: Sealer) -> Concern | None:
    rows = session.execute(
        select(Concern, ConcernEntry)
        .join(ConcernEntry, ConcernEntry.concern_id == Concern.id)
        .where(
            Concern.institution_id == by.institution_id,
            Concern.raised_by_id == by.person_id,
            Concern.about_id == about_id,
            Concern.state == ConcernState.OPEN,
            ConcernEntry.by_id == by.person_id,
        )
    )
    return next(
        (one for one, entry in rows if sealer.open(entry.sealed_text, place_of(entry, "sealed_text")) == said), None
    )


def _check_few(session: Session, by: Sitter) -> None:
    mine = (
        Concern.institution_id == by.institution_id,
        Concern.raised_by_id == by.person_id,
        Concern.state == ConcernState.OPEN,
    )
    if (session.scalar(select(func.count()).select_from(Concern).where(*mine)) or 0) >= rules.MOST_OPEN:
        raise rules.TooManyOpen(most=rules.MOST_OPEN)


def _touch(session: Session, one: Concern, said: str) -> None:
    """Take the concern's next version, so that nobody closes it over what is being written; that is not lost either."""
    done = session.execute(
        update(Concern)
        .where(Concern.id == one.id, Concern.state == ConcernState.OPEN)
        .values(version=Concern.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(done):
        raise rules.ConcernClosed(mine=said)
    session.refresh(one, ["version"])


def _write(session: Session, by: Sitter, one: Concern, text: str, sealer: Sealer, *, now: datetime) -> None:
    entry = ConcernEntry(
        institution_id=one.institution_id, concern_id=one.id, key=new_key(), by_id=by.person_id, at=now
    )
    entry.sealed_text = sealer.seal(text, place_of(entry, "sealed_text"))
    session.add(entry)
    session.flush()


def _readers(session: Session, institution_id: int, between: Between) -> frozenset[int]:
    named = {who.person_id: who.named_at for who in handlers_of(session, institution_id)}
    return rules.readers(named, between)


def _tell(session: Session, one: Concern, readers: Collection[int], *, now: datetime) -> None:
    """Say to its handlers that something waits: no name, no course; once until they have opened it."""
    rows = session.execute(
        select(ConcernReading.person_id, func.max(ConcernReading.upto_id))
        .where(ConcernReading.concern_id == one.id)
        .group_by(ConcernReading.person_id)
    )
    opened: dict[int, int] = dict(rows.all())
    letters = [
        Letter(person, WAITS, {}, f"waits:{one.id}:{opened.get(person, 0)}:{person}") for person in sorted(readers)
    ]
    write_mails(session, letters, {}, institution_id=one.institution_id, context_id=None, now=now)
