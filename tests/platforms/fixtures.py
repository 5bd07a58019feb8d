"""Two platforms that others wrote, each as a process on loopback, for tests over real HTTP.

    def test_something(xblock_platform, tool_url):
        platform = xblock_platform(tool_url)
        platform.config            # iss, client_id, deployment_id, auth_url, token_url, jwks_url, context_id, ...
        platform.launch_url(2)     # where a browser begins; more in the servers' own _ctl addresses
        platform.state()           # gradebook, line_items, content_items

The tool must register ``platform.config`` before the first launch.
"""

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from fixtures.environment import environment

HERE = Path(__file__).resolve().parent
START_SECONDS = 90
PATIENCE = 60  # seconds for one answer: the machine may be loaded
PAUSE_SECONDS = 0.05


@dataclass
class RunningPlatform:
    """A platform under way. ``config`` is what a tool needs to register it."""

    base: str
    process: subprocess.Popen
    config: dict

    def launch_url(self, user, **asked):
        """Return where a browser begins a launch as ``user``: ``role``, ``type``, and what the server offers more."""
        return f"{self.base}/_ctl/launch?{urlencode({'user': user, **asked})}"

    def state(self):
        """Return the gradebook, the columns, and what was chosen."""
        return self._answer(requests.get(f"{self.base}/_ctl/state", timeout=PATIENCE))

    def rotate(self):
        """Let the platform sign with a new key, the old one gone."""
        return self._answer(requests.post(f"{self.base}/_ctl/rotate", timeout=PATIENCE))

    def mutate(self, **change):
        """Change the course, or (lti1p3) the next messages."""
        return self._answer(requests.post(f"{self.base}/_ctl/mutate", json=change, timeout=PATIENCE))

    @staticmethod
    def _answer(response):
        response.raise_for_status()
        return response.json()


@pytest.fixture
def xblock_platform(xblock_python, tmp_path):
    """Start Open edX's platform for the tool at an address: ``xblock_platform(tool_base_url)``."""
    with processes(tmp_path) as start:
        yield lambda tool_base_url: start(xblock_python, HERE / "xblock_platform.py", tool_base_url)


@pytest.fixture
def lti1p3_platform(tmp_path):
    """Start the platform of lti1p3platform for the tool at an address: ``lti1p3_platform(tool_base_url)``."""
    with processes(tmp_path) as start:
        yield lambda tool_base_url: start(sys.executable, HERE / "lti1p3_platform.py", tool_base_url)


@pytest.fixture(scope="session")
def xblock_python():
    """The Python of the environment that holds Open edX's platform, made on demand."""
    return environment("xblock")


class processes:  # noqa: N801 -- used as a with-statement's verb
    """Starts platforms and ends each by its own process id."""

    def __init__(self, folder):
        self.folder, self.running = folder, []

    def __enter__(self):
        return self.start

    def __exit__(self, *_):
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, python, server, tool_base_url):
        port = free_port()
        log = self.folder / f"{server.stem}-{port}.log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [str(python), str(server), str(port), tool_base_url],
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=os.environ
                | {"FLASK_RUN_FROM_CLI": ""},  # Flask's command line, tested in this process, leaves it set
            )
        self.running.append(process)
        base = f"http://127.0.0.1:{port}"
        return RunningPlatform(base, process, self.ready(process, base, log))

    @staticmethod
    def ready(process, base, log):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and process.poll() is None:
            try:
                return requests.get(f"{base}/_ctl/config", timeout=PATIENCE).json()
            except requests.RequestException:
                time.sleep(PAUSE_SECONDS)
        raise RuntimeError(f"The platform did not start: {log.read_text()[-2000:]}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
