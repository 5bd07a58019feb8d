"""The broker that is a folder: a worker takes whole messages, whenever it looks."""

from dataclasses import replace

import pytest
from kombu import Connection
from kombu.transport.virtual import Empty

from lti_mentoring.celery_app import configuration


class LooksAround:
    """Says, while its message is being written, which messages a worker would find."""

    def __init__(self, folder):
        self.folder, self.found = folder, None

    def __json__(self):
        self.found = [path.name for path in self.folder.glob("*.msg")]
        return "looked"


@pytest.fixture
def channel(settings):
    options = configuration(replace(settings, broker_url="filesystem://"))
    with Connection(
        "filesystem://",
        transport=options["broker_transport"],
        transport_options=options["broker_transport_options"],
    ) as connection:
        yield connection.default_channel


def test_what_was_put_is_taken_once_and_as_it_was(channel):
    channel._put("work", {"body": "नमस्ते", "n": 1})
    channel._put("work", {"body": "second", "n": 2})
    assert [channel._get("work")["n"], channel._get("work")["n"]] == [1, 2]
    with pytest.raises(Empty):
        channel._get("work")


def test_a_message_is_not_found_before_it_is_whole(channel, settings):
    looking = LooksAround(settings.data_dir / "queue" / "messages")
    channel._put("work", {"body": looking})
    assert looking.found == []
    assert channel._get("work") == {"body": "looked"}
