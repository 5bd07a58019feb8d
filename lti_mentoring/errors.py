"""The root of every failure that a person is told about. Knows no web framework and no database."""

from __future__ import annotations


class MentoringError(Exception):
    """Something that cannot be done now, with a code for the log and facts for the sentence shown.

    Children set ``code`` (stable, for logs, tests and templates) and ``status`` (HTTP). Facts are attributes;
    the sentence for the person is chosen by ``code`` at the edge, in the person's language.
    """

    code: str = "error"
    status: int = 400

    def __init__(self, message: str = "", **facts: object) -> None:
        super().__init__(message or self.code)
        self.facts: dict[str, object] = facts


class NotFound(MentoringError):
    """The thing asked for is not there, or belongs to somebody else: the answer is the same for both."""

    code = "not_found"
    status = 404


class NotAllowed(MentoringError):
    """The seat may not do this."""

    code = "not_allowed"
    status = 403


class SeatNeeded(MentoringError):
    """No seat, or one that ran out: the person opens the tool from the course again."""

    code = "seat_needed"
    status = 401


class SignInNeeded(MentoringError):
    """Nobody is signed in, or the session ran out: the person signs in again. Facts: ``back``, a page of ours."""

    code = "sign_in_needed"
    status = 401


class Conflict(MentoringError):
    """Somebody else changed the same thing meanwhile. Facts: ``theirs``, ``mine`` where both can be shown."""

    code = "conflict"
    status = 409


class Refused(MentoringError):
    """What was sent cannot be accepted as it is; ``code`` says why."""

    code = "refused"
    status = 422
