"""The rows of a benchmark run: printed as a table, written as JSON."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """One measure: ours beside a peer's, in the same unit and the same run. ``ratio`` is ours / peer."""

    name: str
    unit: str
    ours: float
    peer_name: str
    peer: float
    n: int

    @property
    def ratio(self):
        return self.ours / self.peer

    def as_json(self):
        return {**asdict(self), "ratio": round(self.ratio, 4)}


def written(rows):
    """Return the rows as the text of bench.json."""
    return json.dumps([row.as_json() for row in rows], indent=2) + "\n"


def shown(rows):
    """Return the rows as a table for people."""
    lines = [f"{'measure':<20} {'ours':>10} {'peer':>10} {'ratio':>8}  {'unit':<14} {'n':>6}  beside"]
    for row in rows:
        figures = f"{row.ours:>10.3f} {row.peer:>10.3f} {row.ratio:>8.3f}"
        lines.append(f"{row.name:<20} {figures}  {row.unit:<14} {row.n:>6}  {row.peer_name}")
    return "\n".join(lines)
