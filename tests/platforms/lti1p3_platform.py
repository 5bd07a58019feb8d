"""A platform that others wrote: the package lti1p3platform (OpenLearning, MIT) on Flask, as a process of its own.

    python lti1p3_platform.py PORT TOOL_BASE_URL

Theirs are the login's address, the signed messages, the tokens and their scopes, the handling of roster and gradebook
requests, and the check of a deep linking response. Ours are the storage behind it (any role, any claim, a timestamp
that is not later is answered with 409) and the /_ctl addresses that a test steers it by, bad messages included.
"""

import json
import sys
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify, redirect, request
from lti1p3platform.exceptions import LineItemNotFoundException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService, NamesRoleProvisioningService

CLIENT_ID = "client-lti1p3"
DEPLOYMENT_ID = "deployment-1"
CONTEXT_ID = "context-1"
RESOURCE_LINK_ID = "link-1"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
LTI = "https://purl.imsglobal.org/spec/lti/claim"
ROLES = {"instructor": f"{MEMBERSHIP}#Instructor", "student": f"{MEMBERSHIP}#Learner", "mentor": f"{MEMBERSHIP}#Mentor"}
PAGE = 4


def new_key():
    """Return a key pair as PEM, private half first."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def usual_people():
    people = {f"u{number}": (f"User {number}", "student") for number in range(2, 8)}
    people = {"u1": ("User 1", "instructor"), **people, "parent": ("A parent", "mentor")}
    return {sub: {"user_id": sub, "name": name, "email": f"{sub}@example.org", "roles": [ROLES[role]]}
            for sub, (name, role) in people.items()}  # fmt: skip


@dataclass
class State:
    """All that the platform holds, in memory."""

    base: str
    tool: str
    key: tuple = field(default_factory=new_key)
    people: dict = field(default_factory=usual_people)
    columns: dict = field(default_factory=dict)
    scores: dict = field(default_factory=dict)
    chosen: list = field(default_factory=list)
    change: dict = field(default_factory=dict)


class Parameters(Request):
    """A Flask request for the package; it adds 1 to the page, so numbers must be numbers."""

    def build_metadata(self, asked):
        query = {name: int(text) if name in {"page", "limit"} else text for name, text in asked.args.items()}
        query.pop("type_id", None)
        return {"method": asked.method, "form_data": asked.form.to_dict(), "get_data": query, "headers": asked.headers,
                "content_type": asked.content_type, "path": asked.path,
                "json": asked.get_json(force=True, silent=True)}  # fmt: skip


class Platform(LTI1P3PlatformConfAbstract):
    """The package's platform with our one registration."""

    def __init__(self, state):
        self.state = state
        super().__init__()

    def init_platform_config(self, **_):
        self._registration = self.get_registration_by_params()

    def get_registration_by_params(self, **_):
        state, launch = self.state, f"{self.state.tool}/lti/launch"
        return (
            Registration()
            .set_iss(state.base)
            .set_client_id(CLIENT_ID)
            .set_deployment_id(DEPLOYMENT_ID)
            .set_launch_url(launch)
            .set_deeplink_launch_url(launch)
            .set_oidc_login_url(f"{state.tool}/lti/login")
            .set_tool_key_set_url(f"{state.tool}/lti/jwks.json")
            .set_platform_private_key(state.key[0])
            .set_platform_public_key(state.key[1])
        )


class Login(OIDCLoginAbstract):
    """The login initiation; the hint carries what the test asked for."""

    hint = ""

    def set_lti_message_hint(self, **values):
        self.hint = values["hint"]

    def get_lti_message_hint(self):
        return self.hint

    def get_redirect(self, url):
        return redirect(url)


class Message(LTIAdvantageMessageLaunchAbstract):
    """The signed message, with whatever change the test asked for."""

    def __init__(self, asked, platform):
        super().__init__(asked, platform)
        self.state = platform.state

    def prepare_launch(self, preflight_response):
        asked, base = json.loads(preflight_response["lti_message_hint"]), self.state.base
        person = self.state.people.get(preflight_response["login_hint"], {})
        roles = [ROLES.get(role, role) for role in filter(None, asked["role"].split(","))] if "role" in asked else None
        self.set_user_data(preflight_response["login_hint"], person.get("roles", []) if roles is None else roles,
                           person.get("name"), person.get("email"))  # fmt: skip
        self.set_launch_context_claim(
            CONTEXT_ID, ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"], "A course", "C1"
        )
        self.set_launch_presentation_claim("iframe", f"{base}/back")
        self.set_nrps(f"{base}/memberships")
        self.set_ags(f"{base}/lineitems?type_id=1")
        if "observed" in asked:
            self.set_extra_claims({f"{LTI}/role_scope_mentor": asked["observed"].split(",")})
        if asked.get("type") == "LtiDeepLinkingRequest":
            self.set_dl(f"{base}/deep-linking", "Choose", extra_data={"opaque": 'x"<&'})
        else:
            self.set_resource_link_claim(asked.get("link", RESOURCE_LINK_ID), title="Mentoring")

    def get_launch_data(self):
        message, state = super().get_launch_data()
        message.update(self.state.change.get("set", {}))
        for name in self.state.change.get("remove", []):
            message.pop(name, None)
        return message, state

    def render_launch_form(self, launch_data, **_):
        token = resigned(self.state, launch_data["id_token"])
        fields = {"id_token": token, "state": launch_data["state"], **self.state.change.get("form", {})}
        return auto_form(launch_data["launch_url"], fields)


