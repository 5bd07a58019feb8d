"""setup.cfg says by hand what the package holds and needs; here it is held to the truth."""

import ast
import configparser
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "lti_mentoring"
TEMPLATES = "lti_mentoring.templates"
# Needed without an import by name: SQLAlchemy and Celery load drivers, requests and zoneinfo load the other two.
SILENT = {"psycopg", "tzdata", "urllib3", "granian"}
# Parts of what is required: Flask and Celery document these names as their own.
PARTS_OF_THE_REQUIRED = {"itsdangerous", "jinja2", "kombu", "markupsafe", "werkzeug"}
# Each extra that the package imports, and the folder that does.
WHO_IMPORTS = {"demo": "demo", "matching": "solvers"}
SILENCERS = re.compile(r"#\s*(?:noqa|type: ignore)\b(?P<rest>.*)")
WITH_CODE_AND_REASON = re.compile(
    r"(?:: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|\[[a-z-]+(?:, ?[a-z-]+)*\])\W+\w.{5,}"
    r"|\[import-untyped\]"  # the code is the reason: that package brings no types
)


@pytest.fixture(scope="module")
def options():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def lines(options, section, key):
    return [line for line in options[section][key].splitlines() if line.strip()]


def named(requirements):
    """Return the distributions that ``requirements`` name, spelt as the index does."""
    return {re.split(r"[\[<>=~!; ]", line.strip())[0].lower().replace("_", "-") for line in requirements}


@cache
def installed():
    """Return which distributions bring each package: reading all their lists takes seconds."""
    return packages_distributions()


def imported_distributions(folder):
    """Return the distributions whose packages the modules below ``folder`` import at run time."""
    tops = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                tops |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                tops.add(node.module.partition(".")[0])
    owners = installed()
    foreign = tops - sys.stdlib_module_names - {"lti_mentoring", "_typeshed"}
    return {top: {owner.lower().replace("_", "-") for owner in owners.get(top, [])} for top in foreign}


def test_setup_cfg_lists_every_package(options):
    found = {".".join(path.relative_to(ROOT).parts) for path in PACKAGE.rglob("*") if is_a_package(path)}
    assert {line.strip() for line in lines(options, "options", "packages")} == found | {"lti_mentoring", TEMPLATES}


def is_a_package(path):
    return path.is_dir() and path.name != "__pycache__" and any(path.glob("*.py"))


def test_everything_imported_is_required(options):
    required = named(lines(options, "options", "install_requires"))
    optional = set().union(*(named(lines(options, "options.extras_require", extra)) for extra in WHO_IMPORTS))
    for top, owners in imported_distributions(PACKAGE).items():
        assert owners & (required | optional | PARTS_OF_THE_REQUIRED), f"{top} is imported but not in install_requires"


@pytest.mark.parametrize(("extra", "alone"), WHO_IMPORTS.items())
def test_what_an_extra_brings_is_imported_in_one_place_alone(options, extra, alone):
    optional = named(lines(options, "options.extras_require", extra))
    importing = {
        top: folder.name
        for folder in PACKAGE.iterdir()
        if folder.is_dir() and folder.name != alone
        for top, owners in imported_distributions(folder).items()
        if owners and owners <= optional
    }
    assert importing == {}


def test_the_strategies_can_be_offered_without_what_their_extra_brings():
    """The one module that imports it is loaded when a flow is asked for, and only where it can be."""
    assert imported_distributions(PACKAGE / "domain") == {}
    importing = {
        path.name for path in (PACKAGE / "solvers").glob("*.py") if "ortools." in path.read_text(encoding="utf-8")
    }
    assert importing == {"or_tools.py"}


def test_everything_required_is_used(options):
    required = {re.split(r"[\[<>=]", line.strip())[0] for line in lines(options, "options", "install_requires")}
    required = {name for name in required if not name.startswith("#")}
    used = set().union(*imported_distributions(PACKAGE).values())
    assert {name.lower().replace("_", "-") for name in required} - used - SILENT == set()


def test_every_requirement_is_pinned(options):
    pinned = named(line for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line)
    extras = [("options.extras_require", extra) for extra in options["options.extras_require"]]
    for section, key in [("options", "install_requires"), *extras]:
        wanted = {line for line in lines(options, section, key) if not line.strip().startswith("#")}
        assert named(wanted) - {"lti-mentoring"} <= pinned, f"{section} {key}"


def test_no_list_of_packages_names_where_they_come_from():
    assert "://" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")
    locks = tracked("package-lock.json")
    assert {ROOT / "bench/ltijs/package-lock.json", ROOT / "tests/awarding/node/package-lock.json"} <= locks
    assert [path for path in locks if '"resolved"' in path.read_text(encoding="utf-8")] == []


def test_npm_is_told_beside_each_list_of_packages_to_keep_it_so():
    """It reads the .npmrc of the folder that it works in, and none of those above."""
    told = (ROOT / ".npmrc").read_bytes()
    assert b"omit-lockfile-registry-resolved=true" in told
    beside = [path.with_name(".npmrc") for path in tracked("package-lock.json")]
    assert [path for path in beside if not path.is_file() or path.read_bytes() != told] == []


def tracked(name):
    """Return the files of the repository with this name, wherever they are."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", name, f"*/{name}"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {ROOT / path for path in listed.split("\0") if path}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_silenced_check_says_which_and_why(path):
    silenced = SILENCERS.finditer(path.read_text(encoding="utf-8"))
    assert [found[0] for found in silenced if not WITH_CODE_AND_REASON.match(found["rest"])] == []


def test_the_contract_of_independence_names_every_blueprint(options):
    named_there = lines(options, "importlinter:contract:apart", "modules")
    there = {f"lti_mentoring.blueprints.{path.stem}" for path in (PACKAGE / "blueprints").glob("[a-z]*.py")}
    assert {line.strip() for line in named_there} == there
