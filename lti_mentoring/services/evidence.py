"""Evidence: checked, kept, sent on, and withdrawn at once when a student wants it back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.identifiers import Finding, find_identifiers, find_in_link, fingerprint, words_of_link
from lti_mentoring.domain.milestones import (
    SENT,
    EvidenceKind,
    ProgressState,
    Proof,
    StepKind,
    after,
    minutes_to_read,
)
from lti_mentoring.domain.sentences import is_web_address
from lti_mentoring.errors import NotFound, Refused
from lti_mentoring.models import Evidence, MilestoneProgress, StoredFile
from lti_mentoring.queries.cases import Case, find_own_case
from lti_mentoring.services.file_kinds import TEXT, FileKind, clean_name, tell_kind
from lti_mentoring.services.steps import (
    MilestoneChanged,
    MilestoneRetired,
    check_running,
    check_version,
    open_progress,
    signers,
    take_step,
    tell,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.storage import FileStore

LONGEST_TEXT = 50_000
ERASED_AGAIN_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sending:
    """What a student wants to send. ``agreed``: the fingerprint of findings that "name nobody", as the student said."""

    version: int
    text: str = ""
    url: str = ""
    upload: Upload | None = None
    agreed: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it is nothing but the word that it is done."""
        return not (self.text.strip() or self.url or self.upload)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One place where something may name a patient: the text, the link, a file's name, or the text in a file."""

    place: str
    text: str
    findings: tuple[Finding, ...]


class IdentifiersFound(Refused):
    """Something may name a patient; ``suspicions`` say what and where, ``fingerprint`` is what one may agree to."""

    code = "identifiers_found"

    def __init__(self, suspicions: tuple[Suspicion, ...]) -> None:
        super().__init__()
        self.suspicions = suspicions
        self.fingerprint = fingerprint([finding for one in suspicions for finding in one.findings])


class NothingToSend(Refused):
    """Neither words nor a link nor a file."""

    code = "evidence_empty"


class EvidenceNotAsked(Refused):
    """This milestone is shown by a form or by a word, not by something sent."""

    code = "evidence_not_asked"
    status = 409


class LinkRefused(Refused):
    """A link that leads nowhere on the web."""

    code = "link_refused"


class TextTooLong(Refused):
    """More than ``limit`` letters."""

    code = "text_too_long"


def save_draft(session: Session, sitter: Sitter, milestone_id: int, text: str) -> None:
    """Keep what the student types; nobody else reads it, so it is no step and raises no version."""
    case = find_own_case(session, sitter, milestone_id)
    check_running(case)
    if case.milestone.retired_at is not None:
        raise MilestoneRetired
    open_progress(session, case).draft = text[:LONGEST_TEXT]


def send(
    session: Session,
    sitter: Sitter,
    milestone_id: int,
    sending: Sending,
    files: FileStore,
    *,
    limit: int,
    now: datetime,
) -> Evidence:
    """Send evidence on: checked first, then kept under the next number; the same sent twice is kept once.

    Raises what is wrong with it (FileRefused, IdentifiersFound …), MilestoneChanged when somebody was quicker.
    """
    case = find_own_case(session, sitter, milestone_id)
    check_running(case)
    if case.milestone.proof not in SENT:
        raise EvidenceNotAsked
    if sending.is_empty and case.milestone.proof is not Proof.ACTIVITY:
        raise NothingToSend
    kind = _check(sending, limit)
    suspicions = suspect(sending, kind, today=now.date())
    if suspicions and (found := IdentifiersFound(suspicions)).fingerprint != sending.agreed:
        raise found
    progress = open_progress(session, case)
    try:
        check_version(progress, sending.version, sending.text)
    except MilestoneChanged:
        if same := _sent_already(progress, sending):
            return same
        raise
    after(progress.state, StepKind.SUBMITTED)  # before anything is kept
    evidence = _keep(session, case, progress, sending, kind, files, now=now)
    agreed = sum(len(one.findings) for one in suspicions)
    facts = {"number": evidence.number, "sent_as": evidence.kind.value, "agreed": agreed}
    take_step(session, case, progress, StepKind.SUBMITTED, now=now, evidence_id=evidence.id, facts=facts)
    progress.submitted_at, progress.draft = now, ""
    minutes = minutes_to_read(len(sending.text.split()), has_link=bool(sending.url), has_file=kind is not None)
    waits = "activity_waits" if case.milestone.proof is Proof.ACTIVITY else "evidence_waits"
    tell(session, case, signers(session, case), waits, str(evidence.id), now=now, minutes=minutes)
    return evidence


def suspect(sending: Sending, kind: FileKind | None, *, today: date) -> tuple[Suspicion, ...]:
    """Return every place that may name a patient."""
    link = words_of_link(sending.url)
    places = [("text", sending.text)]
    if sending.upload is not None:
        stem = clean_name(sending.upload.name).rpartition(".")[0] or sending.upload.name
        places.append(("file_name", stem.replace("_", " ")))
        if kind is TEXT:
            places.append(("file", sending.upload.content.decode("utf-8-sig")))
    found = [(place, text, find_identifiers(text, today=today)) for place, text in places]
    found.append(("link", link, find_in_link(link)))
    return tuple(Suspicion(place, text, findings) for place, text, findings in found if findings)


