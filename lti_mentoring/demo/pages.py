"""The LMS's pages for people: the course as each of the cast, gradebook, participants, activity, tools, faults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lti_mentoring.demo import keys
from lti_mentoring.demo.activity import Fault, Service, Setting, fault, recent_calls, set_fault
from lti_mentoring.demo.config import origin
from lti_mentoring.demo.copying import copy_course
from lti_mentoring.demo.course import Status, add_link, courses, link_by_id, links, members, set_status
from lti_mentoring.demo.gradebook import line_item, line_items, scores
from lti_mentoring.demo.guide import steps
from lti_mentoring.demo.notices import tell_copy
from lti_mentoring.demo.people import (
    ADMINISTRATOR,
    BY_SUB,
    CONTEXT_ID,
    FACULTY,
    MENTORS,
    OBSERVER,
    RESEARCH_ID,
    STUDENTS,
    Part,
)
from lti_mentoring.demo.site import course_or_404, person_or_404, site, tool_or_404
from lti_mentoring.demo.tools import all_tools, new_registration_token

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.demo.course import Course

blueprint = Blueprint("pages", __name__)

WEB_ADDRESS = re.compile(r"https?://[^/\s]+\S*")
LONGEST_WAIT = 120.0
USUAL_WAIT = 20.0


@blueprint.before_request
def refuse_strangers() -> None:
    """Take forms from the LMS's own pages only: the tool in its frame is another site, and so is anyone else."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        abort(403)


@blueprint.get("/")
def front() -> ResponseReturnValue:
    """Ask who one wants to be, and say what to try."""
    here = site()
    cast = [
        (_("Faculty"), [FACULTY]),
        (_("Mentors"), MENTORS),
        (_("Administrator of the institution"), [ADMINISTRATOR]),
        (_("Observer of three students"), [OBSERVER]),
        (_("Students"), STUDENTS),
    ]
    return render_template("demo_lms/front.html", cast=cast, steps=steps(here.store, here.config))


@blueprint.get("/course/<sub>")
def course(sub: str) -> ResponseReturnValue:
    """Show a course's page as one of the cast."""
    store, person, shown = site().store, person_or_404(sub), _chosen_course()
    if not shown.has(person):
        abort(404)
    is_editor = person.part is Part.FACULTY
    return render_template(
        "demo_lms/course.html",
        person=person,
        course=shown,
        courses=[one for one in courses(store) if one.has(person)],
        lead=_lead(shown),
        links=links(store, shown.id),
        has_module=RESEARCH_ID in (shown.id, *shown.origins),
        tools=[tool for tool in all_tools(store) if is_editor and tool.deep_linking_url],
        may_copy=is_editor,
    )


@blueprint.post("/courses/<course_id>/copy")
def copy(course_id: str) -> ResponseReturnValue:
    """Copy a course, tell the tools that asked for it, and show the copy."""
    here, source = site(), course_or_404(course_id)
    number = 1 + sum(bool(one.origins) for one in courses(here.store))
    made = copy_course(here.store, source, _("%(title)s (copy %(number)d)", title=source.title, number=number))
    for tool in all_tools(here.store):
        tell_copy(here.platform(tool), made)
    return redirect(url_for("pages.course", sub=FACULTY.sub, course=made.id), 303)


@blueprint.get("/modules/<course_id>")
def module(course_id: str) -> ResponseReturnValue:
    """Show something that a course has in the LMS itself: what a milestone can ask for."""
    return render_template("demo_lms/module.html", course=course_or_404(course_id))


@blueprint.get("/course/<sub>/open/<link_id>")
def opened(sub: str, link_id: str) -> ResponseReturnValue:
    """Show a link of a course in a frame; with ``?storage=1`` as an LMS that keeps data for tools."""
    here, person = site(), person_or_404(sub)
    link = link_by_id(here.store, link_id)
    if link is None:
        abort(404)
    storage = request.args.get("storage")
    return render_template(
        "demo_lms/opened.html",
        person=person,
        course=course_or_404(link.course_id),
        title=link.title,
        source=url_for("launching.launch", sub=sub, link_id=link_id, storage=storage),
        tool_origin=origin(link.url),
        storage=storage,
    )


@blueprint.get("/storage")
def storage() -> ResponseReturnValue:
    """Show nothing: the frame that keeps data for the tools of this course page."""
    allowed = sorted({origin(tool.target_link_uri) for tool in all_tools(site().store)})
    return render_template("demo_lms/storage.html", allowed=allowed)


@blueprint.get("/course/<sub>/choose/<int:tool_id>")
def choosing(sub: str, tool_id: int) -> ResponseReturnValue:
    """Show a tool in a frame so that something can be chosen for a course's page."""
    person, tool, course = person_or_404(sub), tool_or_404(tool_id), _chosen_course()
    source = url_for("launching.choose", sub=sub, tool_id=tool_id, course=course.id)
    return render_template(
        "demo_lms/opened.html",
        person=person,
        course=course,
        title=_("Add from %(name)s", name=tool.name),
        source=source,
        tool_origin=origin(tool.login_url),
    )


