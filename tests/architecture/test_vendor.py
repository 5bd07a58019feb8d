"""What others wrote and we carry is exactly what they published, and all of it is listed."""

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "lti_mentoring" / "static" / "vendor", ROOT / "tests" / "vendor"]
folders = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(ROOT).as_posix())


def listed(folder):
    packages = json.loads((folder / "VENDOR.json").read_text(encoding="utf-8"))
    return {file["path"]: file["sha256"] for package in packages for file in package["files"]}


def present(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "VENDOR.json")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@folders
def test_every_vendored_file_is_listed_and_has_the_hash_of_its_publisher(folder):
    assert present(folder) == listed(folder)


@folders
def test_every_vendored_package_names_its_version_and_brings_its_licence(folder):
    for package in json.loads((folder / "VENDOR.json").read_text(encoding="utf-8")):
        assert package.keys() == {"name", "version", "licence", "files"}
        assert package["version"].count(".") == 2
        assert package["licence"]
        assert any(Path(file["path"]).name == "LICENSE" for file in package["files"]), package["name"]
