"""The forms that come with the tool.

A definition is JSON: ``format`` 1; ``scales`` (name → levels of ``value``, ``label``, ``hint``); ``items`` of ``kind``
ordinal (with its ``scale``), yesno, text or checkbox (with its ``options``), each with ``key``, ``label`` and, where
wanted, ``hint``, ``required``, ``required_when`` (``item`` at most ``at_most``), ``not_observed`` (may be left unseen),
``folded`` and ``missing`` (what to say when it is needed and empty); ``judgement`` names the item that it is about.
Words are translated when they are shown. To change a shipped form raise its version: filled ones keep theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ENTRUSTMENT = "entrustment"


@dataclass(frozen=True, slots=True)
class Shipped:
    """One form: its key and version name it for good."""

    key: str
    version: int
    title: str
    definition: dict[str, Any]


def N_(text: str) -> str:  # noqa: N802  # the name that message catalogues look for
    """Mark words for translation."""
    return text


# Five levels after the entrustment-supervision scale of O. ten Cate, "Nuts and bolts of entrustable professional
# activities", Journal of Graduate Medical Education 5 (2013), pp. 157-158, in words of our own. They say what may
# happen next time; they are ranks and not amounts.
SHIPPED = (
    Shipped(
        ENTRUSTMENT,
        1,
        N_("How much help next time"),
        {
            "format": 1,
            "judgement": ENTRUSTMENT,
            "credit": N_(
                "Five levels of supervision after Olle ten Cate (Journal of Graduate Medical Education 2013), "
                "in words of our own."
            ),
            "scales": {
                ENTRUSTMENT: [
                    {"value": 1, "label": N_("They watch me"), "hint": N_("Not ready to do it themselves")},
                    {"value": 2, "label": N_("I am in the room"), "hint": N_("I guide them all the way through")},
                    {
                        "value": 3,
                        "label": N_("I come when they call"),
                        "hint": N_("I am near, and check their findings after"),
                    },
                    {"value": 4, "label": N_("They do it alone"), "hint": N_("I hear about it later")},
                    {"value": 5, "label": N_("They could teach it"), "hint": N_("Ready to supervise others")},
                ],
            },
            "items": [
                {
                    "key": ENTRUSTMENT,
                    "kind": "ordinal",
                    "scale": ENTRUSTMENT,
                    "label": N_("Next time, how much help should they have?"),
                    "hint": N_("Think of a case like this one. Choose what you would really do, not a mark."),
                    "required": True,
                    "not_observed": True,
                    "missing": N_("Choose how much help they should have next time"),
                },
                {"key": "keep", "kind": "text", "label": N_("What should they keep doing?")},
                {
                    "key": "better",
                    "kind": "text",
                    "label": N_("One thing to do differently"),
                    "hint": N_("Something that you saw, and what to try instead. Needed before you can send."),
                    "required": True,
                    "missing": N_("Write one thing that they could do differently"),
                },
                {"key": "agreed", "kind": "text", "label": N_("What did you two agree?")},
                {
                    "key": "occasion",
                    "kind": "text",
                    "folded": True,
                    "label": N_("What did you watch?"),
                    "hint": N_("The task and where it happened. No patient's name, date of birth or number."),
                },
                {
                    "key": "complexity",
                    "kind": "checkbox",
                    "folded": True,
                    "label": N_("What made it harder than usual?"),
                    "options": [
                        {"value": "complex", "label": N_("The case itself")},
                        {"value": "hurried", "label": N_("Little time")},
                        {"value": "language", "label": N_("Language or communication")},
                    ],
                },
            ],
        },
    ),
)
