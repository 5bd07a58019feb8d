"""Documents of credentials: looked at for what they are, sealed before they are stored, opened for who may read."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from lti_mentoring.db import rows_changed
from lti_mentoring.domain.credentials import MOST_DOCUMENTS, CredentialStepKind, after
from lti_mentoring.errors import NotFound, Refused
from lti_mentoring.models import Credential, CredentialDocument, StoredFile
from lti_mentoring.models.base import new_key
from lti_mentoring.queries.credentials import may_check, own_credential
from lti_mentoring.sealing import SealBroken
from lti_mentoring.services.credentials import check_somebody_checks, note
from lti_mentoring.services.file_kinds import JPEG, PDF, PNG, FileRefused, clean_name, tell_kind
from lti_mentoring.services.resealing import PAGE, Resealed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.sealing import Sealer
    from lti_mentoring.services.evidence import Upload
    from lti_mentoring.services.registrations import Work
    from lti_mentoring.storage import FileStore

TAKEN = (PDF, PNG, JPEG)
LARGEST = 5 * 1024 * 1024
ACCEPT = ",".join(f".{extension}" for kind in TAKEN for extension in kind.extensions)


class TooManyDocuments(Refused):
    """So many are enough. Facts: ``most``."""

    code = "credential_too_many_documents"


def add_document(
    session: Session,
    by: Sitter,
    credential_id: int,
    upload: Upload,
    sealer: Sealer,
    files: FileStore,
    *,
    now: datetime,
) -> CredentialDocument:
    """Keep a scan of one's own credential, sealed.

    Raises FileRefused and its like, TooManyDocuments, NotFound, CredentialsNotChecked.
    """
    credential = own_credential(session, by, credential_id)
    check_somebody_checks(session, by)
    kind = tell_kind(clean_name(upload.name), upload.content, limit=LARGEST)
    if kind not in TAKEN:
        raise FileRefused(name=clean_name(upload.name))
    if len(credential.documents) >= MOST_DOCUMENTS:
        raise TooManyDocuments(most=MOST_DOCUMENTS)
    state = after(credential.state, CredentialStepKind.DOCUMENT)  # before anything is kept
    document = CredentialDocument(institution_id=by.institution_id, key=new_key(), sealed_with=sealer.active)
    sealed = sealer.seal_bytes(upload.content, place_of_document(document.key))
    document.file = StoredFile(
        institution_id=by.institution_id, name=clean_name(upload.name), media_type=kind.media_type,
        size=len(upload.content), sha256=hashlib.sha256(sealed).hexdigest(), storage_key=files.put(sealed),
        created_at=now,
    )  # fmt: skip
    credential.documents.append(document)
    credential.state = state
    session.flush()
    note(session, by, credential, CredentialStepKind.DOCUMENT, now=now)
    return document


def read_document(
    session: Session, by: Sitter, document_id: int, sealer: Sealer, files: FileStore
) -> tuple[StoredFile, bytes]:
    """Return a document and what it holds, for its holder and whoever may check it; raise NotFound for all others."""
    row = session.execute(
        select(CredentialDocument, Credential, StoredFile)
        .join(Credential, Credential.id == CredentialDocument.credential_id)
        .join(StoredFile, StoredFile.id == CredentialDocument.file_id)
        .where(
            CredentialDocument.id == document_id,
            CredentialDocument.institution_id == by.institution_id,
            Credential.removed_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    document, credential, file = row
    if credential.person_id != by.person_id and not may_check(session, by, credential.person_id):
        raise NotFound
    return file, sealer.open_bytes(files.read(file.storage_key), place_of_document(document.key))


def reseal_documents(work: Work, sealer: Sealer, files: FileStore) -> Resealed:
    """Seal anew what an older key sealed, a page at a time; a reader finds the old file until the new one is known."""
    told, after_number = Resealed(), 0
    while True:
        with work() as session:
            older = (
                select(CredentialDocument.id, CredentialDocument.key, StoredFile.id, StoredFile.storage_key)
                .join(StoredFile, StoredFile.id == CredentialDocument.file_id)
                .where(
                    CredentialDocument.sealed_with != sealer.active,
                    CredentialDocument.id > after_number,
                    StoredFile.erased_at.is_(None),
                )
            )
            rows = session.execute(older.order_by(CredentialDocument.id).limit(PAGE)).all()
        if not rows:
            return told
        after_number = rows[-1][0]
        for number, key, file_id, storage_key in rows:
            _reseal(work, sealer, files, (number, key, file_id, storage_key), told)


def _reseal(work: Work, sealer: Sealer, files: FileStore, row: tuple[int, str, int, str], told: Resealed) -> None:
    number, key, file_id, storage_key = row
    place = place_of_document(key)
    try:
        content = sealer.open_bytes(files.read(storage_key), place)
    except (SealBroken, FileNotFoundError):
        told.lost += 1
        return
    name = sealer.active
    fresh = files.put(sealer.seal_bytes(content, place))
    with work() as session:
        mine = update(StoredFile).where(StoredFile.id == file_id, StoredFile.storage_key == storage_key)
        moved = session.execute(mine.values(storage_key=fresh).execution_options(synchronize_session=False))
        session.execute(
            update(CredentialDocument)
            .where(CredentialDocument.id == number)
            .values(sealed_with=name)
            .execution_options(synchronize_session=False)
        )
    # Whichever file the row does not name is erased: the old one, or ours where another worker was quicker.
    files.erase(storage_key if rows_changed(moved) else fresh)
    told.done += 1


def place_of_document(key: str) -> str:
    """Return what the sealed bytes of a document are bound to."""
    return f"credential_document:content:{key}"
