"""What the documents say of the files, the settings and the commands is so."""

import re
from pathlib import Path

import pytest

from lti_mentoring.commands import COMMANDS
from lti_mentoring.settings import PREFIX

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
LINKS = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
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
