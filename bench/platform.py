"""The platform of the benchmark: one RSA key, its JWKS on loopback, and launches signed with it."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
CLIENT_ID = "bench"
DEPLOYMENT_ID = "1"
PEOPLE = 50


class Signing:
    """Signs launches as the platform at ``url`` does."""

    def __init__(self, url, private_pem):
        self.url = url
        self.key = serialization.load_pem_private_key(private_pem, password=None)

    def token(self, number, nonce, target, *, client_id=CLIENT_ID, people=PEOPLE):
        """Return the id_token of one launch of person ``number`` % ``people``: the same claims for every tool."""
        who = number % people
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": client_id, "sub": f"person-{who}", "iat": now, "exp": now + 60, "nonce": nonce,
            "name": f"Person {who}", "given_name": "Person", "family_name": str(who), "email": f"p{who}@example.org",
            CLAIM + "deployment_id": DEPLOYMENT_ID, CLAIM + "version": "1.3.0",
            CLAIM + "message_type": "LtiResourceLinkRequest", CLAIM + "target_link_uri": target,
            CLAIM + "roles": [f"{MEMBERSHIP}#Learner"],
            CLAIM + "context": {"id": "course-1", "label": "C1", "title": "Course", "type": ["CourseSection"]},
            CLAIM + "resource_link": {"id": "link-1", "title": "Mentoring"},
            CLAIM + "tool_platform": {"guid": "bench", "product_family_code": "bench", "version": "1"},
            CLAIM + "launch_presentation": {"document_target": "iframe", "locale": "en", "return_url": self.url},
        }  # fmt: skip
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "bench"})


class Platform(Signing):
    """Signs launches; serves its public key. Use as a context manager."""

    def __init__(self):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        jwk = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
        self.jwks = {"keys": [{**jwk, "kid": "bench", "alg": "RS256", "use": "sig"}]}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(json.dumps(self.jwks).encode()))
        super().__init__(f"http://127.0.0.1:{self.server.server_address[1]}", _pem(key))

    def private_pem(self):
        """Return the private key, for a load in another process."""
        return _pem(self.key)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def _pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _handler(body):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Cache-Control", "max-age=3600")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Stay quiet."""

    return Handler
