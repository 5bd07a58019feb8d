"""The rules that the test suite keeps about itself."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.network import ReachedBeyondLoopback, is_local

TESTS = Path(__file__).resolve().parents[1]
A_TEST_THAT_NEEDS_NODE = """
import pytest

@pytest.mark.verifier
def test_with_node():
    raise AssertionError("never run")

def test_without(tmp_path):
    assert tmp_path.is_dir()
"""


def run_without_node(folder, **variables):
    (folder / "test_needs.py").write_text(A_TEST_THAT_NEEDS_NODE)
    command = [sys.executable, "-m", "pytest", "-n2", "-p", "fixtures.left_out", "-p", "no:cacheprovider", str(folder)]
    environment = {"PATH": str(folder), "PYTHONPATH": str(TESTS), "HOME": os.environ.get("HOME", "/"), **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 443)])
def test_a_connection_to_another_machine_is_refused_before_it_starts(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as end, pytest.raises(ReachedBeyondLoopback):
        end.connect(address)


def test_the_name_of_another_machine_is_not_even_looked_up():
    with pytest.raises(ReachedBeyondLoopback):
        socket.getaddrinfo("lms.example", 443)


@pytest.mark.parametrize("host", ["localhost", "tool.localhost", "127.0.0.1", "127.8.9.1", "::1", b"127.0.0.1", None])
def test_this_machine_may_be_reached(host):
    assert is_local(host)


def test_a_test_left_out_is_told_aloud(tmp_path):
    run = run_without_node(tmp_path)
    assert "verifier: 1 left out; to run them: Node.js 20" in run.stdout
    assert "1 passed, 1 deselected" in run.stdout or "1 passed" in run.stdout
    assert run.returncode == 0, run.stdout + run.stderr


def test_in_continuous_integration_a_test_left_out_is_a_failure(tmp_path):
    run = run_without_node(tmp_path, CI="true")
    assert "With CI=true a test left out is a failure." in run.stdout
    assert run.returncode == 1, run.stdout + run.stderr
