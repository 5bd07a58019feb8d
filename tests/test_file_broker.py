"""The broker that is a folder: a worker takes whole messages, whenever it looks."""

from dataclasses import replace

import pytest
from kombu import Connection
from kombu.transport.virtual import Empty

from lti_mentoring.celery_app import configuration
from lti_mentoring.file_broker import Channel


class LooksAround:
    """Says, while its message is being written, which messages a worker would find."""

    def __init__(self, folder):
        self.folder, self.found = folder, None

    def __json__(self):
        self.found = [path.name for path in self.folder.glob("*.msg")]
        return "looked"


@pytest.fixture
def connection(settings):
    options = configuration(replace(settings, broker_url="filesystem://"))
    with Connection(
        "filesystem://",
        transport=options["broker_transport"],
        transport_options=options["broker_transport_options"],
    ) as connection:
        yield connection


@pytest.fixture
def channel(connection):
    return connection.default_channel


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


def test_what_another_worker_took_is_passed_over(connection, channel):
    for number in range(4):
        channel._put("work", number)
    with connection.clone() as of_another:
        other = of_another.default_channel
        assert [channel._get("work"), other._get("work"), other._get("work"), channel._get("work")] == [0, 1, 2, 3]
        for one in (channel, other):
            with pytest.raises(Empty):
                one._get("work")


def test_queues_are_apart_and_what_is_no_message_is_left_alone(channel, settings):
    folder = settings.data_dir / "queue" / "messages"
    (folder / "notes.txt").write_text("not ours")
    channel._put("work.later", "later")
    with pytest.raises(Empty):
        channel._get("work")
    assert channel._get("work.later") == "later"
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


class Counting(Channel):
    """Counts how often it looked into the folder and found something."""

    looks = 0

    def _looks(self, queue):
        self.looks += (found := super()._looks(queue))
        return found


def test_a_thousand_messages_are_taken_by_one_look_into_the_folder(channel):
    counting = Counting(channel.connection)
    for number in range(1_000):
        channel._put("work", number)
    assert [counting._get("work") for _ in range(1_000)] == list(range(1_000))
    assert counting.looks == 1
    counting.close()
