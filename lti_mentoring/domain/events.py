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
class JobQueued:
    """A long job waits for a worker."""

    job_id: int


Event = ScoreWanted | MailWritten | JobQueued
