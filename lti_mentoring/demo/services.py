"""Line items, scores and results on lti1p3platform, and what each of its services is asked with.

The package checks the bearer token and answers; what it leaves open is closed here: whole numbers in the paging,
the next page as a Link header (RFC 8288) and not in the body, the scope that each request really needs (the package
takes any of the service's), and every field that a tool sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode, urlsplit

from lti1p3platform.exceptions import LineItemNotFoundException
from lti1p3platform.request import Request, TRequest
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService

from lti_mentoring.demo import gradebook
from lti_mentoring.demo.addresses import line_item_address, line_items_address
from lti_mentoring.demo.checks import ServiceRefused, checked_line_item, checked_score
from lti_mentoring.demo.course import Status, link_by_id, member_status
from lti_mentoring.demo.people import BY_SUB, Part
from lti_mentoring.demo.tools import LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE

if TYPE_CHECKING:
    from flask import Request as FlaskRequest
    from lti1p3platform.lineitem import TLineItem
    from lti1p3platform.response import Response
    from lti1p3platform.score import TScore
    from lti1p3platform.service_connector import TPage

    from lti_mentoring.demo.course import Course
    from lti_mentoring.demo.gradebook import LineItem
    from lti_mentoring.demo.platform import Platform

NUMBERS = frozenset({"page", "limit"})
PARAMETERS = NUMBERS | {"role", "rlid", "resource_link_id", "resource_id", "tag", "user_id"}


SCOPES_NEEDED = {
    "get_lineitems": [LINE_ITEM, LINE_ITEM_READ],
    "get_lineitem": [LINE_ITEM, LINE_ITEM_READ],
    "create_lineitem": [LINE_ITEM],
    "update_lineitem": [LINE_ITEM],
    "delete_lineitem": [LINE_ITEM],
    "update_score": [SCORE],
    "get_results": [RESULT_READ],
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answers: the package's response and the address of the next page, or an empty text."""

    response: Response
    next_page: str


class ServiceRequest(Request):
    """A Flask request as the package wants it, with whole numbers where it counts and no unknown parameter."""

    def build_metadata(self, request: FlaskRequest) -> TRequest:
        """Read the request; raise ServiceRefused (400) for a page or limit that is no positive number."""
        body = request.get_json(force=True, silent=True)
        return {
            "method": request.method,
            "form_data": {},
            "get_data": {name: _parameter(name, text) for name, text in request.args.items() if name in PARAMETERS},
            "headers": dict(request.headers),
            "content_type": request.content_type,
            "path": request.path,
            "json": body if isinstance(body, dict) else {},
        }


class Paged:
    """Cuts one page out of a list and remembers where the next one is."""

    next_page: str = ""
    asked: dict[str, Any]

    def cut(self, found: list[Any], address: str, most: int) -> TPage:
        """Return the page asked for, of at most ``most``; ``next_page`` is the next one's address, or empty."""
        page, limit = self.asked.get("page", 1), min(self.asked.get("limit", most), most)
        if len(found) > page * limit:
            following = urlencode({**self.asked, "page": page + 1})
            self.next_page = f"{address}{'&' if urlsplit(address).query else '?'}{following}"
        # The package would put the next page into the body, where no tool looks for it.
        return {"content": found[(page - 1) * limit : page * limit], "has_next": False, "next": None}


