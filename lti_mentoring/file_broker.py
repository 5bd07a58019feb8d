"""The broker of the one-machine installation: messages are files in a folder, each there as a whole or not at all.

kombu 5.7's own file transport opens a message under its last name and fills it afterwards (Channel._put in
kombu/transport/filesystem.py). A worker that looks in between takes an empty message away, cannot read it, and ends.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes a message beside, and gives it the name by which it is found once it is whole."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # its bases differ
        name = f"{monotonic_ns():020d}_{uuid.uuid4()}.{queue}.msg"  # the worker takes them in the order of names
        whole = Path(self.data_folder_out) / name
        part = whole.with_name(f"{name}.part")
        part.write_text(dumps(payload), encoding="utf-8")
        part.replace(whole)


class Transport(filesystem.Transport):
    """kombu's file transport with the channel above."""

    Channel = Channel
