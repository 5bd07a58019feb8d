"""Mails go through a real SMTP server on loopback, once, without content."""

import socket
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from factories.outside import invite
from factories.world import NOON, World, add
from sqlalchemy import select

from lti_mentoring.letters import written
from lti_mentoring.models import Mail, MailState
from lti_mentoring.postbox import Postbox
from lti_mentoring.tasks.mail import send, wake

PAST = datetime(2020, 1, 1, tzinfo=UTC)


class Inbox:
    """Keeps what arrives; refuses on demand."""

    def __init__(self):
        self.mails, self.refuse = [], False

    async def handle_DATA(self, server, session, envelope):
        if self.refuse:
            return "451 later"
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def inbox():
    box = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def mail(app, session):
    world = World(session)
    row = Mail(
        institution_id=world.institution.id, person_id=world.guide.id, context_ref=world.context.id,
        kind="evidence_waits", facts={"student": "Amina Yusuf", "milestone": "Ward history", "minutes": 4},
        once_key="evidence-1", due_at=PAST, created_at=NOON,
    )  # fmt: skip
    add(session, row)
    session.commit()
    return row


def fresh(session, mail):
    session.refresh(mail)
    return mail


def test_a_due_mail_is_sent_once_and_names_nothing_but_who_and_what(app, session, mail, inbox):
    app.extensions["postbox"] = Postbox(f"smtp://127.0.0.1:{inbox.port}", "mentoring@tool.test")
    send.run(mail.id)
    send.run(mail.id)
    assert fresh(session, mail).state is MailState.SENT
    [envelope] = inbox.mails
    assert envelope.rcpt_tos == [mail.person.email]
    text = envelope.content.decode()
    assert "Amina Yusuf" in text
    assert "Auto-Submitted: auto-generated" in text


def test_a_server_that_refuses_is_tried_again_later(app, session, mail, inbox):
    app.extensions["postbox"] = Postbox(f"smtp://127.0.0.1:{inbox.port}", "mentoring@tool.test")
    inbox.refuse = True
    send.run(mail.id)
    assert (fresh(session, mail).state, mail.last_error) == (MailState.PENDING, "SMTPDataError")
    assert mail.due_at > PAST


def test_a_server_that_is_down_is_tried_again_later(app, session, mail):
    app.extensions["postbox"] = Postbox("smtp://127.0.0.1:1", "mentoring@tool.test")
    send.run(mail.id)
    assert fresh(session, mail).last_error == "ConnectionRefusedError"


def test_without_a_server_a_mail_waits(app, session, mail):
    send.run(mail.id)
    assert fresh(session, mail).attempts == 0


def woken(app, after, upto):
    """Run the wake-up and return what was queued by it."""
    with app.extensions["celery"].connection_for_read() as connection:
        queue = connection.SimpleQueue(app.extensions["settings"].queue)
        queue.clear()
        wake.run(after, upto)
        return [queue.get_nowait().payload[1] for _ in range(len(queue))]


def test_many_mails_are_woken_a_portion_at_a_time_and_the_next_portion_behind_them(app, session, mail, monkeypatch):
    app.extensions["postbox"] = Postbox("smtp://127.0.0.1:1", "mentoring@tool.test")
    monkeypatch.setattr("lti_mentoring.tasks.mail.WOKEN_AT_ONCE", 2)
    columns = ("institution_id", "person_id", "context_ref", "kind", "facts", "due_at", "created_at")
    same = {name: getattr(mail, name) for name in columns}
    more = [add(session, Mail(**same, once_key=f"more-{number}")).id for number in range(4)]
    session.commit()
    upto = more[2]
    portion = [{"mail_id": more[0]}, {"mail_id": more[1]}, {"after": more[1], "upto": upto}]
    assert woken(app, mail.id, upto) == portion
    assert woken(app, more[1], upto) == [{"mail_id": more[2]}]


def test_without_a_server_nobody_is_woken(app, mail):
    assert woken(app, 0, mail.id) == []


def test_a_name_with_a_line_break_adds_no_header(inbox):
    postbox = Postbox(f"smtp://127.0.0.1:{inbox.port}", "mentoring@uni.example")
    postbox.send("Amina\r\nBcc: x@y.example", "amina@uni.example", "It waits\r\nBcc: x@y.example", "Text.\n", "1")
    (mail,) = inbox.mails
    assert mail.rcpt_tos == ["amina@uni.example"]
    assert b"\r\nBcc:" not in mail.content


def test_an_invitation_arrives_with_its_link_and_with_a_name_that_adds_no_header(app, session, inbox):
    app.extensions["postbox"] = Postbox(f"smtp://127.0.0.1:{inbox.port}", "mentoring@tool.test")
    name = "Vera\r\nBcc: all@victims.example"
    invitation, token = invite(session, World(session), name=name, now=PAST)
    mail = session.scalars(select(Mail).where(Mail.invitation_id == invitation.id)).one()
    session.commit()
    send.run(mail.id)
    [envelope] = inbox.mails
    assert envelope.rcpt_tos == [invitation.address]
    head, _, body = envelope.content.replace(b"=\r\n", b"").partition(b"\r\n\r\n")
    assert b"\r\nBcc:" not in head
    assert f"/invitation#{token}".encode() in body
    assert fresh(session, mail).sealed_link is None


def test_a_mail_leads_a_mentor_from_outside_to_the_sign_in_and_not_to_a_course(app, session, mail):
    outside = written(mail.kind, {"course": "MED 402", **mail.facts}, None, signs_in=True)[1]
    assert "https://localhost/sign-in" in outside
    assert "/sign-in" not in written(mail.kind, {"course": "MED 402", **mail.facts}, None)[1]
