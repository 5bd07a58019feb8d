"""The way in, as a browser goes it: login at the tool, the platform's signed answer, launch; over the real routes."""

from fakes.border import FakeFetch
from fakes.platform import FakePlatform
from flask import g, has_app_context

from lti_mentoring.clock import utcnow
from lti_mentoring.models import Deployment, DeploymentApproval, Institution, Registration

BASE = "https://localhost"
TARGET = f"{BASE}/lti/launch"


def forget_request():
    """Empty ``g``: the requests of a test that holds an application context share it, those of life do not."""
    if has_app_context():
        for name in list(g):
            g.pop(name)


class Door:
    """One institution with one registered fake platform; ``walk`` goes the whole way with one browser."""

    def __init__(self, app, session, *, approved=True, **platform):
        self.app, self.session = app, session
        self.platform = FakePlatform(**platform)
        self.fetch = FakeFetch({self.platform.jwks_url: self.platform.jwks})
        app.extensions["platform_client"] = self.fetch
        now = utcnow()
        self.institution = Institution(name="University", slug=f"u-{self.platform.client_id}", created_at=now)
        session.add(self.institution)
        session.flush()
        self.registration = Registration(
            institution_id=self.institution.id,
            name="LMS",
            issuer=self.platform.issuer,
            client_id=self.platform.client_id,
            auth_url=self.platform.auth_url,
            token_url=self.platform.token_url,
            jwks_url=self.platform.jwks_url,
            product_family="moodle",
            created_at=now,
        )
        session.add(self.registration)
        session.flush()
        if approved:
            self.deployment = Deployment(
                institution_id=self.institution.id,
                registration_id=self.registration.id,
                deployment_id=self.platform.deployment_id,
                state=DeploymentApproval.APPROVED,
                first_seen_at=now,
            )
            session.add(self.deployment)
        session.commit()
        self.browser = app.test_client()

    def login(self, browser=None, *, method="GET", **changes):
        """Begin a login and return the answer."""
        forget_request()
        params = self.platform.login_params(TARGET, **changes)
        sent = {"query_string": params} if method == "GET" else {"data": params}
        return (browser or self.browser).open("/lti/login", method=method, base_url=BASE, **sent)

    def post(self, form, browser=None):
        """Post what the platform made."""
        forget_request()
        return (browser or self.browser).post("/lti/launch", data=form, base_url=BASE)

    def walk(self, browser=None, *, login=None, **answer):
        """Go the whole way and return the answer to the launch."""
        begun = self.login(browser, **(login or {}))
        form = self.platform.answer(begun.headers["Location"], **{"now": utcnow(), "target": TARGET, **answer})
        return self.post(form, browser)

    def open(self, url, browser=None):
        """Open a page with what the browser holds."""
        forget_request()
        return (browser or self.browser).get(url, base_url=BASE)
