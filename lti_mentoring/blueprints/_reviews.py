"""Where somebody goes who came from the course's gradebook to look at one student's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from lti_mentoring.domain.seats import SeatRole

if TYPE_CHECKING:
    from lti_mentoring.services.reviewing import Review


def review_url(review: Review) -> str:
    """Return the student's milestone, or the student's whole way where the column is the track's.

    An observer sees the summary on the own first page, and nothing else.
    """
    if review.role is SeatRole.OBSERVER or not review.is_open:
        return url_for("home.today")
    if review.role is SeatRole.STUDENT:
        if review.milestone_id is None:
            return url_for("milestones.path")
        return url_for("milestones.mine", milestone_id=review.milestone_id)
    if review.milestone_id is None:
        return url_for("board.student", student_id=review.student_id)
    return url_for("decisions.show", student_id=review.student_id, milestone_id=review.milestone_id)
