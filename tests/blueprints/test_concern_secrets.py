"""With a word in confidence and without it, all but who wrote it and who handles it read the same, to the letter."""

import re
from difflib import ndiff

import pytest
from factories.accounts import administrator, come_in
from factories.browser import sit
from factories.concerns import through_pages
from factories.world import add
from sweeps.furnished import Furnished
from sweeps.walls import Walls

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Administrator, Mail
from lti_mentoring.queries.mails import mails_page

STUDENT, MENTOR = SeatRole.STUDENT, SeatRole.MENTOR
OWN = {"concerns.mine", "privacy.show"}
"""What whoever wrote it reads of it."""
CHANGING = r'(name="csrf_token" value="|name="csrf-token" content="|X-CSRF-Token": ?"|X-CSRF-Token&#34;: ?&#34;)\w+'
NEVER_THE_SAME = {"awards.pdf", "awards.own_pdf"}
"""Made anew for whoever asks, from the award alone."""


class House(Walls):
    """One furnished course, read by everybody in it."""

    def __init__(self, app, session):
        self.app, self.session = app, session
        self.here = here = Furnished(app, session)
        add(
            session,
            Administrator(
                institution_id=here.institution.id, person_id=here.faculty.id, confirmed_by="operator",
                asked_at=here.mentorship.started_at, confirmed_at=here.mentorship.started_at,
            ),
        )  # fmt: skip
        who = {role.value: (role, None) for role in SeatRole}
        who |= {"classmate": (STUDENT, here.classmate), "colleague": (MENTOR, here.colleague)}
        self.browsers = {name: (role, sit(app, session, here, role, one)) for name, (role, one) in who.items()}
        self.office = come_in(app, session, administrator(session, here.institution))
        self.rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in {"static", *NEVER_THE_SAME}]

    def read(self):
        """Return what everybody reads everywhere, by person and address."""
        found = {}
        for name, (role, browser) in self.browsers.items():
            for rule in self.rules:
                if role in (self.access(rule).roles or ()) and not (name == "student" and rule.endpoint in OWN):
                    for method, path in self.calls(rule, self.here.numbers):
                        if method == "GET":
                            found[name, path] = self.told(browser.get(path))
        for path in ("/admin", "/admin/audit", "/admin/people", "/admin/confidential"):
            found["office", path] = self.told(self.office.get(path))
        return found

    def told(self, answer):
        return answer.status_code, re.sub(CHANGING, "…", answer.get_data(as_text=False).decode("latin-1"))


@pytest.fixture
def house(app, session):
    return House(app, session)


def test_nobody_else_reads_anything_else(app, session, house):
    here = house.here
    before = house.read()
    assert len(before) > 300
    assert sum(status == 200 for status, _text in before.values()) > 150
    session.rollback()
    through_pages(app, session, here, here.student, here.guide, here.reader)
    after = house.read()
    assert [
        (*place, difference(before[place], after[place])) for place in before if before[place] != after[place]
    ] == []


def difference(before, after):
    return [line for line in ndiff(before[1].splitlines(), after[1].splitlines()) if line[0] in "+-"]


def test_a_mail_about_it_is_shown_to_whom_it_went_and_counted_for_nobody_else(app, session, house):
    here = house.here
    others = mails_page(session, here.sitter()).total
    mine = session.query(Mail).filter_by(person_id=here.reader.id, kind="something_waits").count()
    assert mine == 1
    assert mails_page(session, here.sitter(here.reader)).total == others + mine
