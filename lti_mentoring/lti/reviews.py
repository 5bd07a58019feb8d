"""What a gradebook's column says about the work behind its grades (LTI Submission Review 1.0)."""

from __future__ import annotations


def submission_review(url: str) -> dict[str, object]:
    """Return the ``submissionReview`` of a column: which states of a student's work may be looked at, and where.

    The states are those of scores (AGS 2.0, activityProgress); we send a score only for work that is completed.
    """
    return {"reviewableStatus": ["InProgress", "Submitted", "Completed"], "url": url}
