"""Past facts that services announce; after the commit ``reactions`` decides which tasks hear of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScoreWanted:
    """A score row is due."""

    score_id: int


@dataclass(frozen=True, slots=True)
class MailWritten:
    """A mail row is due."""

    mail_id: int


@dataclass(frozen=True, slots=True)
class MailsWritten:
    """Many mail rows are due at once: all that have a higher number than ``after``, ``upto`` the last of them."""

    after: int
    upto: int


@dataclass(frozen=True, slots=True)
class JobQueued:
    """A long job waits for a worker."""

    job_id: int


@dataclass(frozen=True, slots=True)
class NoticeTaken:
    """A platform's notice waits to be acted upon."""

    notice_number: int


@dataclass(frozen=True, slots=True)
class SubscriptionChanged:
    """A platform is to be told where a kind of notice goes from now on."""

    subscription_id: int


@dataclass(frozen=True, slots=True)
class SignInAsked:
    """Somebody asked for a link by mail; whose address it is has yet to be looked up."""

    request_id: int


Event = ScoreWanted | MailWritten | MailsWritten | JobQueued | NoticeTaken | SubscriptionChanged | SignInAsked
