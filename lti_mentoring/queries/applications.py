"""Applications of a track: the applicant's own, and those that faculty decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from lti_mentoring.domain.applications import ApplicationState, Bar, bar_to_apply
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Membership, Mentor, MentorApplication, MentorProfile, Person, TrackState
from lti_mentoring.queries.mentors import waiting_applications
from lti_mentoring.queries.paging import Paged, paged
from lti_mentoring.queries.profiles import ProfileView, profile_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

APPLICATIONS_PAGE = 25


@dataclass(frozen=True, slots=True)
class OwnApplication:
    """Where somebody stands with applying here. ``state`` None: not begun. ``bar``: why they cannot go on."""

    state: ApplicationState | None
    bar: Bar | None
    profile: ProfileView
    words: str = ""
    places: int = 2
    sent_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """One application in faculty's list."""

    application_id: int
    name: str
    profession: str
    state: ApplicationState
    sent_at: datetime | None
    is_student: bool


@dataclass(frozen=True, slots=True)
class ApplicationsPage:
    """A page of applications; those that wait come first, the oldest of them first."""

    rows: tuple[ApplicationRow, ...]
    paged: Paged
    waiting: int


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """One application with what the applicant says."""

    application_id: int
    person_id: int
    name: str
    is_student: bool
    state: ApplicationState
    words: str
    places: int
    sent_at: datetime | None
    decided_at: datetime | None
    decided_by: str
    reason: str
    profile: ProfileView


def own_application(session: Session, by: Sitter, track: Track) -> OwnApplication:
    """Return where the sitter stands."""
    row = session.scalars(
        select(MentorApplication).where(
            MentorApplication.track_id == track.id, MentorApplication.person_id == by.person_id
        )
    ).one_or_none()
    state = row.state if row else None
    bar = bar_to_apply(
        state, is_open=takes_applications(track), is_mentor=is_mentor(session, by, track), is_pretended=by.is_test
    )
    profile = profile_of(session, by.institution_id, by.person_id)
    if row is None:
        return OwnApplication(None, bar, profile)
    return OwnApplication(row.state, bar, profile, row.words, row.places, row.sent_at, row.reason)


def application_state(session: Session, by: Sitter, track: Track) -> ApplicationState | None:
    """Return how far the sitter's application is; None: there is none."""
    return session.scalar(
        select(MentorApplication.state).where(
            MentorApplication.track_id == track.id, MentorApplication.person_id == by.person_id
        )
    )


def takes_applications(track: Track) -> bool:
    """Tell whether people of the course may apply now: faculty opened it, and the track runs."""
    return track.applications_open and track.state is TrackState.PUBLISHED


def is_mentor(session: Session, by: Sitter, track: Track) -> bool:
    """Tell whether the sitter is a mentor of the track already."""
    found = select(Mentor.id).where(
        Mentor.track_id == track.id, Mentor.person_id == by.person_id, Mentor.active.is_(True)
    )
    return session.scalar(found) is not None


def applications_page(session: Session, track: Track, number: int = 1) -> ApplicationsPage:
    """Return a page of the track's applications; drafts are the applicants' own."""
    of_track = (MentorApplication.track_id == track.id, MentorApplication.sent_at.is_not(None))
    total = session.scalar(select(func.count()).select_from(MentorApplication).where(*of_track)) or 0
    pages = paged(total, number, APPLICATIONS_PAGE)
    waits = MentorApplication.state == ApplicationState.SENT
    rows = session.execute(
        select(MentorApplication, Person, Membership.is_student)
        .join(Person, Person.id == MentorApplication.person_id)
        .outerjoin(
            Membership,
            (Membership.person_id == MentorApplication.person_id) & (Membership.context_ref == track.context_ref),
        )
        .where(*of_track)
        .order_by(case((waits, 0), else_=1), MentorApplication.sent_at, MentorApplication.id)
        .limit(pages.size)
        .offset(pages.offset)
    ).all()
    professions = _professions(session, track, [person.id for _one, person, _student in rows])
    return ApplicationsPage(
        tuple(
            ApplicationRow(
                one.id, person.shown_name, professions.get(person.id, ""), one.state, one.sent_at, bool(is_student)
            )
            for one, person, is_student in rows
        ),
        pages,
        waiting_applications(session, track),
    )


def application_view(session: Session, by: Sitter, application_id: int) -> ApplicationView:
    """Return an application of the sitter's track that was sent; raise NotFound for any other."""
    row = session.execute(
        select(MentorApplication, Person, Membership.is_student)
        .join(Person, Person.id == MentorApplication.person_id)
        .outerjoin(
            Membership,
            (Membership.person_id == MentorApplication.person_id) & (Membership.context_ref == by.context_id),
        )
        .where(
            MentorApplication.id == application_id,
            MentorApplication.institution_id == by.institution_id,
            MentorApplication.track_id == by.track_id,
            MentorApplication.sent_at.is_not(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    one, person, is_student = row
    decider = session.get(Person, one.decided_by_id) if one.decided_by_id else None
    return ApplicationView(
        application_id=one.id,
        person_id=person.id,
        name=person.shown_name,
        is_student=bool(is_student),
        state=one.state,
        words=one.words,
        places=one.places,
        sent_at=one.sent_at,
        decided_at=one.decided_at,
        decided_by=decider.shown_name if decider else "",
        reason=one.reason,
        profile=profile_of(session, by.institution_id, person.id),
    )


def _professions(session: Session, track: Track, people: list[int]) -> dict[int, str]:
    """Return what these people say is their profession, by person."""
    rows = session.execute(
        select(MentorProfile.person_id, MentorProfile.profession).where(
            MentorProfile.institution_id == track.institution_id, MentorProfile.person_id.in_(people)
        )
    )
    return {row[0]: row[1] for row in rows}
