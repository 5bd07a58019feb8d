"""Every action that the services write down has words for the administrator."""

import re
from pathlib import Path

import lti_mentoring
from lti_mentoring.blueprints._audit_words import ACTIONS, audit_role, audit_words, choices, trouble_words
from lti_mentoring.domain.milestones import StepKind

SERVICES = Path(lti_mentoring.__file__).parent / "services"
# An action is written as "thing.done"; these things are the trail's, other dotted words (files, tasks) are not.
THINGS = {name.partition(".")[0] for name in ACTIONS}


def test_every_action_has_words():
    written = {
        found
        for path in SERVICES.glob("*.py")
        for found in re.findall(r'"([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8"))
        if found.partition(".")[0] in THINGS
    }
    written |= {f"milestone.{kind.value}" for kind in StepKind}
    assert written - set(ACTIONS) == set()


def test_what_has_no_words_yet_is_shown_as_it_is_stored(app):
    with app.test_request_context("/"):
        assert audit_words("ship.sunk") == "ship.sunk"
        assert audit_role(None) == ""
        assert audit_role("captain") == "captain"
        assert trouble_words("iceberg") == "iceberg"


def test_actions_are_chosen_by_their_words_in_their_order(app):
    with app.test_request_context("/"):
        assert choices(("track.closed", "award.issued")) == [
            ("", "Everything"), ("award.issued", "Certificate issued"), ("track.closed", "Track closed")
        ]  # fmt: skip
