"""Credentials as their holders, those who check them, and students see them: each sees no more than may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, case, exists, false, func, literal, or_, select
from sqlalchemy.orm import aliased, selectinload

from lti_mentoring.domain.applications import ApplicationState
from lti_mentoring.domain.credentials import (
    HOLDS,
    NOTHING_SEEN,
    Checkers,
    CredentialState,
    CredentialStepKind,
    Practice,
    practice_that_holds,
)
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    Account,
    Credential,
    CredentialDocument,
    CredentialStep,
    Institution,
    Mentor,
    MentorApplication,
    Person,
    Track,
    TrackState,
)
from lti_mentoring.queries.paging import Paged, paged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy.orm import InstrumentedAttribute, Session

    from lti_mentoring.domain.credentials import CredentialKind, Method
    from lti_mentoring.domain.seats import Sitter

CREDENTIALS_PAGE = 25
WAITING = (CredentialState.DECLARED, CredentialState.DOCUMENT, CredentialState.LOOKED_UP)


@dataclass(frozen=True, slots=True)
class StepView:
    """One thing that happened to a credential."""

    kind: CredentialStepKind
    by_name: str
    by_role: str
    method: Method | None
    until: date | None
    words: str
    at: datetime
    practice: Practice = NOTHING_SEEN


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document that can be opened."""

    document_id: int
    name: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class CredentialView:
    """All of a credential, for its holder and for whoever checks it; the number is still sealed."""

    credential: Credential
    person_id: int
    name: str
    documents: tuple[DocumentView, ...]
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """One line of the list of those who check."""

    credential_id: int
    name: str
    title: str
    register: str
    state: CredentialState
    until: date | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CredentialsPage:
    """A page of credentials; those that wait come first."""

    rows: tuple[CredentialRow, ...]
    paged: Paged
    waiting: int


@dataclass(frozen=True, slots=True)
class CheckingPage:
    """Who checks, and what hangs on it.

    ``waiting``: credentials of the institution; ``needing``: its tracks that ask mentors for a verified one;
    ``is_ticked``: whether the sitter's own track says that its faculty check.
    """

    checkers: Checkers
    waiting: int
    needing: int
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """What students read of a credential: what was checked, by whom (a role, never a name), how and when.

    ``practice``: what was seen with it, while it holds.
    """

    kind: CredentialKind
    title: str
    register: str
    state: CredentialState
    by_role: str
    method: Method | None
    at: datetime
    until: date | None
    practice: Practice = NOTHING_SEEN


def own_credential(session: Session, by: Sitter, credential_id: int) -> Credential:
    """Return the sitter's own credential, locked; raise NotFound for any other."""
    credential = session.scalars(
        select(Credential)
        .where(
            Credential.id == credential_id,
            Credential.institution_id == by.institution_id,
            Credential.person_id == by.person_id,
            Credential.removed_at.is_(None),
        )
        .options(selectinload(Credential.documents).joinedload(CredentialDocument.file))
        .with_for_update(of=Credential)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if credential is None:
        raise NotFound
    return credential


def checkers_of(session: Session, by: Sitter) -> Checkers:
    """Return who checks credentials in the sitter's institution."""
    own = select(Institution.credential_checkers).where(Institution.id == by.institution_id)
    return session.scalars(own).one()


def checking_page(session: Session, by: Sitter) -> CheckingPage:
    """Return what who may check them rests on, for the sitter's own page; two statements."""
    waits = select(func.count()).where(
        Credential.institution_id == by.institution_id, Credential.removed_at.is_(None), Credential.state.in_(WAITING)
    )
    needing = select(func.count()).where(
        Track.institution_id == by.institution_id, Track.credential_needed.is_(True), Track.state != TrackState.CLOSED
    )
    ticked = exists().where(Track.id == by.track_id, Track.faculty_verify.is_(True))
    row = session.execute(select(waits.scalar_subquery(), needing.scalar_subquery(), ticked)).one()
    return CheckingPage(checkers_of(session, by), row[0], row[1], bool(row[2]))


def credentials_waiting(session: Session, by: Sitter) -> int:
    """Return how many wait for the sitter to check them; one statement."""
    return (
        session.scalar(
            select(func.count()).where(
                Credential.institution_id == by.institution_id,
                Credential.removed_at.is_(None),
                Credential.state.in_(WAITING),
                _within(by, Credential.person_id),
            )
        )
        or 0
    )


def may_check(session: Session, by: Sitter, person_id: int) -> bool:
    """Tell whether the sitter may check (and so read) a person's credentials."""
    return bool(session.scalar(select(_within(by, literal(person_id)))))


def own_credentials(session: Session, by: Sitter) -> tuple[CredentialView, ...]:
    """Return the sitter's credentials, the newest first."""
    own = (Credential.institution_id == by.institution_id, Credential.person_id == by.person_id)
    return _views(session, *own)


def credential_view(session: Session, by: Sitter, credential_id: int) -> CredentialView:
    """Return a credential that the sitter may check; raise NotFound for any other."""
    views = _views(session, Credential.id == credential_id, Credential.institution_id == by.institution_id)
    if not views or not may_check(session, by, views[0].person_id):
        raise NotFound
    return views[0]


def credentials_page(session: Session, by: Sitter, number: int = 1) -> CredentialsPage:
    """Return a page of those that the sitter may check; for faculty whom the track does not allow it is empty."""
    conditions = [
        Credential.institution_id == by.institution_id,
        Credential.removed_at.is_(None),
        _within(by, Credential.person_id),
    ]
    waits = Credential.state.in_(WAITING)
    total, waiting = session.execute(
        select(func.count(), func.coalesce(func.sum(case((waits, 1), else_=0)), 0))
        .select_from(Credential)
        .where(*conditions)
    ).one()
    pages = paged(total, number, CREDENTIALS_PAGE)
    rows = session.execute(
        select(Credential, Person)
        .join(Person, Person.id == Credential.person_id)
        .where(*conditions)
        .order_by(case((waits, 0), else_=1), Credential.created_at, Credential.id)
        .limit(pages.size)
        .offset(pages.offset)
    )
    return CredentialsPage(
        tuple(
            CredentialRow(
                one.id, person.shown_name, one.title, one.register, one.state, one.verified_until, one.created_at
            )
            for one, person in rows
        ),
        pages,
        waiting,
    )


def checked_lines(session: Session, institution_id: int, people: Collection[int]) -> dict[int, tuple[CheckedLine, ...]]:
    """Return by person what was checked of them: what holds, and what held until it lapsed. One statement."""
    verified = aliased(CredentialStep)
    last = (
        select(func.max(verified.id))
        .where(verified.credential_id == Credential.id, verified.kind == CredentialStepKind.VERIFIED)
        .correlate(Credential)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Credential, CredentialStep)
        .join(CredentialStep, CredentialStep.id == last)
        .where(
            Credential.institution_id == institution_id,
            Credential.person_id.in_(list(people)),
            Credential.removed_at.is_(None),
            Credential.state.in_([*HOLDS, CredentialState.LAPSED]),
        )
        .order_by(Credential.id)
    )
    found: dict[int, list[CheckedLine]] = {}
    for one, step in rows:
        line = CheckedLine(
            one.kind, one.title, one.register, one.state, step.by_role, step.method, step.at, one.verified_until,
            practice_that_holds(Practice(step.since, tuple(step.specialties)), one.state),
        )  # fmt: skip
        found.setdefault(one.person_id, []).append(line)
    return {person_id: tuple(lines) for person_id, lines in found.items()}


