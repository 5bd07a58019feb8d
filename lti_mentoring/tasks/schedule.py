"""What beat starts, and how often (seconds). One beat for an installation; running twice does no harm."""

from __future__ import annotations

from typing import Any

BEAT: dict[str, dict[str, Any]] = {
    "wake what is due": {"task": "upkeep.sweep", "schedule": 15.0, "options": {"expires": 14}},
    "let questions go on": {"task": "requests.go_on", "schedule": 60.0, "options": {"expires": 55}},
    "renew our keys": {"task": "keys.tend", "schedule": 3600.0, "options": {"expires": 3000}},
    "seal with the newest key": {"task": "keys.reseal", "schedule": 3600.0, "options": {"expires": 3000}},
    "look at credentials": {"task": "upkeep.credentials", "schedule": 3600.0, "options": {"expires": 3000}},
    "count what is looked for": {"task": "upkeep.demand", "schedule": 900.0, "options": {"expires": 800}},
    "sweep out": {"task": "upkeep.sweep_out", "schedule": 3600.0, "options": {"expires": 3000}},
}