@blueprint.get("/gradebook/<int:tool_id>/<int:item_id>/<student>")
def reviewing(tool_id: int, item_id: int, student: str) -> ResponseReturnValue:
    """Show the work behind a grade in a frame, as faculty see it."""
    tool, person = tool_or_404(tool_id), person_or_404(student)
    item = line_item(site().store, item_id, tool.id)
    if item is None:
        abort(404)
    return render_template(
        "demo_lms/opened.html",
        person=FACULTY,
        course=course_or_404(item.course_id),
        title=_("What %(name)s did", name=person.name),
        source=url_for("launching.review", sub=FACULTY.sub, tool_id=tool_id, item_id=item_id, student=student),
        tool_origin=origin(tool.login_url),
    )


@blueprint.get("/gradebook")
def gradebook() -> ResponseReturnValue:
    """Show the grades of a course: columns are line items, rows are students."""
    store, course = site().store, _chosen_course()
    columns = line_items(store, course_id=course.id)
    shown = {column.id for column in columns}
    table = {(score.sub, score.line_item_id): score for score in scores(store) if score.line_item_id in shown}
    last = max((score.changed_at for score in table.values()), default=None)
    students = [one for one in members(store) if one.person.part is Part.STUDENT and course.has(one.person)]
    return render_template(
        "demo_lms/gradebook.html",
        course=course,
        courses=courses(store),
        columns=columns,
        students=students,
        table=table,
        last=last,
    )


@blueprint.get("/participants")
def participants() -> ResponseReturnValue:
    """Show who is in the course."""
    return render_template("demo_lms/participants.html", members=members(site().store), statuses=list(Status))


@blueprint.post("/participants/<sub>")
def change_status(sub: str) -> ResponseReturnValue:
    """Make somebody inactive, let them leave, or take them back."""
    wanted = request.form.get("status", "")
    if wanted not in list(Status) or not set_status(site().store, sub, Status(wanted)):
        abort(404)
    return redirect(url_for("pages.participants") + f"#{sub}", 303)


@blueprint.get("/activity")
def activity() -> ResponseReturnValue:
    """Show what the tools asked lately, and what they were told."""
    return render_template("demo_lms/activity.html", calls=recent_calls(site().store), people=BY_SUB)


@blueprint.route("/faults", methods=["GET", "POST"])
def faults() -> ResponseReturnValue:
    """Show and switch how each service behaves."""
    store = site().store
    if request.method == "POST":
        chosen = [(service, request.form.get(service, Fault.OK)) for service in Service]
        seconds = request.form.get("seconds", USUAL_WAIT, float)
        if any(kind not in list(Fault) for _service, kind in chosen) or not 0 <= seconds <= LONGEST_WAIT:
            abort(400)
        for service, kind in chosen:
            set_fault(store, service, Setting(Fault(kind), seconds))
        return redirect(url_for("pages.faults"), 303)
    settings = {service: fault(store, service) for service in Service}
    seconds = max((setting.seconds for setting in settings.values()), default=0) or USUAL_WAIT
    return render_template("demo_lms/faults.html", settings=settings, kinds=list(Fault), seconds=seconds)


@blueprint.get("/tools")
def tools() -> ResponseReturnValue:
    """Show the registered tools, and how to add one by its address."""
    store = site().store
    return render_template("demo_lms/tools.html", tools=all_tools(store), keys=keys.made_at(store))


@blueprint.post("/tools/add")
def add_tool() -> ResponseReturnValue:
    """Open a tool's registration address with our configuration and a token that works once."""
    here, address = site(), request.form.get("address", "").strip()
    if not WEB_ADDRESS.fullmatch(address) or not urlsplit(address).hostname:
        page = render_template(
            "demo_lms/tools.html", tools=all_tools(here.store), keys=keys.made_at(here.store), bad_address=address
        )
        return page, 422
    added = urlencode(
        {
            "openid_configuration": f"{here.config.lms_url}/.well-known/openid-configuration",
            "registration_token": new_registration_token(here.store),
        }
    )
    g.may_frame = (origin(address),)
    source = f"{address}{'&' if urlsplit(address).query else '?'}{added}"
    return render_template("demo_lms/registering.html", source=source, tool_origin=origin(address))


@blueprint.post("/tools/<int:tool_id>/place")
def place_tool(tool_id: int) -> ResponseReturnValue:
    """Put a plain link to a tool on the course page."""
    tool = tool_or_404(tool_id)
    add_link(site().store, tool, tool.name, tool.target_link_uri, {})
    return redirect(url_for("pages.course", sub=FACULTY.sub), 303)


@blueprint.post("/keys/rotate")
def rotate_keys() -> ResponseReturnValue:
    """Sign with a new key from now on."""
    keys.rotate(site().store)
    return redirect(url_for("pages.tools"), 303)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Say that the LMS is up."""
    return {"status": "ok"}


def _lead(course: Course) -> str:
    """Say what a course is about."""
    if course.origins:
        words = _(
            "A copy, as for the next term: its links came along with what they open, the grades and the groups did "
            "not. The people are the same, so that you can try it."
        )
    elif course.id == RESEARCH_ID:
        words = _("One question, from the idea to a result, with two mentors: one on the ward, one for the research.")
    else:
        words = _("Sixteen weeks on the wards. This page is what every LMS has: a course with links in it.")
    return str(words)


def _chosen_course() -> Course:
    return course_or_404(request.args.get("course", CONTEXT_ID))
