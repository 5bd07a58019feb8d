"""What platforms and people write is shown and never run: every page of every role, with markup in every text."""

import csv
import io
import re
from dataclasses import replace

import pytest
from factories.browser import sit
from factories.world import NOON, add
from fixtures.applications import connected_app, settings_for
from sweeps.furnished import Furnished
from sweeps.walls import Stranger, Walls

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Administrator, Mail, MilestoneStep

MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}%(name)s%s=cmd"
TEXTS = {
    "person": ("name", "given_name", "family_name", "email"),
    "context": ("title", "label"),
    "registration": ("name", "client_id"),
    "institution": ("name",),
    "resource_link": ("title",),
    "track": ("title", "purpose", "certificate_title", "certificate_sentence"),
    "stage": ("title",),
    "milestone": ("title", "asked", "activity_url"),
    "mentor": ("field",),
    "mentor_profile": ("about", "timezone", "profession"),
    "mentor_application": ("words", "reason"),
    "credential": ("title", "holder"),
    "credential_step": ("words",),
    "deployment": ("deployment_id",),
    "evidence": ("text",),
    "stored_file": ("name",),
    "milestone_step": ("words",),
    "milestone_progress": ("draft",),
    "conflict": ("note",),
    "mentor_request": ("message", "reason"),
    "introduction": ("name", "does", "purpose"),
    "goal": ("title", "success"),
    "goal_action": ("text",),
    "meeting": ("place", "join_url", "agenda", "timezone"),
    "round_change": ("reason",),
}


class Hostile(Walls):
    """One furnished course whose every text is markup."""

    def __init__(self, app, session):
        self.app, self.session = app, session
        self.here = Furnished(app, session)
        values = {"asked_at": NOON, "confirmed_at": NOON, "confirmed_by": "operator"}
        who = self.here.faculty.id
        add(session, Administrator(institution_id=self.here.institution.id, person_id=who, **values))
        add(
            session,
            Mail(
                institution_id=self.here.institution.id, person_id=self.here.guide.id, context_ref=self.here.context.id,
                kind="evidence_waits", facts={"student": MARKUP, "by": MARKUP, "milestone": MARKUP, "course": MARKUP,
                "path": "/", "minutes": 1}, once_key="markup", due_at=NOON, created_at=NOON,
            ),
        )  # fmt: skip
        assert session.query(MilestoneStep).count() > 0
        self.spoil()
        session.commit()
        self.rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]

    def spoil(self):
        """Put markup into every text, past the checks: what is shown must not rely on what was refused."""
        tables = self.app.extensions["sqlalchemy"].Model.metadata.tables
        for name, columns in TEXTS.items():
            table = tables[name]
            unique = {column.name for index in table.indexes if index.unique for column in index.columns}
            for row in self.session.execute(table.select()).all():
                for column in columns:
                    own = MARKUP + (str(row.id) if column in unique | {"client_id", "deployment_id"} else "")
                    length = getattr(table.c[column].type, "length", None)
                    self.session.execute(table.update().where(table.c.id == row.id).values({column: own[:length]}))


@pytest.fixture(scope="module")
def hostile(sqlite_copies, tmp_path_factory):
    url = sqlite_copies.fresh()
    settings = replace(settings_for(url, tmp_path_factory.mktemp("hostile")), show_mails=True)
    with connected_app(settings) as app:
        app.config.update(TESTING=True, PREFERRED_URL_SCHEME="https")
        with app.app_context():
            yield Hostile(app, app.extensions["sqlalchemy"].session())
    sqlite_copies.drop(url)


ROLES = [None, *SeatRole]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.value if role else "nobody")
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "partial"])
def test_no_page_runs_what_somebody_wrote(hostile, role, headers):
    browser = (
        sit(hostile.app, hostile.session, hostile.here, role, return_url="javascript:alert(1)")
        if role
        else Stranger(hostile.app)
    )
    met = 0
    for rule in hostile.rules:
        allowed = hostile.access(rule).roles
        if rule.endpoint == "health.ready" or (allowed is not None and role not in allowed):
            continue
        for method, path in hostile.calls(rule, hostile.here.numbers):
            if method != "GET":
                continue
            answer = browser.client.get(path, base_url="https://localhost", headers=headers)
            assert answer.status_code < 500, path
            if answer.mimetype != "text/html":
                continue
            met += "&lt;script" in answer.text
            assert "<script>alert" not in answer.text, path
            assert "<img src=x" not in answer.text, path
            assert "javascript:" not in answer.text, path
            assert "49%(" not in answer.text, path
            assert re.search(r"\son\w+\s*=\s*[\"']", re.sub(r"&[#\w]+;", "", answer.text)) is None, path
    assert met or role in {None, SeatRole.OBSERVER, SeatRole.GUEST}


def test_no_cell_of_a_sheet_begins_like_a_formula(hostile):
    faculty = sit(hostile.app, hostile.session, hostile.here, SeatRole.FACULTY)
    for person in (hostile.here.student, hostile.here.classmate):
        hostile.session.refresh(person)
        person.name = '=HYPERLINK("http://x.example")'
    hostile.session.commit()
    for path in ("/board.csv?show=all", "/mentors/template.csv"):
        answer = faculty.get(path)
        assert answer.status_code == 200
        cells = [cell for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for cell in row]
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))] == []
        assert "\n" not in answer.headers["Content-Disposition"]
