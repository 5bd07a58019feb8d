"""A test client that sits in a seat and sends forms as a browser does, with the form's proof."""

import re
from functools import cached_property

from factories.world import seat
from flask import g, has_app_context

from lti_mentoring.blueprints._access import CSRF_FIELD, SEAT_COOKIE, csrf_token
from lti_mentoring.blueprints._account_session import ACCOUNT_COOKIE


def forget_request():
    """Empty ``g``: the requests of a test that holds an application context share it, those of life do not."""
    if has_app_context():
        for name in list(g):
            g.pop(name)


class SeatedClient:
    """``get`` and ``post`` as the person in the seat; ``post`` adds the proof unless ``proof=False``."""

    def __init__(self, app, token):
        self.app, self.token, self._proof = app, token, ""
        self.client = app.test_client()
        self.client.set_cookie(SEAT_COOKIE, token, domain="localhost", secure=True, path="/")

    def get(self, url, **options):
        forget_request()
        return self.client.get(url, base_url="https://localhost", **options)

    def post(self, url, data=None, *, proof=True, **options):
        fields = dict(data or {})
        if proof:
            fields[CSRF_FIELD] = self.proof()
        forget_request()
        return self.client.post(url, data=fields, base_url="https://localhost", **options)

    def proof(self):
        if not self._proof:
            self._proof = self._made_proof()
        return self._proof

    def _made_proof(self):
        forget_request()
        with self.app.test_request_context("/", headers={"Cookie": f"{SEAT_COOKIE}={self.token}"}):
            return csrf_token()


def sit(app, session, world, role, who=None, **columns):
    """Seat somebody (committing what the world holds so far) and return the client."""
    token = seat(session, world, role, who, **columns)
    session.commit()
    return SeatedClient(app, token)


class SignedInClient(SeatedClient):
    """The same for an account: signed in without an LMS."""

    def __init__(self, app, secret):
        self.app, self.secret = app, secret
        self.client = app.test_client()
        self.client.set_cookie(ACCOUNT_COOKIE, secret, domain="localhost", secure=True, path="/")

    @cached_property
    def _proof(self):
        forget_request()
        with self.app.test_request_context("/account", headers={"Cookie": f"{ACCOUNT_COOKIE}={self.secret}"}):
            self.app.preprocess_request()
            return csrf_token()

    def proof(self):
        """The proof that a page had while the session lived; an open page keeps it."""
        return self._proof


def text_of(answer):
    """Return the words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def said(answer, status=200):
    """Return the words of a page, which was to come with this status."""
    assert answer.status_code == status, answer.status_code
    return text_of(answer)
