"""The whole tool on a real port of this machine, for journeys over real HTTP."""

from dataclasses import replace

import pytest
from fixtures.applications import settings_for
from fixtures.serving import served
from journeys.tool import LiveTool
from platforms.fixtures import free_port

from lti_mentoring.app import create_app
from lti_mentoring.db import db
from lti_mentoring.demo.config import DemoConfig
from lti_mentoring.demo.lms import create_lms


@pytest.fixture
def lms(live_tool, tmp_path):
    """The demonstration LMS on a port of its own, for the running tool."""
    port = free_port()
    config = DemoConfig.on_ports(tmp_path / "lms", port, live_tool.url)
    with served(create_lms(config), port):
        yield config


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
    with served(app, port):
        yield LiveTool(settings.public_url, app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
