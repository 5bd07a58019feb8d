"""The demonstration's own process, where no part has to be started for it."""

import socket
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from lti_mentoring.commands.demo import Demo, demo, refuse_ended_part


def test_a_part_that_ends_by_itself_is_named_with_what_it_said_last(tmp_path):
    here = Demo(tmp_path, 8000, 8080)
    with here.log.open("wb") as log:
        part = subprocess.Popen([sys.executable, "-c", "print('no room left'); exit(3)"], stdout=log)
        part.wait()
    with pytest.raises(click.ClickException, match=r"no room left\s+The worker ended \(code 3\)"):
        refuse_ended_part(here, {"worker": part})


def test_a_taken_port_of_the_tool_is_a_clear_error_and_nothing_is_forgotten(tmp_path):
    (tmp_path / "kept").touch()
    with socket.create_server(("127.0.0.1", 0)) as another:
        port = another.getsockname()[1]
        refused = CliRunner().invoke(demo, ["--port", str(port), "--data", str(tmp_path), "--reset"])
    assert refused.exit_code == 1
    assert f"Port {port} is taken by another program." in refused.output
    assert f"make demo ARGS='--port {port + 1}'" in refused.output
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
