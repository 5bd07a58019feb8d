"""Mentors from outside the course: invited, accepted, signed in."""

from dataclasses import dataclass

from factories.browser import SignedInClient
from factories.world import NOON
from flask import current_app
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.inviting import Invitee
from lti_mentoring.letters import opened
from lti_mentoring.models import Account, Mail, Mentor, MentorInvitation
from lti_mentoring.queries.accounts import find_holder
from lti_mentoring.services import invited, inviting
from lti_mentoring.services.invited import Acceptance
from lti_mentoring.services.inviting import Offer, Post

SITE = "https://localhost"
ADDRESS = "vera@clinic.example"


def post(*, by_mail=True):
    held = current_app.extensions
    return Post(held["sealer"], held["invitation_signer"], SITE, by_mail=by_mail)


def secret_of(link):
    return link.partition("#")[2]


def mailed(session, mail):
    """The secret that a mail carries."""
    return secret_of(opened(mail.sealed_link, mail.once_key))


def invite(session, world, address=ADDRESS, name="Dr Vera Outside", *, by_mail=True, now=NOON, offer=None):
    """Let faculty invite somebody; return the invitation and its secret."""
    by, people = world.sitter(), [Invitee(name, address)]
    (sent,) = inviting.invite(
        session, by, world.track, people, offer or Offer(5, "Surgery"), post(by_mail=by_mail), now=now
    )
    if not by_mail:
        return sent.invitation, secret_of(sent.link)
    mail = session.scalars(
        select(Mail).where(Mail.invitation_id == sent.invitation.id).order_by(Mail.id.desc())
    ).first()
    return sent.invitation, mailed(session, mail)


@dataclass
class Outsider:
    """Somebody who accepted; ``secret`` is the browser's."""

    invitation: MentorInvitation
    account: Account
    mentor: Mentor
    secret: str

    @property
    def person(self):
        return self.mentor.person

    def holder(self, session, now=NOON):
        return find_holder(session, self.secret, now=now)


def outsider(session, world, address=ADDRESS, name="Dr Vera Outside", *, by_mail=True, now=NOON, offer=None):
    """Let somebody be invited and accept."""
    invitation, token = invite(session, world, address, name, by_mail=by_mail, now=now, offer=offer)
    secret = invited.accept(session, token, Acceptance(name), holder=None, now=now)
    mentor = session.get_one(Mentor, invitation.mentor_id)
    account = session.scalars(select(Account).where(Account.person_id == mentor.person_id)).one()
    return Outsider(invitation, account, mentor, secret)


def come_in_from_outside(app, session, world, **who):
    """Let an outside mentor be signed in now (committing what there is so far); return the client."""
    made = outsider(session, world, now=utcnow(), **who)
    session.commit()
    client = SignedInClient(app, made.secret)
    client.outsider = made
    assert client.proof()
    return client
