"""One worker process: it reads a course's roster as the real task does, then lets the peer do the same; prints JSON.

Argument: the platform's address. The settings come from the environment, as for any worker.
"""

import json
import os
import resource
import sys
from pathlib import Path
from time import perf_counter

from sqlalchemy import event, func, select

from lti_mentoring.app import create_app
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.lti.access import SCOPE_ROSTER
from lti_mentoring.lti.roster import fetch_roster
from lti_mentoring.models import Context, Deployment, Job, JobKind, JobState, Membership
from lti_mentoring.services.jobs import start_job
from lti_mentoring.settings import Settings
from lti_mentoring.tasks._platform import platform_line
from lti_mentoring.tasks.jobs import run

PEER_ISSUER = "https://peer.example"
COLUMNS = ("subject", "name", "given_name", "family_name", "email", "role_uris")


def main():
    app = create_app(Settings.from_env(os.environ))
    with app.app_context():
        course = db.session.scalars(select(Context)).one()
        url, institution = course.memberships_url, course.institution_id
        registration = course.registration_id
        db.session.remove()
        platform_line(registration, "1", (SCOPE_ROSTER,)).access.token()
        idle = memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        first = one_reading(course.id)
        peak = memory("VmHWM")
        again = one_reading(course.id)
        line = platform_line(registration, "1", (SCOPE_ROSTER,))
        began = perf_counter()
        roster = fetch_roster(line.client, line.access, url)
        download = perf_counter() - began
        peer = copy_and_merge(roster.members, institution, registration)
    told = {
        "people": len(roster.members), "pages": roster.pages, "first": first, "again": again, "download": download,
        "peer": peer, "above_idle_mb": (peak - idle) / 1024, "cpu": resource.getrusage(resource.RUSAGE_SELF).ru_utime,
    }  # fmt: skip
    print(json.dumps(told))


def one_reading(course_id):
    """Queue and do one reading; return its seconds and statements."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    with unit_of_work() as session:
        number = start_job(session, JobKind.ROSTER, course_id, None, now=utcnow()).id
    event.listen(db.engine, "before_cursor_execute", note)
    began = perf_counter()
    run(number)
    seconds = perf_counter() - began
    event.remove(db.engine, "before_cursor_execute", note)
    with unit_of_work() as session:
        job = session.get_one(Job, number)
        held = session.scalar(select(func.count()).select_from(Membership).where(Membership.status == "active"))
        if job.state is not JobState.DONE or job.total != held:
            raise SystemExit(f"the reading ended as {job.state} ({job.error}) with {held} of {job.total} people")
    return {"seconds": seconds, "statements": len(sent)}


def copy_and_merge(members, institution, registration):
    """Bring the same rows into another course of the same tables: COPY into a temporary table, one merge; seconds."""
    with unit_of_work() as session:
        other = Context(
            institution_id=institution, registration_id=registration, context_id="peer", created_at=utcnow(),
            deployment_id=session.scalars(select(Deployment.id)).one(),
        )  # fmt: skip
        session.add(other)
        session.flush()
        place = {"institution": institution, "issuer": PEER_ISSUER, "course": other.id}
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        began = perf_counter()
        with driver.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE listed ({', '.join(f'{name} text' for name in COLUMNS)}) ON COMMIT DROP")
            with cursor.copy(f"COPY listed ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                for one in members:
                    copy.write_row(
                        (one.user_id, one.name, one.given, one.family, one.email, json.dumps(list(one.roles)))
                    )
            cursor.execute(MERGE, place)
        driver.commit()
        return perf_counter() - began


MERGE = """
WITH people AS (
  INSERT INTO person
    (institution_id, issuer, subject, name, given_name, family_name, email, is_test_user, first_seen_at)
  SELECT %(institution)s, %(issuer)s, subject, name, given_name, family_name, email, false, now() FROM listed
  ON CONFLICT (institution_id, issuer, subject) DO UPDATE SET name = excluded.name
  RETURNING id, subject
)
INSERT INTO membership
  (institution_id, context_ref, person_id, role_uris, is_student, is_faculty, status, missed_rosters, on_roster_at)
SELECT %(institution)s, %(course)s, people.id, listed.role_uris::json, true, false, 'active', 0, now()
FROM people JOIN listed USING (subject)
ON CONFLICT (context_ref, person_id) DO UPDATE SET status = 'active'
"""


def memory(name):
    """Return one figure of /proc/self/status in kB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise SystemExit(f"no {name} in /proc/self/status")


if __name__ == "__main__":
    sys.exit(main())
