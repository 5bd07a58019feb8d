"""``python -m bench.round_run STRATEGY``: one worker process draws the one course's round up and publishes it.

It prints JSON: of each step the seconds, the CPU of this process and of its session of PostgreSQL; the peak of memory.
"""

import json
import os
import sys
import time
from pathlib import Path

from sqlalchemy import event, func, select, text

from bench.tools import cpu_of
from lti_mentoring.app import create_app
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.fitting import USUAL_WEIGHTS
from lti_mentoring.domain.seats import SeatRole, Sitter
from lti_mentoring.models import AuditEntry, Context, Job, JobState, Mail, Match, Mentorship, Person, Round, Track
from lti_mentoring.services.drawing_up import RoundWish, queue_round
from lti_mentoring.services.publishing_jobs import queue_publishing
from lti_mentoring.settings import Settings
from lti_mentoring.tasks.jobs import run


def main():
    strategy = sys.argv[1]
    app = create_app(Settings.from_env(os.environ))
    with app.app_context():
        by = _faculty()
        with unit_of_work() as session:
            wanted = RoundWish(strategy, USUAL_WEIGHTS, "bench")
            number = queue_round(session, by, session.get_one(Track, by.track_id), wanted, now=utcnow()).id
        steps = {"drawing_up": _measured(lambda: run(number))}
        _need_done(number)
        with unit_of_work() as session:
            number = queue_publishing(session, by, session.scalars(select(Round.id)).one(), now=utcnow()).id
        steps["publishing"] = _measured(lambda: run(number))
        _need_done(number)
        counted = _counted()
    print(json.dumps({"steps": steps, "mb": _peak(), **counted}))


def _need_done(number):
    with unit_of_work() as session:
        job = session.get_one(Job, number)
        if job.state is not JobState.DONE:
            raise SystemExit(f"the {job.kind} ended as {job.state} ({job.error})")


def _faculty():
    course, track = db.session.scalars(select(Context)).one(), db.session.scalars(select(Track)).one()
    who = db.session.scalars(select(Person).where(Person.subject == "faculty")).one()
    by = Sitter(
        seat_id=0, institution_id=course.institution_id, person_id=who.id, person_name="Faculty", role=SeatRole.FACULTY,
        roles=(SeatRole.FACULTY,), registration_id=course.registration_id, context_id=course.id,
        context_title="Course", track_id=track.id, track_title=track.title, track_published=True,
    )  # fmt: skip
    db.session.remove()
    return by


def _measured(step):
    """Do a step; return its seconds, the CPU of this process and of its session of PostgreSQL, and its statements."""
    sent, servers = [], {db.session.scalar(text("SELECT pg_backend_pid()"))}
    db.session.remove()

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    server = sum(cpu_of(one) for one in servers)
    began, used = time.perf_counter(), time.process_time()
    step()
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    told = {"seconds": seconds, "cpu": cpu, "server": sum(cpu_of(one) for one in servers) - server}
    event.remove(db.engine, "before_cursor_execute", note)
    db.session.remove()
    return told | {"statements": len(sent)}


def _counted():
    with unit_of_work() as session:
        return {
            "pairs": session.scalar(select(func.count(Match.mentor_id))),
            "mentorships": session.scalar(select(func.count()).select_from(Mentorship)),
            "mails": session.scalar(select(func.count()).select_from(Mail)),
            "audited": session.scalar(
                select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "mentorship.assigned")
            ),
        }


def _peak():
    """Return the most memory that this process has held, in MB."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
