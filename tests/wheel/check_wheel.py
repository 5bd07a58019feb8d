"""Build the wheel, install it alone in an empty environment elsewhere, and try what it must do there.

Run by `make wheel`. Nothing of the checkout can help: the environment, the working folder and the data are new.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSIDE = Path(__file__).with_name("inside.py")
CARRIED = ("lti_mentoring/", "templates/")


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, **options)


def source_files():
    """Return what git knows or would add, so that a file that nobody will commit cannot hide in the wheel."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def build(folder, files):
    """Build the wheel from a clean copy: setuptools would carry over what an earlier build left in build/."""
    source = folder / "source"
    for name in files:
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    run(sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--wheel-dir", folder, source)
    return next(folder.glob("*.whl"))


def compare(wheel, files):
    """Stop unless the wheel holds every file of the package and every template, and nothing else."""
    expected = {name for name in files if name.startswith(CARRIED)}
    expected = {f"lti_mentoring/{name}" if name.startswith("templates/") else name for name in expected}
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    if missing := sorted(expected - held):
        sys.exit("Not in the wheel (see package_data in setup.cfg):\n  " + "\n  ".join(missing))
    if foreign := sorted(held - expected):
        sys.exit("In the wheel, but not in the source:\n  " + "\n  ".join(foreign))
    return sum(name.startswith("lti_mentoring/templates/") for name in held)


def try_out(folder, wheel, templates):
    environment, data, elsewhere = folder / "environment", folder / "data", folder / "elsewhere"
    elsewhere.mkdir()
    run(sys.executable, "-m", "venv", environment)
    python, command = environment / "bin" / "python", environment / "bin" / "lti-mentoring"
    quietly = ("-qq", "--no-compile", "--disable-pip-version-check")
    run(python, "-m", "pip", "install", *quietly, "-c", ROOT / "constraints.txt", wheel)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LTI_MENTORING_", "PYTHON"))}
    there = {"cwd": elsewhere, "env": clean | {"LTI_MENTORING_DATA_DIR": str(data)}}
    run(command, "db", "upgrade", **there)
    run(python, "-I", INSIDE, str(templates), **there)
    run(command, "doctor", **there)
    refuse_demo(command, there)


def refuse_demo(command, there):
    """Stop unless the demonstration, whose LMS is an extra, says what to install."""
    refused = subprocess.run([command, "demo"], **there, check=False, capture_output=True, text=True)
    if refused.returncode == 0 or "pip install 'lti_mentoring[demo]'" not in refused.stderr:
        sys.exit(f"`lti-mentoring demo` without its extra must say what to install, not:\n{refused.stderr}")


def main():
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mentoring-wheel-") as name:
        folder = Path(name)
        files = source_files()
        wheel = build(folder, files)
        templates = compare(wheel, files)
        try_out(folder, wheel, templates)
        print(f"{wheel.name}: boots, serves and passes its doctor elsewhere ({time.monotonic() - began:.0f} s)")  # noqa: T201 it is a command


if __name__ == "__main__":
    main()
