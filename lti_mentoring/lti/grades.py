"""Assignment and Grade Services 2.0: columns of the gradebook, found again before they are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lti_mentoring.lti import fields
from lti_mentoring.lti.access import SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ
from lti_mentoring.lti.paging import walk, with_query
from lti_mentoring.lti.quirks import SPECIFICATION, Quirks
from lti_mentoring.lti.reviews import submission_review
from lti_mentoring.lti.scores import check_maximum, plain_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lti_mentoring.lti.access import Access
    from lti_mentoring.lti.http import PlatformAnswer, PlatformClient
    from lti_mentoring.lti.scores import Number

# Moodle routes by these exact types; anything beside them is a 400 there (services.php).
LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
LINE_ITEM_SCOPES = (SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ)
MAX_PAGES = 200
LONGEST_TAG = 256
_CREATED = frozenset({200, 201})


@dataclass(frozen=True, slots=True)
class LineItemRecord:
    """A column of the platform's gradebook. ``url`` is its id there; the service's other addresses hang on it."""

    url: str
    label: str
    maximum: float
    resource_id: str | None = None
    tag: str | None = None
    resource_link_id: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineItemDraft:
    """A column that we want. It must be findable again: by its link, or by our own resource id."""

    label: str
    maximum: Number
    resource_id: str | None = None
    tag: str | None = None
    resource_link_id: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    review_url: str | None = None
    """Where the platform may open the work behind a grade (Submission Review)."""

    def __post_init__(self) -> None:
        """Refuse what no platform can take; raise ValueError."""
        check_maximum(self.maximum)
        if not self.label.strip():
            raise ValueError("a line item needs a label")
        if not (self.resource_id or self.resource_link_id):
            raise ValueError("a line item needs a resource id or a resource link id to be found again")
        if len(self.tag or "") > LONGEST_TAG:
            raise ValueError(f"a tag has at most {LONGEST_TAG} characters")


def find_or_create_lineitem(
    client: PlatformClient,
    access: Access,
    lineitems_url: str,
    draft: LineItemDraft,
    *,
    quirks: Quirks = SPECIFICATION,
) -> LineItemRecord:
    """Return the column for ``draft``, made only when a look at all pages does not find it.

    Safe to repeat after a lost answer. Two callers at once could both find nothing: let one at a time in per link.
    """
    found = find_lineitem(client, access, lineitems_url, draft, quirks=quirks)
    if found is not None:
        return found
    answer = access.authorised(
        lambda token: client.send_json(
            "POST",
            lineitems_url,
            _payload(draft),
            content_type=LINE_ITEM,
            accept=LINE_ITEM,
            token=token,
            good=_CREATED,
        ),
        SCOPE_LINE_ITEM,
    )
    return read_lineitem(answer.json(), answer)


def find_lineitem(
    client: PlatformClient,
    access: Access,
    lineitems_url: str,
    draft: LineItemDraft,
    *,
    quirks: Quirks = SPECIFICATION,
) -> LineItemRecord | None:
    """Look by resource link, then by resource id and tag (a copied course keeps these, not the link)."""
    if draft.resource_link_id:
        on_link = [
            item
            for item in list_lineitems(
                client, access, lineitems_url, {"resource_link_id": draft.resource_link_id}, quirks=quirks
            )
            if item.resource_link_id == draft.resource_link_id
        ]
        found = choose(on_link, draft)
        if found is not None:
            return found
    if not draft.resource_id:
        return None
    wanted = {"resource_id": draft.resource_id} | ({"tag": draft.tag} if draft.tag else {})
    return choose(list_lineitems(client, access, lineitems_url, wanted, quirks=quirks), draft)


def choose(items: Iterator[LineItemRecord] | list[LineItemRecord], draft: LineItemDraft) -> LineItemRecord | None:
    """Return the column with the draft's resource id and tag, whatever else the platform's filter let through.

    Without a resource id it is the link's own column that is wanted: the one that names none, or else its only one.
    """
    listed = list(items)
    same = [item for item in listed if _matter(item) == _matter(draft)]
    if same:
        ours = [item for item in same if item.resource_link_id == draft.resource_link_id]
        return (ours or same)[0]
    return listed[0] if not draft.resource_id and len(listed) == 1 else None


def list_lineitems(
    client: PlatformClient,
    access: Access,
    lineitems_url: str,
    filters: Mapping[str, str] | None = None,
    *,
    quirks: Quirks = SPECIFICATION,
) -> Iterator[LineItemRecord]:
    """Yield the columns that we may see, over all pages; a filter is a wish that a platform may not know."""

    def fetch(url: str) -> PlatformAnswer:
        return access.authorised(lambda token: client.get(url, accept=LINE_ITEMS, token=token), *LINE_ITEM_SCOPES)

    query = dict(filters or {})
    if quirks.line_items_limit is not None:
        query["limit"] = str(quirks.line_items_limit)
    for page in walk(with_query(lineitems_url, query), fetch, max_pages=MAX_PAGES):
        items = page.json()
        if not isinstance(items, list):
            raise page.unreadable("shape")
        yield from (read_lineitem(item, page) for item in items)


def read_lineitem(item: object, answer: PlatformAnswer) -> LineItemRecord:
    """Read one column; without an address of its own, or a maximum, it is of no use."""
    url = fields.web_address(item, "id") if isinstance(item, dict) else None
    maximum = fields.number(item, "scoreMaximum") if isinstance(item, dict) else None
    if not isinstance(item, dict) or url is None or maximum is None:
        raise answer.unreadable("line_item_incomplete")
    return LineItemRecord(
        url=url,
        label=fields.text(item, "label") or "",
        maximum=maximum,
        resource_id=fields.text(item, "resourceId"),
        tag=fields.text(item, "tag"),
        resource_link_id=fields.identifier(item, "resourceLinkId"),
        starts_at=_moment(item, "startDateTime"),
        ends_at=_moment(item, "endDateTime"),
    )


def _payload(draft: LineItemDraft) -> dict[str, object]:
    values: dict[str, object | None] = {
        "label": draft.label.strip(),
        "scoreMaximum": plain_number(draft.maximum),
        "resourceId": draft.resource_id,
        "tag": draft.tag,
        "resourceLinkId": draft.resource_link_id,
        "startDateTime": draft.starts_at and draft.starts_at.astimezone(UTC).isoformat(),
        "endDateTime": draft.ends_at and draft.ends_at.astimezone(UTC).isoformat(),
        "submissionReview": submission_review(draft.review_url) if draft.review_url else None,
    }
    return {name: value for name, value in values.items() if value not in (None, "")}


def _matter(item: LineItemRecord | LineItemDraft) -> tuple[str, str]:
    return (item.resource_id or "", item.tag or "")


def _moment(item: Mapping[str, object], name: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(fields.text(item, name) or "")
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
