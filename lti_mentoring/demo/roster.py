"""Names and roles on lti1p3platform: who is in a course, and in which groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lti1p3platform.membership import Context
from lti1p3platform.service_connector import NamesRoleProvisioningService

from lti_mentoring.demo.addresses import roster_address
from lti_mentoring.demo.config import ROSTER_PAGE
from lti_mentoring.demo.course import Status, link_by_id, members
from lti_mentoring.demo.groups import groups_in
from lti_mentoring.demo.people import BY_SUB, MEMBERSHIP
from lti_mentoring.demo.services import Answer, Paged, ServiceRequest
from lti_mentoring.demo.tools import GROUPS_READ, ROSTER_READ

if TYPE_CHECKING:
    from flask import Request as FlaskRequest
    from lti1p3platform.request import Request
    from lti1p3platform.service_connector import TPage

    from lti_mentoring.demo.course import Course
    from lti_mentoring.demo.platform import Platform


class Roster(Paged, NamesRoleProvisioningService):
    """Who is in a course."""

    def __init__(self, request: Request, platform: Platform, course: Course) -> None:
        super().__init__(request, platform, roster_address(platform.config.lms_url, platform.tool.id, course.id))
        self.platform, self.course, self.asked = platform, course, request.get_data

    @property
    def allowed_scopes(self) -> list[str]:
        """The one scope that opens the roster."""
        return [ROSTER_READ]

    def get_context_by_id(self) -> Context:
        """Return the course."""
        return Context(self.course.id, self.course.label, self.course.title)

    def is_resource_link_valid(self, context_id: str, resource_link_id: str) -> bool:
        """Say whether a link is this tool's and stands in the course."""
        link = link_by_id(self.platform.store, resource_link_id)
        return link is not None and (link.course_id, link.tool_id) == (context_id, self.platform.tool.id)

    def get_member_data_page(
        self,
        page: int = 1,
        limit: int | None = None,
        role: str | None = None,
        since: str | None = None,
        **_others: object,
    ) -> TPage:
        """Return one page of the people who are in the course now, those made inactive included."""
        shown = [
            self._shown(member.person.sub, member.status)
            for member in members(self.platform.store)
            if member.status is not Status.LEFT and self.course.has(member.person)
        ]
        wanted = [one for one in shown if not role or role in one["roles"] or f"{MEMBERSHIP}#{role}" in one["roles"]]
        return self.cut(wanted, self.nrps.context_memberships_url, ROSTER_PAGE)

    def _shown(self, sub: str, status: Status) -> dict[str, Any]:
        person, tool = BY_SUB[sub], self.platform.tool
        told = {"name": person.name, "given_name": person.given, "family_name": person.family, "email": person.email}
        shown: dict[str, Any] = {name: value for name, value in told.items() if value and name in tool.claims}
        if GROUPS_READ in tool.scopes:
            shown["group_enrollments"] = [{"group_id": one.id} for one in groups_in(self.course.id, sub)]
        return {"user_id": sub, "status": status.value, "roles": list(person.roles), **shown}


def answer_roster(request: FlaskRequest, platform: Platform, course: Course, verb: str = "get_members") -> Answer:
    """Let the package answer one request for the roster."""
    service = Roster(ServiceRequest(request), platform, course)
    return Answer(service.handle_resp(getattr(service, f"handle_{verb}")), service.next_page)