def resigned(state, token):
    """Return the token with the changes that need a new signature: its times, its head, its key, or all of it."""
    change = state.change
    if "raw" in change:
        return change["raw"]
    if not {"times", "remove_times", "header", "other_key"} & set(change):
        return token
    claims = {**jwt.decode(token, options={"verify_signature": False}), **change.get("times", {})}
    for name in change.get("remove_times", []):
        claims.pop(name, None)
    head = {"kid": jwt.get_unverified_header(token)["kid"], **change.get("header", {})}
    key = new_key()[0] if change.get("other_key") else state.key[0]
    return jwt.encode(claims, key, algorithm="RS256", headers={k: v for k, v in head.items() if v is not None})


def auto_form(action, fields):
    inputs = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in fields.items())
    return (f'<!doctype html><title>Opening</title><form action="{escape(action)}" method="post">{inputs}</form>'
            "<script>document.forms[0].submit()</script>")  # fmt: skip


class Grades(AssignmentsGradesService):
    """The gradebook behind the package's handlers."""

    def __init__(self, asked, platform):
        self.state = platform.state
        super().__init__(asked, platform, f"{self.state.base}/lineitems")

    def find_lineitems(self, page=1, limit=None, resource_link_id=None, resource_id=None, tag=None, **_):
        wanted = {"resourceLinkId": resource_link_id, "resourceId": resource_id, "tag": tag}
        found = [item for item in self.state.columns.values()
                 if all(value is None or item.get(name) == value for name, value in wanted.items())]  # fmt: skip
        return one_page(found, page, limit)

    def find_lineitem(self, line_item_id):
        if line_item_id not in self.state.columns:
            raise LineItemNotFoundException
        return self.state.columns[line_item_id]

    def create_lineitem(self, creation_data):
        number = str(len(self.state.columns) + 1)
        made = {**creation_data, "id": f"{self.state.base}/lineitems/{number}?type_id=1"}
        return self.state.columns.setdefault(number, made)

    def update_lineitem(self, update_data):
        item = self.find_lineitem(update_data["id"])
        item.update({k: v for k, v in update_data.items() if k not in {"id", "resourceLinkId"}})
        return item

    def delete_lineitem(self, line_item_id):
        self.find_lineitem(line_item_id)
        del self.state.columns[line_item_id]

    def update_score(self, line_item_id, score):
        self.find_lineitem(line_item_id)
        scores, user = self.state.scores.setdefault(line_item_id, {}), score["userId"]
        if user in scores and moment(scores[user]) >= moment(score):
            return UpdateScoreStatus.OLD_TIMESTAMP
        scores[user] = score
        return UpdateScoreStatus.SUCCESS

    def get_results(self, line_item_id, page=1, limit=None, user_id=None, **_):
        item = self.find_lineitem(line_item_id)
        found = [{"id": f"{self.state.base}/lineitems/{line_item_id}/results/{user}", "userId": user,
                  "resultScore": score.get("scoreGiven"), "resultMaximum": score.get("scoreMaximum"),
                  "scoreOf": item["id"]}
                 for user, score in self.state.scores.get(line_item_id, {}).items()
                 if user_id in {None, user}]  # fmt: skip
        return one_page(found, page, limit or len(found) or 1)


class Roster(NamesRoleProvisioningService):
    """The people behind the package's handler; it gives a next page only to one who asks for a limit."""

    def __init__(self, asked, platform):
        self.state = platform.state
        super().__init__(asked, platform, f"{self.state.base}/memberships")
        self.request.get_data.setdefault("limit", PAGE)

    def get_member_data_page(self, page=1, limit=None, role=None, **_):
        found = [person for person in self.state.people.values()
                 if not role or any(role in {name, name.rpartition("#")[2]} for name in person["roles"])]  # fmt: skip
        return one_page(found, page, limit)

    def get_context_by_id(self):
        return Context(id=CONTEXT_ID, label="C1", title="A course")

    def is_resource_link_valid(self, context_id, resource_link_id):
        return (context_id, resource_link_id) == (CONTEXT_ID, RESOURCE_LINK_ID)


def moment(score):
    return datetime.fromisoformat(score["timestamp"])


