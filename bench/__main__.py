"""``python -m bench [NAME …]``: measure all or some, print the table, write build/bench.json."""

import shutil
import subprocess
import sys
from pathlib import Path

from bench import class_start, demo_start, launches, matching, rosters, rounds, scale
from bench.table import shown, written

OLDEST_NODE = 20


MEASURES = {
    "launches": launches, "scale": scale, "rosters": rosters, "class_start": class_start, "rounds": rounds,
    "matching": matching, "demo": demo_start,
}  # fmt: skip


def main():
    wanted = sys.argv[1:] or list(MEASURES)
    if unknown := set(wanted) - set(MEASURES):
        raise SystemExit(f"make bench measures {', '.join(MEASURES)}; it does not know {', '.join(sorted(unknown))}.")
    need_node()
    rows = [row for name in wanted for row in MEASURES[name].measure()]
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
