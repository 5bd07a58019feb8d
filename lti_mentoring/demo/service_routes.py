"""Routes that tools call without a person: keys, tokens, roster, groups, gradebook, notices; with faults on request."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, jsonify, make_response, request

from lti_mentoring.demo.activity import Call, Fault, Service, fault, now, record_call
from lti_mentoring.demo.checks import ServiceRefused
from lti_mentoring.demo.groups import CONTAINER, groups_in, sets_in
from lti_mentoring.demo.notices import NoticeKind, handlers, set_handler, tell_hello
from lti_mentoring.demo.platform import TokenRefused, platform_for_assertion, public_keys
from lti_mentoring.demo.roster import answer_roster
from lti_mentoring.demo.services import Answer, answer_grades
from lti_mentoring.demo.site import course_or_404, site, tool_or_404
from lti_mentoring.demo.tools import GROUPS_READ, NOTICE_HANDLERS

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.demo.platform import Platform

blueprint = Blueprint("services", __name__)

COURSE = "/services/<course_id>"
ITEM = f"{COURSE}/lineitems/<int:number>/lineitem"
FORM = "application/x-www-form-urlencoded"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
# What each request must be sent as; a tool that sends plain JSON fails on a real LMS too.
SENT_AS = {
    "create_lineitem": LINE_ITEM_TYPE,
    "update_lineitem": LINE_ITEM_TYPE,
    "update_score": "application/vnd.ims.lis.v1.score+json",
}
SERVICES = {
    "token": Service.TOKEN,
    "memberships": Service.ROSTER,
    "groups": Service.GROUPS,
    "groupsets": Service.GROUPS,
    "notice_handlers": Service.NOTICES,
}
LOGIN_PAGE = "<!doctype html><title>Sign in</title><h1>Sign in to the demonstration LMS</h1>"
HTTP_ERROR = 400
SPOILED = "The demonstration LMS was asked to fail."


@blueprint.before_request
def misbehave() -> ResponseReturnValue | None:
    """Fail as a person asked on the fault page; the keys are always there."""
    g.began = now()
    if request.endpoint == "services.jwks":
        return None
    g.fault = setting = fault(site().store, _service())
    if setting.kind is Fault.DOWN:
        return SPOILED, 503
    if setting.kind is Fault.HTML:
        return LOGIN_PAGE, 200
    if setting.kind is Fault.SLOW:
        time.sleep(setting.seconds)
    return None


@blueprint.after_request
def remember(response: Response) -> Response:
    """Write the request into the activity log; lose the answer where a person asked for that."""
    setting = g.get("fault")
    if setting is not None and setting.kind is Fault.LOST:
        response = make_response(SPOILED, 502)
    what = (request.endpoint or "").removeprefix("services.")
    if request.method != "GET":
        what = f"{request.method} {what}"
    began = g.get("began", now())
    record_call(site().store, Call(began, what, _detail(), response.status_code, now() - began))
    return response


@blueprint.get("/jwks.json")
def jwks() -> ResponseReturnValue:
    """Publish the LMS's keys, the former ones included."""
    response = jsonify(public_keys(site().store))
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@blueprint.post("/token")
def token() -> ResponseReturnValue:
    """Give an access token for a signed assertion (LTI security framework §4.1)."""
    here, form = site(), request.form.to_dict()
    if request.mimetype != FORM:
        return {"error": "invalid_request", "error_description": f"The request must be sent as {FORM}"}, 400
    try:
        answer = platform_for_assertion(here.config, here.store, here.key_sets, form).access_token(form)
    except TokenRefused as refused:
        return {"error": refused.error, "error_description": str(refused)}, 400
    return answer, 200, {"Cache-Control": "no-store"}


@blueprint.get(f"{COURSE}/memberships")
def memberships(course_id: str) -> ResponseReturnValue:
    """Tell who is in the course, page by page."""
    platform, course = _asked_of(), course_or_404(course_id)
    try:
        return _answered(answer_roster(request, platform, course))
    except ServiceRefused as refused:
        return str(refused), refused.status_code


@blueprint.get(f"{COURSE}/groups")
def groups(course_id: str) -> ResponseReturnValue:
    """Tell the groups of the course, or those of one person (``user_id``)."""
    sub = request.args.get("user_id")
    return _groups("groups", [one.message() for one in groups_in(course_or_404(course_id).id, sub)])


