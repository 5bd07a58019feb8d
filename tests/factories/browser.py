"""A test client that sits in a seat and sends forms as a browser does, with the form's proof."""

from factories.world import seat
from flask import g, has_app_context

from lti_mentoring.blueprints._access import CSRF_FIELD, SEAT_COOKIE, csrf_token


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