def one_page(found, page, limit):
    limit = limit or PAGE
    has_next = len(found) > page * limit
    return {
        "content": [dict(one) for one in found[(page - 1) * limit : page * limit]],
        "has_next": has_next,
        "next": None,
    }


def answered(made):
    """Return the package's response as Flask's: a list where it wraps one, and its next page as a Link header."""
    result, following = made.result, None
    if isinstance(result, dict):
        following = result.pop("next", None)
        result = result.get("content", result)
    response = Response("" if result is None else json.dumps(result), made.code, mimetype=made.media_type)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def create_app(base, tool):
    app, state = Flask(__name__), State(base, tool)
    add_control(app, state)
    add_steering(app, state)
    add_protocol(app, state)
    add_services(app, state)
    return app


def add_control(app, state):
    @app.get("/_ctl/config")
    def config():
        return {"iss": state.base, "client_id": CLIENT_ID, "deployment_id": DEPLOYMENT_ID,
                "auth_url": f"{state.base}/auth", "token_url": f"{state.base}/token",
                "jwks_url": f"{state.base}/jwks", "context_id": CONTEXT_ID,
                "resource_link_id": RESOURCE_LINK_ID}  # fmt: skip

    @app.get("/_ctl/launch")
    def launch():
        login = Login(Parameters(request), Platform(state))
        login.set_lti_message_hint(hint=json.dumps(request.args.to_dict()))
        user = request.args.get("user", "u2")
        if request.args.get("by") != "post":
            return login.initiate_login(user)
        url = urlsplit(login.prepare_preflight_url(user))
        return auto_form(f"{url.scheme}://{url.netloc}{url.path}", dict(parse_qsl(url.query)))


def add_steering(app, state):
    @app.get("/_ctl/state")
    def show():
        gradebook = [{"line_item": number, "user": user, "score": score.get("scoreGiven"),
                      "max_score": score.get("scoreMaximum"), "comment": score.get("comment"), "sent": score}
                     for number, scores in state.scores.items() for user, score in scores.items()]  # fmt: skip
        return {"gradebook": gradebook, "line_items": list(state.columns.values()), "content_items": state.chosen}

    @app.post("/_ctl/rotate")
    def rotate():
        state.key = new_key()
        return {}

    @app.post("/_ctl/mutate")
    def mutate():
        """Replace the change made to messages; ``leave`` takes people out of the course, ``people`` puts some in."""
        state.change = request.get_json()
        for sub in state.change.get("leave", []):
            state.people.pop(sub, None)
        state.people.update(state.change.get("people", {}))
        return {"people": sorted(state.people)}

    @app.get("/back")
    def back():
        return "back in the course"


def add_protocol(app, state):
    @app.route("/auth", methods=["GET", "POST"])
    def auth():
        return Message(Parameters(request), Platform(state)).lti_launch()

    @app.get("/jwks")
    def jwks():
        return jsonify(Platform(state).get_jwks())

    @app.post("/token")
    def token():
        try:
            return Platform(state).get_access_token(request.form.to_dict())
        except Exception as error:  # the package raises several unrelated kinds
            return {"error": "invalid_client", "error_description": repr(error)}, 400

    @app.post("/deep-linking")
    def deep_linking():
        state.chosen += Platform(state).validate_deeplinking_resp(request.form.to_dict())
        return f"<!doctype html><title>Chosen</title><p>{len(state.chosen)} chosen"


def add_services(app, state):
    @app.get("/memberships")
    def memberships():
        roster = Roster(Parameters(request), Platform(state))
        return answered(roster.handle_resp(roster.handle_get_members))

    def gradebook(verb, number=None):
        grades = Grades(Parameters(request), Platform(state))
        which = {} if number is None else {"line_item_id": number}
        if number is not None:
            grades.ags.lineitem_url = f"{state.base}/lineitems/{number}"
        return answered(grades.handle_resp(getattr(grades, f"handle_{verb}"), **which))

    @app.route("/lineitems", methods=["GET", "POST"])
    def columns():
        return gradebook("create_lineitem" if request.method == "POST" else "get_lineitems")

    @app.route("/lineitems/<number>", methods=["GET", "PUT", "DELETE"])
    def column(number):
        verbs = {"GET": "get_lineitem", "PUT": "update_lineitem", "DELETE": "delete_lineitem"}
        return gradebook(verbs[request.method], number)

    @app.post("/lineitems/<number>/scores")
    def scores(number):
        return gradebook("update_score", number)

    @app.get("/lineitems/<number>/results")
    def results(number):
        return gradebook("get_results", number)


if __name__ == "__main__":
    PORT = int(sys.argv[1])
    create_app(f"http://127.0.0.1:{PORT}", sys.argv[2].rstrip("/")).run("127.0.0.1", PORT, threaded=True)
