"""Whether a worker of the one-machine installation takes messages: each holds a file locked from then on.

The kernel lets go of a lock when its process ends, however it ends. A file that a killed worker left behind therefore
says nothing, while a process number in it might be another program's by now, or be counted anew in a container.
"""

from __future__ import annotations

import fcntl
from itertools import count
from pathlib import Path
from typing import TextIO


def go_on_duty(folder: Path) -> TextIO:
    """Lock the first file that no other worker holds; on duty for as long as what is returned stays open."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = (folder / f"{number}.lock" for number in count(1))
    return next(held for file in files if (held := _locked(file, fcntl.LOCK_EX)))


def is_anybody_on_duty(folder: Path) -> bool:
    """Tell whether a worker holds one of the files; who asks at the same time does not look like a worker."""
    for file in folder.glob("*.lock"):
        if (free := _locked(file, fcntl.LOCK_SH)) is None:
            return True
        free.close()
    return False


def _locked(path: Path, how: int) -> TextIO | None:
    file = path.open("a", encoding="ascii")
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
