"""``python -m bench``: measure everything, print the table, write build/bench.json."""

import shutil
import subprocess
from pathlib import Path

from bench.launches import measure as measure_launches
from bench.rosters import measure as measure_rosters
from bench.table import shown, written

OLDEST_NODE = 20


def main():
    need_node()
    rows = [*measure_launches(), *measure_rosters()]
    print(shown(rows))
    out = Path("build/bench.json")
    out.parent.mkdir(exist_ok=True)
    out.write_text(written(rows), encoding="utf-8")


def need_node():
    """Say at once what is missing, before anything is built."""
    node = shutil.which("node")
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout if node else ""
    version = told.strip() or "none"
    if int(version.lstrip("v").partition(".")[0] if node else 0) < OLDEST_NODE:
        raise SystemExit(f"make bench needs Node.js {OLDEST_NODE} or newer for the peers; found {version}.")


if __name__ == "__main__":
    main()