@blueprint.get(f"{COURSE}/groupsets")
def groupsets(course_id: str) -> ResponseReturnValue:
    """Tell the sets of the course's groups."""
    return _groups("sets", sets_in(course_or_404(course_id).id))


@blueprint.route("/services/notice-handlers", methods=["GET", "PUT"])
def notice_handlers() -> ResponseReturnValue:
    """Tell which notices go where, or let a tool say it for one kind; whoever wants to be greeted is, at once."""
    platform, sent = _asked_of(), request.get_json(force=True, silent=True)
    try:
        platform.admit(request.headers.get("Authorization", ""), NOTICE_HANDLERS)
        if request.method == "PUT":
            kind, url = set_handler(platform.store, platform.tool, sent if isinstance(sent, dict) else {})
            if kind is NoticeKind.HELLO:
                tell_hello(platform)
            return {"notice_type": kind, "handler": url}
    except ServiceRefused as refused:
        return str(refused), refused.status_code
    known = [{"notice_type": kind, "handler": url} for kind, url in handlers(platform.store, platform.tool).items()]
    tool = platform.tool
    return {"client_id": tool.client_id, "deployment_id": tool.deployment_id, "notice_handlers": known}


@blueprint.route(f"{COURSE}/lineitems", methods=["GET", "POST"])
def lineitems(course_id: str) -> ResponseReturnValue:
    """List the columns, or make one."""
    return _grades("create_lineitem" if request.method == "POST" else "get_lineitems", course_id)


@blueprint.route(ITEM, methods=["GET", "PUT", "DELETE"])
def lineitem(course_id: str, number: int) -> ResponseReturnValue:
    """Read, change or remove a column."""
    verbs = {"GET": "get_lineitem", "PUT": "update_lineitem", "DELETE": "delete_lineitem"}
    return _grades(verbs.get(request.method, "get_lineitem"), course_id, number)


@blueprint.post(f"{ITEM}/scores")
def scores(course_id: str, number: int) -> ResponseReturnValue:
    """Take a score."""
    return _grades("update_score", course_id, number)


@blueprint.get(f"{ITEM}/results")
def results(course_id: str, number: int) -> ResponseReturnValue:
    """Tell the grades of a column."""
    return _grades("get_results", course_id, number)


def _asked_of() -> Platform:
    """Return the LMS as the tool sees it that the request's address names."""
    return site().platform(tool_or_404(request.args.get("type_id", 0, int)))


def _groups(name: str, found: list[dict[str, str]]) -> ResponseReturnValue:
    platform = _asked_of()
    try:
        platform.admit(request.headers.get("Authorization", ""), GROUPS_READ)
    except ServiceRefused as refused:
        return str(refused), refused.status_code
    return Response(json.dumps({"id": request.url, name: found}), mimetype=CONTAINER)


def _grades(verb: str, course_id: str, number: int | None = None) -> ResponseReturnValue:
    platform, course = _asked_of(), course_or_404(course_id)
    wanted = SENT_AS.get(verb, request.mimetype)
    if request.mimetype != wanted:
        return f"The request must be sent as {wanted}", 415
    try:
        return _answered(answer_grades(request, platform, course, verb, number))
    except ServiceRefused as refused:
        return str(refused), refused.status_code


def _answered(answer: Answer) -> ResponseReturnValue:
    made = answer.response
    is_good = made.code < HTTP_ERROR
    if made.result is None:
        return Response(None if is_good else made.message, made.code, mimetype="text/plain")
    response = Response(json.dumps(made.result, ensure_ascii=False), made.code, mimetype=made.media_type)
    if answer.next_page:
        response.headers["Link"] = f'<{answer.next_page}>; rel="next"'
    return response


def _service() -> Service:
    return SERVICES.get((request.endpoint or "").removeprefix("services."), Service.GRADES)


def _detail() -> str:
    sent = request.get_json(force=True, silent=True) if request.method in {"POST", "PUT"} else None
    if isinstance(sent, dict) and "userId" in sent:
        return f"{sent['userId']}: {sent.get('scoreGiven')} / {sent.get('scoreMaximum')}"
    if isinstance(sent, dict) and ("label" in sent or "notice_type" in sent):
        return str(sent.get("label", sent.get("notice_type")))
    return urlsplit(request.url).query if request.method == "GET" else ""