def latest_practice(lines: Iterable[CheckedLine]) -> CheckedLine | None:
    """Return the latest check that has seen since when its holder practises; None where none that holds has."""
    return max((one for one in lines if one.practice.since is not None), key=lambda one: one.at, default=None)


def _within(by: Sitter, person: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Say whether the sitter may check, and so read, what a person declared.

    The institution's word comes first. Administrators: everybody's of their institution. Faculty: of their track's
    mentors and applicants, where the institution leaves it to tracks and the track says so.
    """
    if by.role is SeatRole.ADMINISTRATOR:
        return _checked_by(by, Checkers.OFFICE, Checkers.TRACKS)
    if by.role is not SeatRole.FACULTY:
        return false()
    ticked = exists().where(
        Track.id == by.track_id, Track.institution_id == by.institution_id, Track.faculty_verify.is_(True)
    )
    return and_(_checked_by(by, Checkers.TRACKS), ticked, or_(*_of_track(by.track_id, person)))


def _checked_by(by: Sitter, *checkers: Checkers) -> ColumnElement[bool]:
    return exists().where(Institution.id == by.institution_id, Institution.credential_checkers.in_(checkers))


def _of_track(track_id: int | None, person: object) -> Iterable[ColumnElement[bool]]:
    yield exists().where(Mentor.track_id == track_id, Mentor.person_id == person, Mentor.active.is_(True))
    yield exists().where(
        MentorApplication.track_id == track_id,
        MentorApplication.person_id == person,
        MentorApplication.state == ApplicationState.SENT,
    )


def _views(session: Session, *which: ColumnElement[bool]) -> tuple[CredentialView, ...]:
    found = session.scalars(
        select(Credential)
        .where(*which, Credential.removed_at.is_(None))
        .options(
            selectinload(Credential.documents).joinedload(CredentialDocument.file),
            selectinload(Credential.person),
        )
        .order_by(Credential.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    steps = _steps(session, [one.id for one in found])
    return tuple(
        CredentialView(
            credential=one,
            person_id=one.person_id,
            name=one.person.shown_name,
            documents=tuple(
                DocumentView(doc.id, doc.file.name, doc.file.size, doc.file.media_type) for doc in one.documents
            ),
            steps=tuple(steps.get(one.id, ())),
        )
        for one in found
    )


def _steps(session: Session, numbers: list[int]) -> dict[int, list[StepView]]:
    rows = session.execute(
        select(CredentialStep, Person, Account.name)
        .outerjoin(Person, Person.id == CredentialStep.by_id)
        .outerjoin(Account, Account.id == CredentialStep.account_ref)
        .where(CredentialStep.credential_id.in_(numbers))
        .order_by(CredentialStep.id)
    )
    found: dict[int, list[StepView]] = {}
    for step, person, account in rows:
        name = person.shown_name if person else account or ""
        practice = Practice(step.since, tuple(step.specialties))
        view = StepView(step.kind, name, step.by_role, step.method, step.until, step.words, step.at, practice)
        found.setdefault(step.credential_id, []).append(view)
    return found
