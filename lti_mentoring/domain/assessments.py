"""Instruments and assessments: ordinal judgements, never averaged; what was not observed is missing, not zero."""

from __future__ import annotations

from enum import StrEnum


class AssessmentState(StrEnum):
    """A draft is seen by its assessor only."""

    DRAFT = "draft"
    COMPLETE = "complete"