def withdraw(session: Session, sitter: Sitter, evidence_id: int, *, now: datetime) -> tuple[str, ...]:
    """Take evidence back and blank it; return the keys of files to erase once this is committed.

    A milestone that was accepted keeps its proof: StepNotPossible is raised until faculty reopen it. What was withdrawn
    already is left alone.
    """
    case, evidence = _own_evidence(session, sitter, evidence_id)
    progress = open_progress(session, case)
    session.refresh(evidence)
    if evidence.withdrawn_at is not None:
        return ()
    before = progress.state
    after(before, StepKind.WITHDRAWN)
    keys = _blank(evidence, now)
    facts = {"number": evidence.number}
    take_step(session, case, progress, StepKind.WITHDRAWN, now=now, evidence_id=evidence.id, facts=facts)
    left = _newest(session, progress)
    if left is not None and before is not ProgressState.OPEN:
        answered = left.sent_at < _returned_at(progress)
        progress.state = ProgressState.RETURNED if answered else ProgressState.SUBMITTED
    progress.submitted_at = left.sent_at if left else None
    return keys


def erase(files: FileStore, keys: tuple[str, ...]) -> None:
    """Erase the bytes; call it after the commit. What a crash leaves behind, ``erase_leftovers`` finds."""
    for key in keys:
        files.erase(key)


def erase_leftovers(session: Session, files: FileStore, *, now: datetime) -> int:
    """Erase once more the bytes of every file withdrawn in the last days; return how many rows were looked at."""
    recent = select(StoredFile.storage_key).where(StoredFile.erased_at > now - ERASED_AGAIN_FOR)
    keys = tuple(session.scalars(recent))
    erase(files, keys)
    return len(keys)


def _check(sending: Sending, limit: int) -> FileKind | None:
    if len(sending.text) > LONGEST_TEXT:
        raise TextTooLong(limit=LONGEST_TEXT)
    if sending.url and not is_web_address(sending.url):
        raise LinkRefused
    if sending.upload is None:
        return None
    return tell_kind(clean_name(sending.upload.name), sending.upload.content, limit=limit)


def _keep(
    session: Session,
    case: Case,
    progress: MilestoneProgress,
    sending: Sending,
    kind: FileKind | None,
    files: FileStore,
    *,
    now: datetime,
) -> Evidence:
    institution = case.milestone.institution_id
    stored = None
    if sending.upload is not None and kind is not None:
        stored = StoredFile(
            institution_id=institution,
            name=clean_name(sending.upload.name),
            media_type=kind.media_type,
            size=len(sending.upload.content),
            sha256=hashlib.sha256(sending.upload.content).hexdigest(),
            storage_key=files.put(sending.upload.content),
            created_at=now,
        )
    evidence = Evidence(
        institution_id=institution,
        progress=progress,
        number=max((one.number for one in progress.evidence), default=0) + 1,
        kind=_kind_of(sending),
        text=sending.text.strip(),
        url=sending.url,
        file=stored,
        sent_at=now,
    )
    session.add(evidence)
    session.flush()
    return evidence


def _kind_of(sending: Sending) -> EvidenceKind:
    if sending.is_empty:
        return EvidenceKind.WORD
    return EvidenceKind.FILE if sending.upload else EvidenceKind.LINK if sending.url else EvidenceKind.TEXT


def _sent_already(progress: MilestoneProgress, sending: Sending) -> Evidence | None:
    """Return the newest evidence when it is what is being sent again (a second press, a reload)."""
    newest = progress.evidence[-1] if progress.evidence else None
    if newest is None or newest.withdrawn_at is not None or progress.state is not ProgressState.SUBMITTED:
        return None
    sha256 = hashlib.sha256(sending.upload.content).hexdigest() if sending.upload else None
    theirs = (newest.text, newest.url, newest.file.sha256 if newest.file else None)
    return newest if theirs == (sending.text.strip(), sending.url, sha256) else None


def _own_evidence(session: Session, sitter: Sitter, evidence_id: int) -> tuple[Case, Evidence]:
    row = session.execute(
        select(Evidence, MilestoneProgress.milestone_id)
        .join(MilestoneProgress, MilestoneProgress.id == Evidence.progress_id)
        .where(
            Evidence.id == evidence_id,
            Evidence.institution_id == sitter.institution_id,
            MilestoneProgress.student_id == sitter.person_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    evidence, milestone_id = row
    return find_own_case(session, sitter, milestone_id), evidence


def _blank(evidence: Evidence, now: datetime) -> tuple[str, ...]:
    evidence.text = evidence.url = ""
    evidence.withdrawn_at = now
    if evidence.file is None:
        return ()
    evidence.file.name, evidence.file.sha256, evidence.file.size = "", "", 0
    evidence.file.erased_at = now
    return (evidence.file.storage_key,)


def _newest(session: Session, progress: MilestoneProgress) -> Evidence | None:
    left = select(Evidence).where(Evidence.progress_id == progress.id, Evidence.withdrawn_at.is_(None))
    return session.scalars(left.order_by(Evidence.number.desc()).limit(1)).first()


def _returned_at(progress: MilestoneProgress) -> datetime:
    """Return when the milestone was last returned; long ago when it never was."""
    returned = [step.at for step in progress.steps if step.kind is StepKind.RETURNED]
    return max(returned, default=datetime(1970, 1, 1, tzinfo=UTC))
