"""What the documents say of the files, the settings and the commands is so."""

import re
from pathlib import Path

import pytest

from lti_mentoring.blueprints import registering  # noqa: F401  # brings the words of its refusals
from lti_mentoring.blueprints._problems import PROBLEMS
from lti_mentoring.commands import COMMANDS
from lti_mentoring.plugins import load_quirks
from lti_mentoring.services.registering import InvitationRefused, RegistrationTaken
from lti_mentoring.settings import PREFIX

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
LINKS = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
CONFORMANCE = (ROOT / "docs/lti-conformance.md").read_text(encoding="utf-8")
SHOWN_BY = re.findall(r"`(tests/[\w/]+\.py)::(\w+)(?:\[([^\]`]+)\])?`", CONFORMANCE)
INSTALLATION = (ROOT / "docs/install/production.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.relative_to(ROOT).as_posix() for path in DOCUMENTS])
def test_every_link_to_a_file_leads_somewhere(path):
    links = LINKS.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_list_of_decisions_is_complete():
    listed = set(LINKS.findall((ROOT / "docs/adr/README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in (ROOT / "docs/adr").glob("0*.md")}


def test_every_setting_is_explained_to_operators():
    source = (ROOT / "lti_mentoring/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'(?:value(?:\.get\(|\[)|_number\(value, )"([A-Z_]+)"', source))
    assert read == set(re.findall(rf"^\| `{PREFIX}([A-Z_]+)`", INSTALLATION, re.MULTILINE))


def test_every_command_that_the_installation_names_exists():
    named = set(re.findall(r"lti-mentoring ([a-z]+)(?: ([a-z][a-z-]+))?", INSTALLATION))
    groups = {command.name: getattr(command, "commands", {}) for command in COMMANDS}
    for command, verb in named:
        assert command in groups, command
        assert not groups[command] or not verb or verb in groups[command], f"{command} {verb}"


def test_every_test_that_the_conformance_list_names_exists():
    assert len(SHOWN_BY) == 12 + 9 + 9 + 7 + 5 + 4 + 3
    for path, name, case in SHOWN_BY:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", source, re.MULTILINE), f"{path}: {name}"
        assert not case or f'"{case}"' in source, f"{path}: no case {case}"


def test_the_conformance_list_is_complete():
    """The names of the guide, section 6.1; what is called a message there has its whole name in the guide."""
    listed = re.findall(r"^\| ([^|]+?) \| passed \|", CONFORMANCE, re.MULTILINE)
    payloads = (ROOT / "tests/lti/test_certification_payloads.py").read_text(encoding="utf-8")
    cases = {re.sub(r" \(.+\)$", "", case) for case in re.findall(r'^    "(.+?)": \(', payloads, re.MULTILINE)}
    assert len(cases) == 28
    assert cases <= set(listed)
    assert re.findall(r"^## (6[.\d]+)", CONFORMANCE, re.MULTILINE) == ["6.1.1", "6.1.2", "6.1.3", "6.2", "6.3", "6.4"]


@pytest.mark.parametrize("product", ["moodle", "canvas"])
def test_an_installation_guide_calls_every_field_as_the_form_by_hand_does(product):
    guide = " ".join((ROOT / f"docs/install/{product}.md").read_text(encoding="utf-8").split())
    form = load_quirks(()).named(product).by_hand
    whole = [*(name for _, name in form.give), *(name for name, _ in form.choose), *form.find.values()]
    # Of “Settings > Apps: Configuration Type” the field's own name, of “Deployment Id, in the menu …” the name alone.
    called = [name.split(": ")[-1] if ">" in name else name.split(", ")[0] for name in whole]
    described = ("the long", "State (")
    assert [name for name in called if name not in guide and not name.startswith(described)] == []


def test_every_other_lms_with_a_record_has_its_part_in_a_guide():
    guide = (ROOT / "docs/install/other.md").read_text(encoding="utf-8")
    names = {record.name for record in load_quirks(()) if not (ROOT / f"docs/install/{record.product}.md").exists()}
    assert names == set(re.findall(r"^## (.+)$", guide, re.MULTILINE))


@pytest.mark.parametrize("product", ["moodle", "canvas"])
def test_every_refusal_that_an_installation_may_meet_has_its_cure_in_the_guide(product):
    met = (
        InvitationRefused.code, RegistrationTaken.code, "registration_failed", "waiting_for_approval", "launch_refused",
        "cookies_blocked",
    )  # fmt: skip
    guide = (ROOT / f"docs/install/{product}.md").read_text(encoding="utf-8")
    assert [code for code in met if f"*{PROBLEMS[code].title}*" not in guide] == []
