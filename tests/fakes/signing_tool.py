"""The other side of the demonstration LMS: a tool that signs assertions and choices, and publishes its keys."""

import json
import secrets
import time
from enum import Enum
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from werkzeug import Response

from lti_mentoring.demo.tools import SCOPES

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LTI = "https://purl.imsglobal.org/spec/lti/claim"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim"
MISSING = Enum("Missing", "MISSING").MISSING  # in a test's name it reads the same in every process


@cache
def rsa_key(number):
    """Return the ``number``-th key of this test run; making one is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class SigningTool:
    """A tool on ``server`` (pytest_httpserver), registered at the LMS with ``client_id``."""

    def __init__(self, server, client_id, issuer, token_url):
        self.client_id, self.issuer, self.token_url = client_id, issuer, token_url
        self.keys = {"first": rsa_key(1)}
        self.fetched = 0
        server.expect_request("/lti/jwks.json").respond_with_handler(self._jwks)

    def _jwks(self, _request):
        self.fetched += 1
        keys = [{**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid} for kid, key in self.keys.items()]
        return Response(json.dumps({"keys": keys}), mimetype="application/json")

    def rotate(self, kid, number):
        """Sign with another key from now on; the old one is gone."""
        self.keys = {kid: rsa_key(number)}

    def sign(self, claims, change=None, *, kid=None, key=None, headers=None):
        """Sign ``claims`` with ``change`` made to them; MISSING leaves one out."""
        wanted = {**claims, **(change or {})}
        shown = {name: value for name, value in wanted.items() if value is not MISSING}
        name = next(reversed(self.keys)) if kid is None else kid
        return jwt.encode(shown, key or self.keys[name], algorithm="RS256", headers={"kid": name, **(headers or {})})

    def assertion(self, change=None, **how):
        now = int(time.time())
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": self.token_url, "iat": now, "exp": now + 60,
                  "jti": secrets.token_hex(8)}  # fmt: skip
        return self.sign(claims, change, **how)

    def token_form(self, change=None, **fields):
        """Return the form that asks for a token, with ``change`` made to the assertion."""
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION,
                "client_assertion": self.assertion(change), "scope": " ".join(SCOPES)}  # fmt: skip
        return {name: value for name, value in {**form, **fields}.items() if value is not MISSING}

    def choice(self, data, items, change=None, **how):
        """Return a deep linking response as a signed token."""
        now = int(time.time())
        claims = {"iss": self.client_id, "aud": self.issuer, "iat": now, "exp": now + 60,
                  "nonce": secrets.token_hex(8), f"{LTI}/deployment_id": "1", f"{LTI}/version": "1.3.0",
                  f"{LTI}/message_type": "LtiDeepLinkingResponse", f"{DL}/data": data,
                  f"{DL}/content_items": items}  # fmt: skip
        return self.sign(claims, change, **how)
