"""The demonstration LMS in this process, with a tool beside it."""

import time
from functools import cache

import pytest
from fakes.signing_tool import SigningTool
from flask.testing import FlaskClient

from lti_mentoring.demo.config import CLIENT_ID, DemoConfig
from lti_mentoring.demo.keys import new_key
from lti_mentoring.demo.lms import create_lms
from lti_mentoring.demo.site import EXTENSION
from lti_mentoring.demo.store import Store

HOME = "http://127.0.0.1:8080"


class AtHome(FlaskClient):
    """A client that asks at the LMS's own address, where not told otherwise."""

    def open(self, *args, base_url=HOME, **kwargs):
        return super().open(*args, base_url=base_url, **kwargs)


@cache
def usual_key():
    return new_key()


@pytest.fixture
def lms_config(tmp_path, httpserver):
    return DemoConfig.on_ports(tmp_path / "lms", 8080, httpserver.url_for("").rstrip("/"))


@pytest.fixture
def lms(lms_config):
    # A key made beforehand: making one takes longer than all the rest of a test.
    key = usual_key()
    Store(lms_config.database).run(
        "INSERT INTO signing_key VALUES (1, ?, ?, ?)", key.private_pem, key.public_pem, time.time()
    )
    app = create_lms(lms_config)
    app.config["TESTING"] = True
    app.test_client_class = AtHome
    return app


@pytest.fixture
def store(lms):
    return lms.extensions[EXTENSION].store


@pytest.fixture
def web(lms):
    """A browser, or a tool, at the LMS's own address."""
    return lms.test_client()


@pytest.fixture
def tool(httpserver, lms_config):
    return SigningTool(httpserver, CLIENT_ID, lms_config.issuer, lms_config.token_url)


@pytest.fixture
def bearer(web, tool):
    """Return the header of an access token for these scopes (all by default)."""

    def header(*scopes):
        form = tool.token_form(**({"scope": " ".join(scopes)} if scopes else {}))
        answer = web.post("/token", data=form)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json['access_token']}"}

    return header
