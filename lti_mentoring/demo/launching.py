"""Routes that open a tool: login initiation, authentication, and what comes back from choosing content."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request
from flask_babel import gettext as _

from lti_mentoring.demo.checks import ServiceRefused, checked_line_item
from lti_mentoring.demo.course import (
    Kind,
    Launch,
    add_link,
    begin_launch,
    begin_picking,
    finish_picking,
    link_by_id,
)
from lti_mentoring.demo.gradebook import add_line_item, line_item
from lti_mentoring.demo.messages import AuthRefused, Message, login_address, login_fields
from lti_mentoring.demo.people import CONTEXT_ID
from lti_mentoring.demo.platform import Platform, SignatureRefused
from lti_mentoring.demo.site import course_or_404, person_or_404, site, tool_or_404
from lti_mentoring.demo.tools import Tool, tool_by_client

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("launching", __name__)

STORAGE_FRAME = "lti_storage"


@blueprint.get("/launch/<sub>/<link_id>")
def launch(sub: str, link_id: str) -> ResponseReturnValue:
    """Open a link of the course as one of the cast: ``?window=1`` outside a frame, ``?by=get`` by redirect.

    ``?storage=1`` names a frame that keeps data for the tool.
    """
    person_or_404(sub)
    link = link_by_id(site().store, link_id)
    if link is None:
        abort(404)
    return _initiate(tool_or_404(link.tool_id), sub, link.id, Kind.RESOURCE, link.url, link.course_id)


@blueprint.get("/choose/<sub>/<int:tool_id>")
def choose(sub: str, tool_id: int) -> ResponseReturnValue:
    """Open a tool so that one of the cast chooses what to place in a course (``?course=``)."""
    person_or_404(sub)
    tool = tool_or_404(tool_id)
    if not tool.deep_linking_url:
        abort(404)
    course = course_or_404(request.args.get("course", CONTEXT_ID))
    data = begin_picking(site().store, tool.id, sub, course.id)
    return _initiate(tool, sub, data, Kind.PICKING, tool.deep_linking_url, course.id)


@blueprint.get("/review/<sub>/<int:tool_id>/<int:item_id>/<student>")
def review(sub: str, tool_id: int, item_id: int, student: str) -> ResponseReturnValue:
    """Open a tool at the work behind one student's grade, as one of the cast."""
    tool = tool_or_404(tool_id)
    person_or_404(sub)
    person_or_404(student)
    item = line_item(site().store, item_id, tool.id)
    if item is None:
        abort(404)
    return _initiate(tool, sub, f"{item_id}/{student}", Kind.REVIEW, tool.target_link_uri, item.course_id)


def _initiate(tool: Tool, sub: str, link_id: str, kind: Kind, target: str, course_id: str) -> ResponseReturnValue:
    here = site()
    begun = begin_launch(
        here.store,
        Launch(
            hint=secrets.token_urlsafe(24),
            sub=sub,
            link_id=link_id,
            tool_id=tool.id,
            kind=kind,
            target=target,
            document_target="window" if request.args.get("window") else "iframe",
            locale=request.args.get("locale") or here.config.locale,
            course_id=course_id,
        ),
    )
    platform = here.platform(tool)
    if request.args.get("by") == "get":
        return redirect(login_address(platform, begun))
    fields = login_fields(platform, begun)
    if request.args.get("storage"):
        fields["lti_storage_target"] = STORAGE_FRAME
    return render_template("demo_lms/hand_over.html", action=tool.login_url, fields=fields, tool=tool)


@blueprint.route("/auth", methods=["GET", "POST"])
def auth() -> ResponseReturnValue:
    """Answer the tool's authentication request with the signed message, or with an OpenID Connect error."""
    here = site()
    asked = dict(request.values.items())
    tool = tool_by_client(here.store, asked.get("client_id", ""))
    if tool is None:
        return _problem(_("No tool has this client id."))
    try:
        action, fields = Message(here.platform(tool), asked).lti_launch()
    except AuthRefused as refused:
        if not refused.redirect_uri:
            return _problem(refused.description)
        action = refused.redirect_uri
        fields = {"error": refused.error, "error_description": refused.description, "state": asked.get("state", "")}
    return render_template("demo_lms/hand_over.html", action=action, fields=fields, tool=tool)


@blueprint.post("/deep-linking/<int:tool_id>")
def deep_linking(tool_id: int) -> ResponseReturnValue:
    """Place in the course what somebody chose in a tool: everything or nothing."""
    here, tool = site(), tool_or_404(tool_id)
    platform = here.platform(tool)
    try:
        data, items = platform.content_items(request.form.get("JWT", ""))
        for item in items:
            _check_item(tool, item)
    except (SignatureRefused, ServiceRefused) as refused:
        return _problem(str(refused))
    chosen = finish_picking(here.store, data, tool.id)
    if chosen is None:
        return _problem(_("Nobody is choosing content with this message, or it came twice."))
    sub, course_id = chosen
    placed = [_place(platform, item, course_id) for item in items]
    return render_template("demo_lms/placed.html", placed=placed, sub=sub, course_id=course_id, tool=tool)


def _check_item(tool: Tool, item: dict[str, object]) -> None:
    if item.get("type") != "ltiResourceLink":
        raise SignatureRefused("Only items of the type ltiResourceLink are taken")
    url = item.get("url") or tool.target_link_uri
    if not isinstance(url, str) or urlsplit(url).netloc != urlsplit(tool.target_link_uri).netloc:
        raise SignatureRefused("url must be an address of the tool")
    custom = item.get("custom") or {}
    if not isinstance(custom, dict) or not all(isinstance(value, str) for value in custom.values()):
        raise SignatureRefused("custom must be an object of texts")
    column = item.get("lineItem")
    if column is not None:
        named = column if isinstance(column, dict) else {}
        checked_line_item({"label": item.get("title") or tool.name, **named})


def _place(platform: Platform, item: dict[str, object], course_id: str) -> str:
    tool, store = platform.tool, platform.store
    title = str(item.get("title") or tool.name)
    custom = item.get("custom")
    url = str(item.get("url") or tool.target_link_uri)
    link = add_link(store, tool, title, url, dict(custom) if isinstance(custom, dict) else {}, course_id)
    column = item.get("lineItem")
    if isinstance(column, dict):
        # A column that comes with a link belongs to it, and is told at each of its launches.
        add_line_item(store, tool.id, {"label": title, **column, "resourceLinkId": link.id}, course_id)
    return title


def _problem(reason: str) -> ResponseReturnValue:
    return render_template("demo_lms/problem.html", reason=reason), 400
