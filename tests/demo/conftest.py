"""The demonstration LMS in this process, with a tool beside it."""

import pytest
from fakes.demo_launch import Form, claims_of
from fakes.signing_tool import SigningTool
from flask.testing import FlaskClient

from lti_mentoring.demo.config import CLIENT_ID, DemoConfig
from lti_mentoring.demo.keys import signing_keys
from lti_mentoring.demo.lms import create_lms
from lti_mentoring.demo.people import RESOURCE_LINK_ID
from lti_mentoring.demo.site import EXTENSION, Site

HOME = "http://127.0.0.1:8080"


class AtHome(FlaskClient):
    """A client that asks at the LMS's own address, where not told otherwise."""

    def open(self, *args, base_url=HOME, **kwargs):
        return super().open(*args, base_url=base_url, **kwargs)


@pytest.fixture(scope="session")
def built(tmp_path_factory, make_httpserver):
    """The LMS, built once, and its file as it was then: building it for every test took most of the time."""
    config = DemoConfig.on_ports(tmp_path_factory.mktemp("lms"), 8080, make_httpserver.url_for("").rstrip("/"))
    app = create_lms(config)
    app.config["TESTING"] = True
    app.test_client_class = AtHome
    signing_keys(app.extensions[EXTENSION].store)
    return app, config, config.database.read_bytes()


@pytest.fixture
def lms_config(built):
    return built[1]


@pytest.fixture
def lms(built):
    """The LMS as it was when built."""
    app, config, content = built
    for left in config.data_dir.glob("lms.db-*"):
        left.unlink()
    config.database.write_bytes(content)
    app.extensions[EXTENSION] = Site(config, app.extensions[EXTENSION].store)
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


@pytest.fixture
def asked(lms_config):
    """Turn a login initiation into the authentication request that a good tool sends."""

    def request(login, **change):
        good = {"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
                "client_id": login["client_id"], "redirect_uri": lms_config.launch_url, "state": "s-1", "nonce": "n-1",
                "login_hint": login["login_hint"], "lti_message_hint": login["lti_message_hint"]}  # fmt: skip
        return {name: value for name, value in {**good, **change}.items() if value is not ...}

    return request


@pytest.fixture
def launched(web, asked):
    """Launch as somebody and return the claims of the message."""

    def launch(sub="student-01", query="", address=None):
        login = Form(web.get(address or f"/launch/{sub}/{RESOURCE_LINK_ID}{query}")).fields
        answer = Form(web.get("/auth", query_string=asked(login)))
        assert answer.fields["state"] == "s-1"
        return claims_of(web, answer.fields["id_token"])

    return launch