class Grades(Paged, AssignmentsGradesService):
    """A course's gradebook as a tool sees it. ``needed`` are the scopes of which one opens this request."""

    def __init__(self, request: Request, platform: Platform, course: Course, needed: list[str]) -> None:
        self.lms, self.tool_id, self.course_id = platform.config.lms_url, platform.tool.id, course.id
        super().__init__(request, platform, line_items_address(self.lms, self.tool_id, course.id))
        self.store, self.needed, self.asked = platform.store, needed, request.get_data

    @property
    def allowed_scopes(self) -> list[str]:
        """The scopes of which one opens this request."""
        return self.needed

    def find_lineitems(
        self,
        page: int = 1,
        limit: int | None = None,
        line_item_id: str | None = None,
        resource_link_id: str | None = None,
        resource_id: str | None = None,
        tag: str | None = None,
        **_others: object,
    ) -> TPage:
        """Return one page of the columns asked for."""
        filters = gradebook.Filters(resource_link_id or "", resource_id or "", tag or "")
        found = gradebook.line_items(self.store, self.tool_id, filters, self.course_id)
        shown = [self._message(item) for item in found]
        return self.cut(shown, self.ags.lineitems_url or "", max(1, len(shown)))

    def find_lineitem(self, line_item_id: str) -> TLineItem:
        """Return one column."""
        return self._message(self._item(line_item_id))

    def create_lineitem(self, creation_data: TLineItem) -> TLineItem:
        """Make a column."""
        sent = checked_line_item(dict(creation_data))
        link_id = sent.get("resourceLinkId")
        if link_id:
            link = link_by_id(self.store, str(link_id))
            if link is None or (link.course_id, link.tool_id) != (self.course_id, self.tool_id):
                raise ServiceRefused("resourceLinkId names no link of this tool", 404)
        return self._message(gradebook.add_line_item(self.store, self.tool_id, sent, self.course_id))

    def update_lineitem(self, update_data: TLineItem) -> TLineItem:
        """Change a column."""
        item = self._item(str(update_data["id"]))
        return self._message(gradebook.change_line_item(self.store, item, checked_line_item(dict(update_data))))

    def delete_lineitem(self, line_item_id: str) -> None:
        """Remove a column."""
        gradebook.remove_line_item(self.store, self._item(line_item_id))

    def update_score(self, line_item_id: str, score: TScore) -> UpdateScoreStatus:
        """Take a score."""
        item, sent = self._item(line_item_id), checked_score(dict(score))
        person = BY_SUB.get(str(sent["userId"]))
        in_course = person is not None and member_status(self.store, person.sub) in {Status.ACTIVE, Status.INACTIVE}
        if person is None or person.part is not Part.STUDENT or not in_course:
            raise ServiceRefused("userId names nobody with a grade in this course", 400)
        try:
            gradebook.record_score(self.store, item, sent)
        except gradebook.ScoreIsOld:
            return UpdateScoreStatus.OLD_TIMESTAMP
        return UpdateScoreStatus.SUCCESS

    def get_results(
        self,
        line_item_id: str,
        page: int = 1,
        limit: int | None = None,
        user_id: str | None = None,
        **_others: object,
    ) -> TPage:
        """Return one page of the grades in a column."""
        item = self._item(line_item_id)
        address = self._address(item)
        found = [
            {
                "id": self._address(item, f"/results/{score.sub}"),
                "scoreOf": address,
                "userId": score.sub,
                # Moodle scales a score to the column's own maximum.
                "resultScore": None if score.given is None else score.given * item.score_maximum / score.maximum,
                "resultMaximum": item.score_maximum,
                "comment": score.comment or None,
            }
            for score in gradebook.scores(self.store, item.id)
            if user_id in {None, score.sub}
        ]
        return self.cut(found, self._address(item, "/results"), max(1, len(found)))

    def _item(self, number: str) -> LineItem:
        item = gradebook.line_item(self.store, int(number), self.tool_id)
        if item is None or item.course_id != self.course_id:
            raise LineItemNotFoundException
        return item

    def _message(self, item: LineItem) -> TLineItem:
        return cast("TLineItem", item.message(self._address(item)))

    def _address(self, item: LineItem, ending: str = "") -> str:
        return line_item_address(self.lms, self.tool_id, self.course_id, item.id, ending)


def answer_grades(request: FlaskRequest, platform: Platform, course: Course, verb: str, number: int | None) -> Answer:
    """Let the package answer one request to the gradebook; ``verb`` is the end of its handler's name."""
    service = Grades(ServiceRequest(request), platform, course, SCOPES_NEEDED[verb])
    which = {} if number is None else {"line_item_id": str(number)}
    response = service.handle_resp(getattr(service, f"handle_{verb}"), **which)
    if isinstance(response.result, dict) and "content" in response.result:
        response.result = response.result["content"]
    return Answer(response, service.next_page)


def _parameter(name: str, text: str) -> str | int:
    if name not in NUMBERS:
        return text
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ServiceRefused(f"{name} must be a whole number above 0", 400)
    return int(text)
