"""Why the border refused: every reason has its own code for the log; people see one calm page."""

from __future__ import annotations

from lti_mentoring.errors import MentoringError

UNAUTHENTIC = 401
FORBIDDEN = 403
BAD_REQUEST = 400


class LTIError(MentoringError):
    """Something at the border to a platform went wrong."""

    code = "lti_error"
    status = BAD_REQUEST
    back: str | None = None
    """The way back that the message brought along, once the message has proved itself; never logged."""

    def __init__(self, code: str | None = None, *, status: int | None = None, **facts: object) -> None:
        self.code = code or type(self).code
        self.status = status or type(self).status
        super().__init__(self.code, **facts)


class LoginRefused(LTIError):
    """A login that we do not begin; nobody is redirected anywhere."""

    code = "login_refused"


class LaunchRefused(LTIError):
    """A launch that is not let in. ``facts`` name what an administrator needs, never a whole message."""

    code = "launch_refused"


def unauthentic(code: str, **facts: object) -> LaunchRefused:
    """Build the refusal of a launch that does not prove where it comes from."""
    return LaunchRefused(code, status=UNAUTHENTIC, **facts)


def forbidden(code: str, **facts: object) -> LaunchRefused:
    """Build the refusal of a genuine launch that may not come in."""
    return LaunchRefused(code, status=FORBIDDEN, **facts)


def malformed(code: str, **facts: object) -> LaunchRefused:
    """Build the refusal of a launch whose message is not what LTI 1.3 asks for."""
    return LaunchRefused(code, status=BAD_REQUEST, **facts)
