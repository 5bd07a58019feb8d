"""The broker of the one-machine installation: messages are files in a folder, each there as a whole or not at all.

kombu 5.7's own file transport opens a message under its last name and fills it afterwards (Channel._put in
kombu/transport/filesystem.py): a worker that looks in between takes an empty message away, cannot read it, and ends. It
also lists and sorts the whole folder for each message and for each queue (Channel._get), which costs the more the more
are waiting.
"""

from __future__ import annotations

import os
import uuid
from collections import defaultdict, deque
from pathlib import Path
from time import monotonic_ns, time
from typing import Any

from kombu.transport import filesystem
from kombu.transport.virtual import Empty
from kombu.utils.json import dumps, loads

SETTLED_AFTER = 0.1
"""Seconds after which the time of a folder's last change tells that nothing has come since: it goes in steps."""


class Channel(filesystem.Channel):
    """Writes a message beside, and gives it the name by which it is found once it is whole; remembers what waits."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: defaultdict[str, deque[str]] = defaultdict(deque)
        self._seen: float | None = None
        """When the folder had last changed as it was looked into."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # its bases differ
        name = f"{monotonic_ns():020d}_{uuid.uuid4()}.{queue}.msg"  # the worker takes them in the order of names
        whole = Path(self.data_folder_out) / name
        part = whole.with_name(f"{name}.part")
        part.write_text(dumps(payload), encoding="utf-8")
        part.replace(whole)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        while self._waiting[queue] or self._looks(queue):
            if (taken := self._take(self._waiting[queue].popleft())) is not None:
                return loads(taken)
        raise Empty

    def _looks(self, queue: str) -> bool:
        """Look into the folder, unless nothing has changed there; tell whether something waits in a queue."""
        changed_at = os.stat(self.data_folder_in).st_mtime
        if changed_at == self._seen:
            return False
        self._waiting.clear()
        for name in sorted(os.listdir(self.data_folder_in)):
            of_queue = name.partition(".")[2]
            if of_queue.endswith(".msg"):
                self._waiting[of_queue.removesuffix(".msg")].append(name)
        self._seen = changed_at if changed_at < time() - SETTLED_AFTER else None
        return bool(self._waiting[queue])

    def _take(self, name: str) -> str | None:
        """Take a message away, which one worker alone can; None: another did."""
        message = Path(self.data_folder_in) / name
        mine = message.with_suffix(".taken")
        try:
            message.rename(mine)
        except FileNotFoundError:
            return None
        text = mine.read_text(encoding="utf-8")
        mine.unlink()
        return text


class Transport(filesystem.Transport):
    """kombu's file transport with the channel above."""

    Channel = Channel
