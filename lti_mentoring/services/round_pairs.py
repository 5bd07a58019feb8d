"""All pairs of a round at once: what publishing it and taking it back have in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import String, func, insert, literal, null, select, type_coerce

from lti_mentoring.models import AssignedBy, AuditEntry, Match, Mentorship
from lti_mentoring.models.base import JSON
from lti_mentoring.services.auditing import request_id
from lti_mentoring.services.mailing import Letter, write_mails

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Round, Track


def placed(found: Round) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of a row that gives somebody a mentor."""
    return (Match.round_id == found.id, Match.mentor_id.is_not(None))


def record_pairs(
    session: Session,
    by: Sitter,
    track: Track,
    found: Round,
    action: str,
    which: Sequence[ColumnElement[bool]],
    *,
    now: datetime,
    reason: str = "",
) -> None:
    """Write one audit row for each of the round's mentorships that ``which`` chooses, in one statement."""
    lite = session.get_bind().dialect.name == "sqlite"
    json_of = func.json_object if lite else func.json_build_object
    table = cast("Table", AuditEntry.__table__)
    facts = json_of(
        "student_id", Mentorship.student_id, "mentor_id", Mentorship.mentor_id, "how", AssignedBy.ROUND.value,
        "round", found.id,
    )  # fmt: skip
    columns: dict[str, Any] = {
        "institution_id": literal(track.institution_id),
        "context_ref": literal(track.context_ref),
        "actor_id": literal(by.person_id),
        "account_ref": null(),
        "actor_role": literal(by.role.value),
        "action": literal(action),
        "thing": literal("mentorship"),
        "thing_id": Mentorship.id,
        "facts": type_coerce(facts, JSON),
        "reason": literal(reason, String),
        "request_id": literal(request_id.get(), String),
        "at": literal(now, table.c.at.type),
    }
    chosen = select(*columns.values()).join_from(Mentorship, Match, Match.mentorship_id == Mentorship.id)
    session.execute(insert(table).from_select(list(columns), chosen.where(Match.round_id == found.id, *which)))


def write_letters(session: Session, by: Sitter, track: Track, letters: Sequence[Letter], *, now: datetime) -> None:
    """Write the round's mails."""
    write_mails(
        session, letters, {"course": by.context_title, "track": track.title},
        institution_id=track.institution_id, context_id=track.context_ref, now=now,
    )  # fmt: skip
