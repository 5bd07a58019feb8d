"""A course whose people have given lists: a round's people, places and wishes as rows of the real tables, by COPY."""

import json
from datetime import UTC, date, datetime

import psycopg
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bench.roster_platform import LEARNER
from lti_mentoring.models import Context, Mentor, Person, RankList, Track, TrackState

NOW = datetime(2026, 9, 1, tzinfo=UTC)
PERSON = ("institution_id", "issuer", "subject", "name", "email", "is_test_user", "first_seen_at")
MEMBERSHIP = (
    "institution_id", "context_ref", "person_id", "role_uris", "is_student", "is_faculty", "status", "missed_rosters",
)  # fmt: skip
MENTOR = (
    "institution_id", "track_id", "person_id", "places", "taken", "field", "active", "made_at", "made_by_id",
)  # fmt: skip


def fill(url, problem):
    """Write a problem's mentees and mentors into the one course of a database, with a track and somebody of faculty.

    The numbers of rows are others than the problem's; their order is the same.
    """
    here = _track(url)
    with psycopg.connect(url) as server:
        # Whatever the rows refer to is written by the same hand: to look each one up would take longer than the rest.
        server.execute("SET session_replication_role = replica")
        students = _people(server, here, "student", len(problem.mentees), is_student=True)
        guides = _people(server, here, "mentor", len(problem.mentors), is_student=False)
        mentors = _mentors(server, here, problem, guides)
        _lists(server, here, problem, students, mentors)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("VACUUM ANALYZE")


def _track(url):
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with Session(engine) as session:
        course = session.scalars(select(Context)).one()
        shared = {"institution_id": course.institution_id}
        track = Track(
            **shared, context_ref=course.id, title="Mentorship", state=TrackState.PUBLISHED, starts_on=date(2026, 9, 1),
            published_at=NOW, created_at=NOW,
        )  # fmt: skip
        faculty = Person(**shared, issuer="https://bench.example", subject="faculty", name="Faculty", first_seen_at=NOW)
        session.add_all([track, faculty])
        session.commit()
        here = {**shared, "context_ref": course.id, "track_id": track.id, "made_by_id": faculty.id}
    engine.dispose()
    return here


def _people(server, here, kind, number, *, is_student):
    """Write people and their memberships; return their numbers, in the order in which they were written."""
    _copy(
        server, "person", PERSON,
        (
            (here["institution_id"], "https://bench.example", f"{kind}-{one}", f"{kind.title()} Number {one}",
             f"{kind}{one}@example.org", False, NOW)
            for one in range(number)
        ),
    )  # fmt: skip
    found = _numbers(server, Person, "subject LIKE %s", (f"{kind}-%",))
    _copy(
        server, "membership", MEMBERSHIP,
        (
            (here["institution_id"], here["context_ref"], one, json.dumps([LEARNER]), is_student, False, "active", 0)
            for one in found
        ),
    )  # fmt: skip
    return found


def _mentors(server, here, problem, guides):
    _copy(
        server, "mentor", MENTOR,
        (
            (here["institution_id"], here["track_id"], who, one.places, 0, "", True, NOW, here["made_by_id"])
            for who, one in zip(guides, problem.mentors, strict=True)
        ),
    )  # fmt: skip
    rows = _numbers(server, Mentor, "true", ())
    return {one.mentor_id: number for one, number in zip(problem.mentors, rows, strict=True)}


def _lists(server, here, problem, students, mentors):
    _copy(
        server, "rank_list", ("institution_id", "track_id", "person_id", "any_other", "version", "updated_at"),
        ((here["institution_id"], here["track_id"], who, one.any_other, 1, NOW)
         for who, one in zip(students, problem.mentees, strict=True)),
    )  # fmt: skip
    rows = _numbers(server, RankList, "true", ())
    _copy(
        server, "ranked_mentor", ("institution_id", "rank_list_id", "mentor_id", "tier"),
        (
            (here["institution_id"], number, mentors[wish], place)
            for number, one in zip(rows, problem.mentees, strict=True)
            for place, tier in enumerate(one.tiers, 1)
            for wish in tier
        ),
    )  # fmt: skip


def _numbers(server, model, condition, values):
    # Table and condition are written above, and no one else's.
    return [number for (number,) in server.execute(
        f"SELECT id FROM {model.__tablename__} WHERE {condition} ORDER BY id", values
    )]  # fmt: skip


def _copy(server, table, columns, rows):
    with server.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
