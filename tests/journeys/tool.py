"""The whole tool on a real port of this machine, and how it gets to know a platform."""

from dataclasses import dataclass

from factories.world import add
from flask import Flask

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.models import Institution
from lti_mentoring.services.registering import ManualRegistration, invitation_url, invite, register_by_hand


@dataclass
class LiveTool:
    """The running tool: its address, and its application for a look at what is stored."""

    url: str
    app: Flask

    def know(self, config, family=""):
        """Register a platform by its config (tests/platforms/fixtures.py)."""
        names = ("client_id", "auth_url", "token_url", "jwks_url")
        wanted = ManualRegistration(
            name="Another's LMS",
            issuer=config["iss"],
            product_family=family,
            deployment_ids=(config["deployment_id"],),
            **{name: config[name] for name in names},
        )
        with self.app.app_context(), unit_of_work() as session:
            register_by_hand(session, university(session).id, wanted, by=None, now=utcnow())

    def invitation(self):
        """Invite a platform; return the address that its administrator pastes."""
        with self.app.app_context(), unit_of_work() as session:
            return invitation_url(self.url, invite(session, university(session).id, by=None, now=utcnow()))


def university(session):
    """Make the institution that runs the platform."""
    return add(session, Institution(name="University", slug="university", created_at=utcnow()))
