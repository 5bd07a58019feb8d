"""The whole tool on a real port of this machine, for journeys over real HTTP."""

import threading
from dataclasses import dataclass, replace

import pytest
from fixtures.databases import settings_for
from flask import Flask
from platforms.fixtures import free_port
from werkzeug.serving import make_server

from lti_mentoring.app import create_app
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.models import Institution
from lti_mentoring.services.registering import ManualRegistration, register_by_hand


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
            owner = Institution(name="University", slug="university", created_at=utcnow())
            session.add(owner)
            session.flush()
            register_by_hand(session, owner.id, wanted, by=None, now=utcnow())


@pytest.fixture
def live_tool(database_url, tmp_path):
    """The tool at http://localhost, another site than the platforms at 127.0.0.1."""
    port = free_port()
    settings = replace(
        settings_for(database_url, tmp_path),
        public_url=f"http://localhost:{port}",
        private_hosts=frozenset({"127.0.0.1"}),
    )
    app = create_app(settings)
    server = make_server("127.0.0.1", port, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield LiveTool(settings.public_url, app)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
