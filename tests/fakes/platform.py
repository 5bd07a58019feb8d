"""A platform for tests: starts logins, signs id_tokens (with PyJWT, not our code), rotates keys, lies on demand.

    platform = FakePlatform()
    params = platform.login_params("https://tool.example/lti/launch")     # what the browser brings to /lti/login
    form = platform.answer(redirect_url, now=now)                         # what it then posts to /lti/launch
    form = platform.answer(redirect_url, now=now, change={SUB: MISSING, ROLES: [STUDENT]})

Every address is the one that a registration of this platform needs: issuer, client_id, auth_url, token_url, jwks_url.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from enum import Enum
from functools import cache
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from lti_mentoring.lti.registrations import RegisteredPlatform

MISSING = Enum("Missing", "MISSING").MISSING  # in a test's name it reads the same in every process
"""In ``change``: the claim is left out."""

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
VERSION = CLAIM + "version"
MESSAGE_TYPE = CLAIM + "message_type"
DEPLOYMENT_ID = CLAIM + "deployment_id"
TARGET_LINK_URI = CLAIM + "target_link_uri"
ROLES = CLAIM + "roles"
ROLE_SCOPE_MENTOR = CLAIM + "role_scope_mentor"
CONTEXT = CLAIM + "context"
RESOURCE_LINK = CLAIM + "resource_link"
CUSTOM = CLAIM + "custom"
PRESENTATION = CLAIM + "launch_presentation"
PLATFORM = CLAIM + "tool_platform"
FOR_USER = CLAIM + "for_user"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GRADEBOOK = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NOTICE = CLAIM + "notice"
NOTICE_SERVICE = CLAIM + "platformnotificationservice"
ORIGIN_CONTEXTS = CLAIM + "origin_contexts"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
FACULTY = f"{_MEMBERSHIP}#Instructor"
STUDENT = f"{_MEMBERSHIP}#Learner"
MENTOR = f"{_MEMBERSHIP}#Mentor"
DESIGNER = f"{_MEMBERSHIP}#ContentDeveloper"
TEACHING_ASSISTANT = f"{_MEMBERSHIP}/Instructor#TeachingAssistant"
ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"


@cache
def rsa_key(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return the same key for the same number: making one takes long."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def public_jwk(key: rsa.RSAPrivateKey, kid: str | None, **members) -> dict:
    """Return a platform's way to publish a key."""
    jwk = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    jwk = {"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "alg": "RS256", "use": "sig", "kid": kid, **members}
    return {name: value for name, value in jwk.items() if value is not None}


def encoded(part: object) -> str:
    """Encode one part of a token."""
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class FakePlatform:
    """One registered platform with one deployment, one course and one link."""

    def __init__(self, issuer="https://lms.example", client_id="client-1", deployment_id="1", key_number=1):
        self.issuer = issuer
        self.client_id = client_id
        self.deployment_id = deployment_id
        self.auth_url = f"{issuer}/auth"
        self.token_url = f"{issuer}/token"
        self.jwks_url = f"{issuer}/jwks"
        self.key_number = key_number
        self.key = rsa_key(key_number)

    @property
    def kid(self) -> str:
        return f"{urlsplit(self.issuer).hostname}-{self.key_number}"

    def registered(self, registration_id=1, **changes) -> RegisteredPlatform:
        """Return the registration that the tool holds of this platform."""
        values = {
            "id": registration_id, "institution_id": 1, "issuer": self.issuer, "client_id": self.client_id,
            "auth_url": self.auth_url, "token_url": self.token_url, "jwks_url": self.jwks_url,
        }  # fmt: skip
        return RegisteredPlatform(**{**values, **changes})

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is no longer published."""
        self.key_number += 100
        self.key = rsa_key(self.key_number)

    def jwks(self) -> dict:
        return {"keys": [public_jwk(self.key, self.kid)]}

    def login_params(self, target, **changes) -> dict[str, str]:
        """Return what starts a login; a change to None leaves the parameter out."""
        params = {
            "iss": self.issuer,
            "login_hint": "user-1",
            "target_link_uri": target,
            "lti_message_hint": '{"cmid": 7, "launchid": "x"}',
            "client_id": self.client_id,
            "lti_deployment_id": self.deployment_id,
            **changes,
        }
        return {name: value for name, value in params.items() if value is not None}

    def claims(self, *, target, nonce, now: datetime, change=None) -> dict:
        """Return the claims of a full launch by a faculty member; ``change`` replaces whole claims."""
        moment = int(now.timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "user-1",
            "nonce": nonce,
            "iat": moment,
            "exp": moment + 60,
            "name": "Amina Diallo",
            "given_name": "Amina",
            "family_name": "Diallo",
            "email": "amina@uni.example",
            "locale": "en-GB",
            VERSION: "1.3.0",
            MESSAGE_TYPE: "LtiResourceLinkRequest",
            DEPLOYMENT_ID: self.deployment_id,
            TARGET_LINK_URI: target,
            ROLES: [FACULTY],
            CONTEXT: {"id": "course-1", "label": "MED 402", "title": "Clinical placement", "type": ["CourseSection"]},
            RESOURCE_LINK: {"id": "link-1", "title": "Mentoring", "description": "Your mentor and your milestones"},
            CUSTOM: {"track": "7"},
            PRESENTATION: {"document_target": "iframe", "return_url": f"{self.issuer}/course/1", "locale": "en"},
            PLATFORM: {"guid": "guid-1", "name": "LMS", "version": "4.5", "product_family_code": "moodle"},
            ROSTER: {"context_memberships_url": f"{self.issuer}/members/1", "service_versions": ["2.0"]},
            GRADEBOOK: {
                "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
                "lineitems": f"{self.issuer}/items?type_id=1",
                "lineitem": f"{self.issuer}/items/3/lineitem?type_id=1",
            },
        }
        return {name: value for name, value in {**claims, **(change or {})}.items() if value is not MISSING}

    def reviewing(self, subject, lineitem, **changes) -> dict:
        """Return the change that makes a launch a look at somebody's work from the gradebook."""
        return {
            MESSAGE_TYPE: "LtiSubmissionReviewRequest",
            FOR_USER: {"user_id": subject},
            GRADEBOOK: {"scope": [], "lineitem": lineitem},
            RESOURCE_LINK: MISSING,
            **changes,
        }

    def picking(self, **settings) -> dict:
        """Return the change that makes a launch a request to pick; a setting of MISSING is left out."""
        values = {
            "deep_link_return_url": f"{self.issuer}/picked",
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "data": 'opaque<&"é',
            **settings,
        }
        kept = {name: value for name, value in values.items() if value is not MISSING}
        return {MESSAGE_TYPE: "LtiDeepLinkingRequest", DEEP_LINKING: kept, RESOURCE_LINK: MISSING}

    def notice(self, number, *, now, kind="LtiContextCopyNotice", change=None, header=None, key=None) -> str:
        """Return a notice as Canvas makes it (doc/api/pns.md): that course-new was copied from course-1."""
        moment = int(now.timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "azp": self.client_id,
            "iat": moment,
            "exp": moment + 3600,
            "nonce": f"nonce-{number}",
            VERSION: "1.3.0",
            DEPLOYMENT_ID: self.deployment_id,
            NOTICE: {"id": f"notice-{number}", "timestamp": now.isoformat(), "type": kind},
            CONTEXT: {"id": "course-new", "label": "MED 403", "title": "Clinical placement, again"},
            ORIGIN_CONTEXTS: ["course-1"],
        }
        kept = {name: value for name, value in {**claims, **(change or {})}.items() if value is not MISSING}
        return self.sign(kept, header=header, key=key)

    def answer(self, redirect_url, *, now, target=None, change=None, header=None, key=None) -> dict[str, str]:
        """Return the form that the browser posts after the platform has seen our authentication request.

        ``target`` is what the login named; left out, it is the request's own redirect address.
        """
        asked = dict(parse_qsl(urlsplit(redirect_url).query, keep_blank_values=True))
        claims = self.claims(target=target or asked["redirect_uri"], nonce=asked["nonce"], now=now, change=change)
        return {"id_token": self.sign(claims, header=header, key=key), "state": asked["state"]}

    def sign(self, claims, *, header=None, key=None) -> str:
        """Sign claims; a header of MISSING is left out, ``alg`` chooses the algorithm (HS256: with the public key)."""
        headers = {"typ": "JWT", "alg": "RS256", "kid": self.kid, **(header or {})}
        headers = {name: value for name, value in headers.items() if value is not MISSING}
        algorithm = headers.get("alg")
        if algorithm in ("RS256", "RS384", "PS256") and isinstance(headers.get("kid", ""), str):
            return jwt.PyJWS().encode(json.dumps(claims).encode(), key or self.key, algorithm, headers)
        signing_input = f"{encoded(headers)}.{encoded(claims)}"
        return f"{signing_input}.{encoded(self._other_signature(algorithm, signing_input))}"

    def sign_bytes(self, payload: bytes) -> str:
        """Sign anything at all, rightly."""
        return jwt.PyJWS().encode(payload, self.key, algorithm="RS256", headers={"kid": self.kid})

    def _other_signature(self, algorithm, signing_input) -> bytes:
        if algorithm != "HS256":
            return b""
        public = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return hmac.new(public, signing_input.encode(), hashlib.sha256).digest()
