"""How far a mentor is: trained, practising, lead. It says what somebody has done, never how well, and ranks nobody.

- *Trained*: has passed the track's test for mentors; where there is none, faculty have confirmed it.
- *Practising*: trained, and has guided a student to the certificate, or one student for some months.
- *Lead*: trained, and named by faculty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lti_mentoring.errors import Conflict

USUAL_MONTHS = 6
"""Kram (1983), "Phases of the Mentor Relationship", Academy of Management Journal 26(4), p. 614: a relationship takes
six months to a year to begin. Whoever stayed that long has done more than begin; a track may ask for more or less."""
MOST_MONTHS = 60
DAYS_OF_MONTH = 365.25 / 12


class Level(StrEnum):
    """Each holds the ones before it, but that faculty may name somebody lead who has guided nobody here yet."""

    TRAINED = "trained"
    PRACTISING = "practising"
    LEAD = "lead"


class TrainedByTest(Conflict):
    """This track has a test for mentors: passing it is what trains, and nobody's word."""

    code = "mentor_trained_by_test"


class LeadNotTrained(Conflict):
    """Only a trained mentor can be lead. Facts: ``mentor``."""

    code = "mentor_lead_not_trained"


@dataclass(frozen=True, slots=True)
class Done:
    """What is known of one mentor. ``days``: of the longest mentorship, in whatever course of the institution."""

    test_asked: bool
    has_passed: bool
    is_confirmed: bool
    is_lead: bool
    days: float
    to_certificate: bool
    """Whether a student earned the certificate while this mentor guided them."""

    @property
    def is_trained(self) -> bool:
        """Whether the mentor is trained."""
        return self.has_passed if self.test_asked else self.is_confirmed


def level_of(done: Done, months: int) -> Level | None:
    """Return the level; None: not trained yet. ``months``: how long the track asks a mentor to have guided somebody."""
    if not done.is_trained:
        return None
    if done.is_lead:
        return Level.LEAD
    has_guided = done.to_certificate or done.days >= months * DAYS_OF_MONTH
    return Level.PRACTISING if has_guided else Level.TRAINED


def reaches(level: Level | None, wanted: Level) -> bool:
    """Tell whether a level is the one wanted or holds it."""
    return level is not None and list(Level).index(level) >= list(Level).index(wanted)


def highest(levels: Iterable[Level | None]) -> Level | None:
    """Return the highest of a mentor's levels in several tracks; None where there is none."""
    there = set(levels)
    return next((level for level in reversed(Level) if level in there), None)
