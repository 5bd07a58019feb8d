"""Assignment and Grade Services 2.0: scores sent, results read back, and what the two together mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from lti_mentoring.lti import fields
from lti_mentoring.lti.access import SCOPE_RESULT, SCOPE_SCORE
from lti_mentoring.lti.faults import PlatformRefused
from lti_mentoring.lti.paging import walk, with_query
from lti_mentoring.lti.quirks import SPECIFICATION, Quirks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lti_mentoring.lti.access import Access
    from lti_mentoring.lti.http import PlatformAnswer, PlatformClient

Number: TypeAlias = int | float | Decimal

SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
MAX_PAGES = 200
# Gradebooks round: Moodle to five decimals of a grade, others to two of a hundred.
TOLERANCE = 0.00051


class ScoreAnswer(StrEnum):
    """What a platform said to a score. Only OLD_TIMESTAMP asks for a look at the result (``settle``)."""

    ACCEPTED = "accepted"
    OLD_TIMESTAMP = "old_timestamp"
    ITEM_GONE = "item_gone"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"


class Settled(StrEnum):
    """What a result says about a score whose answer was 409 or lost."""

    ARRIVED = "arrived"
    BUMP = "bump"
    TEACHER_CHANGED = "teacher_changed"


@dataclass(frozen=True, slots=True)
class Score:
    """One person's grade, final as far as we know: it is always sent as Completed and FullyGraded.

    Moodle empties the grade for any other ``gradingProgress`` (scores.php), Canvas may (scores_controller.rb), so a
    grade not yet formed is not sent at all. ``timestamp`` is a whole second, later than the last one for this person
    and column: Moodle compares whole seconds.
    """

    user_id: str
    given: Number
    maximum: Number
    timestamp: datetime
    comment: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no gradebook can hold; raise ValueError."""
        check_maximum(self.maximum)
        if not _is_number(self.given) or self.given < 0:
            raise ValueError("a score is a number from 0 up")
        if self.timestamp.tzinfo is None or self.timestamp.microsecond:
            raise ValueError("a score's time is aware and a whole second")
        if not self.user_id:
            raise ValueError("a score is somebody's")


@dataclass(frozen=True, slots=True)
class Result:
    """What the gradebook shows now; ``score`` is None where there is a row but no grade."""

    user_id: str
    score: float | None
    maximum: float
    comment: str | None = None


def post_score(
    client: PlatformClient, access: Access, lineitem_url: str, score: Score, *, quirks: Quirks = SPECIFICATION
) -> ScoreAnswer:
    """Send one score, once. A lost answer is PlatformUnavailable: read the result back before sending again."""
    payload = {
        "userId": score.user_id,
        "scoreGiven": plain_number(score.given),
        "scoreMaximum": plain_number(score.maximum),
        "timestamp": score.timestamp.astimezone(UTC).isoformat(timespec="milliseconds"),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        **({"comment": score.comment} if score.comment else {}),
        **{name: dict(value) for name, value in quirks.score_extra.items()},
    }

    def send(token: str) -> PlatformAnswer:
        url = beside(lineitem_url, "scores")
        return client.send_json("POST", url, payload, content_type=SCORE, token=token, good=_ANSWERED)

    try:
        return read_answer(access.authorised(send, SCOPE_SCORE), quirks)
    except PlatformRefused as refused:
        # 403 is left to the client to read, because Canvas throttles with it too.
        if refused.platform_status != 403:
            raise
        return ScoreAnswer.FORBIDDEN


_ANSWERED = frozenset({200, 201, 202, 204, 400, 404, 409, 410, 412, 422})


def read_answer(answer: PlatformAnswer, quirks: Quirks = SPECIFICATION) -> ScoreAnswer:
    """Say what a status means for a score; a sign-in page under 200 is no acceptance, but a lost answer."""
    if answer.status < 300:
        if answer.is_page():
            raise answer.unreadable("html")
        return ScoreAnswer.ACCEPTED
    if answer.status == 409 or (answer.status == 400 and _speaks_of_time(answer, quirks)):
        return ScoreAnswer.OLD_TIMESTAMP
    return ScoreAnswer.ITEM_GONE if answer.status in {404, 410} else ScoreAnswer.REFUSED


def read_result(client: PlatformClient, access: Access, lineitem_url: str, user_id: str) -> Result | None:
    """Return what the gradebook shows for one person, or None for nothing.

    Never asked with ``limit``: Moodle's results.php fails on it. The filter by person is a wish, so we look ourselves.
    """

    def fetch(url: str) -> PlatformAnswer:
        return access.authorised(lambda token: client.get(url, accept=RESULTS, token=token), SCOPE_RESULT)

    first = with_query(beside(lineitem_url, "results"), {"user_id": user_id})
    for page in walk(first, fetch, max_pages=MAX_PAGES):
        items = page.json()
        if not isinstance(items, list):
            raise page.unreadable("shape")
        for item in items:
            if isinstance(item, dict) and fields.identifier(item, "userId") == user_id:
                return _result(item, user_id)
    return None


def settle(
    sent_value: Number, result: Result | None, sent_max: Number, *, accepted_before: Number | None = None
) -> Settled:
    """Decide what became of a score by what the gradebook shows; pure.

    Ours is there: it arrived. Nothing is there, or still the one that was accepted before (``accepted_before``, out of
    the same ``sent_max``): send again with a later time. Anything else was put there by a teacher, whose word counts.
    """
    if result is None or result.score is None:
        return Settled.BUMP
    shown = result.score / result.maximum
    if _same(shown, sent_value, sent_max):
        return Settled.ARRIVED
    if accepted_before is not None and _same(shown, accepted_before, sent_max):
        return Settled.BUMP
    return Settled.TEACHER_CHANGED


def beside(lineitem_url: str, service: str) -> str:
    """Return the address of a line item's ``scores`` or ``results``: on the path, the query kept (section 3.4.1)."""
    try:
        parts = urlsplit(lineitem_url)
    except ValueError:
        return lineitem_url  # the client refuses it with a code
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{service}", fragment=""))


def check_maximum(maximum: Number) -> None:
    """Raise ValueError unless ``maximum`` is a number above zero."""
    if not _is_number(maximum) or maximum <= 0:
        raise ValueError("a maximum is a number above 0")


def plain_number(value: Number) -> int | float:
    """Return a number as JSON writes it: whole ones without a point (Open edX takes only such maxima)."""
    found = float(value)
    return int(found) if found.is_integer() else found


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float | Decimal) and math.isfinite(value)


def _speaks_of_time(answer: PlatformAnswer, quirks: Quirks) -> bool:
    # Canvas: "Provided timestamp of … before last updated timestamp of …"; Open edX: {"timestamp": […]}.
    return quirks.bad_request_may_be_old_score and b"timestamp" in answer.body[:4000].lower()


def _result(item: Mapping[str, object], user_id: str) -> Result:
    maximum = fields.number(item, "resultMaximum")
    return Result(
        user_id=user_id,
        score=fields.number(item, "resultScore"),
        maximum=maximum if maximum is not None and maximum > 0 else 1.0,
        comment=fields.text(item, "comment", limit=10_000),
    )


def _same(shown: float, value: Number, maximum: Number) -> bool:
    return math.isclose(shown, float(value) / float(maximum), rel_tol=0, abs_tol=TOLERANCE)
