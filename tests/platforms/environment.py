"""Environments of their own for platforms that others wrote and that we never import, made on demand.

Needs nothing but Python, so that `make` can make them while our own environment is being installed.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE.parent.parent / "build" / "venvs"
INSTALL = ("-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "-r")


def environment(name, requirements):
    """Return the Python of the environment ``name``, made anew when its requirements or our Python changed."""
    folder = ENVIRONMENTS / name
    made, python = folder / "made", folder / "bin" / "python"
    wanted = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    with (ENVIRONMENTS / f"{name}.lock").open("w") as lock:
        # Several test processes may want it at once: the first makes it, the others wait.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made.is_file() and made.read_text() == wanted and python.exists()):
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            subprocess.run([str(python), *INSTALL, str(requirements)], check=True)
            made.write_text(wanted)
    return python


if __name__ == "__main__":
    sys.stdout.write(f"{environment('xblock', HERE / 'xblock-requirements.txt')}\n")
