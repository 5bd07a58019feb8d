"""Real workers on real brokers, each on a queue of its own."""

import os
import subprocess
import sys
from contextlib import contextmanager

import redis
from kombu import Connection

REDIS_URL = "redis://127.0.0.1:6379/0"
RABBITMQ_URL = "amqp://guest:guest@127.0.0.1:5672//"


@contextmanager
def redis_queue(name):
    yield REDIS_URL
    with redis.Redis.from_url(REDIS_URL) as connection:
        connection.delete(name, f"_kombu.binding.{name}")


@contextmanager
def rabbitmq_queue(name):
    yield RABBITMQ_URL
    with Connection(RABBITMQ_URL) as connection, connection.channel() as channel:
        channel.queue_delete(name)
        channel.exchange_delete(name)


BROKERS = {"redis": redis_queue, "rabbitmq": rabbitmq_queue}


@contextmanager
def working(settings, log, *, clock="--beat"):
    """Run a worker; end it by its number. A killed worker's clock lives on as a process: one to be killed has none."""
    given = {
        "DATA_DIR": settings.data_dir, "DATABASE_URL": settings.database_url, "BROKER_URL": settings.broker_url,
        "PUBLIC_URL": settings.public_url, "SECRET_KEY": settings.secret_key, "PRIVATE_HOSTS": "127.0.0.1",
        "QUEUE": settings.queue, "FIELD_KEYS": settings.key_file,
    }  # fmt: skip
    command = [
        sys.executable, "-m", "celery", "-A", "lti_mentoring.worker", "worker", "--pool", "threads",
        "--concurrency", "2", "--loglevel", "info", "--without-gossip", "--without-mingle",
        "--hostname", f"{settings.queue}@localhost", *filter(None, [clock]),
    ]  # fmt: skip
    environment = os.environ | {f"LTI_MENTORING_{name}": str(value) for name, value in given.items()}
    with log.open("w") as out, subprocess.Popen(command, env=environment, stdout=out, stderr=out) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
            sys.stderr.write(log.read_text()[-8000:])  # shown when the test failed
