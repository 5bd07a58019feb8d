"""The page that shows mails in the demonstration."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from factories.browser import sit
from factories.world import NOON, World, add

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Mail, MailState
from lti_mentoring.queries.mails import PAGE


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def shown(app):
    app.extensions["settings"] = replace(app.extensions["settings"], show_mails=True)


def mail(world, number=1, **columns):
    values = {
        "institution_id": world.institution.id, "person_id": world.student.id, "context_ref": world.context.id,
        "kind": "evidence_accepted", "once_key": f"{world.institution.id}-{number}", "due_at": NOON, "created_at": NOON,
        "facts": {
            "name": "Amina Yusuf", "to": "Amina Yusuf", "by": "Dr Priya Raman", "student": "Amina Yusuf",
            "milestone": f"Milestone {number}", "course": "Clinical placement", "path": "/milestones/1", "minutes": 4,
        },
    }  # fmt: skip
    return add(world.session, Mail(**{**values, **columns}))


def page(app, session, world, url="/demo/mails"):
    return sit(app, session, world, SeatRole.STUDENT, now=utcnow()).get(url)


def test_mails_are_shown_only_where_the_demonstration_runs(app, session, world):
    assert page(app, session, world).status_code == 404


def test_before_the_first_mail_the_page_says_what_comes(app, session, world, shown):
    assert "No mail has been written yet" in page(app, session, world).get_data(as_text=True)


def test_a_mail_is_shown_as_it_would_arrive_and_other_institutions_have_theirs(app, session, world, shown):
    mail(world, state=MailState.FAILED)
    mail(World(session), 7)
    html = page(app, session, world).get_data(as_text=True)
    assert "To <bdi>Amina Yusuf</bdi>" in html
    assert "Milestone 1" in html
    assert "could not be sent" in html
    assert "Milestone 7" not in html


def test_many_mails_are_paged_newest_first(app, session, world, shown):
    for number in range(PAGE + 1):
        mail(world, number)
    html = page(app, session, world).get_data(as_text=True)
    assert f"Milestone {PAGE}" in html
    assert "Page 1 of 2" in html
    assert html.count('id="mail-') == PAGE
    assert page(app, session, world, "/demo/mails?page=2").get_data(as_text=True).count('id="mail-') == 1


def test_a_mail_that_waits_for_the_end_of_quiet_hours_says_until_when(app, session, world, shown):
    mail(world, held_at=NOON, due_at=datetime(2026, 11, 24, 6, 30, tzinfo=UTC))
    assert "waits until 24 Nov, 06:30 UTC, when quiet hours end" in page(app, session, world).get_data(as_text=True)
