"""A worker of this machine is there from its word that it takes messages until its process ends, however it ends."""

import subprocess
import sys

from lti_mentoring.on_duty import go_on_duty, is_anybody_on_duty

A_WORKER = """
import sys
from pathlib import Path
from lti_mentoring.on_duty import go_on_duty
held = go_on_duty(Path(sys.argv[1]))
print("on duty", flush=True)
sys.stdin.read()
"""


def test_nobody_is_on_duty_before_the_first_start(tmp_path):
    assert not is_anybody_on_duty(tmp_path / "on_duty")


def test_a_killed_worker_is_not_on_duty_although_its_file_is_there(tmp_path):
    command = [sys.executable, "-c", A_WORKER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout.readline() == "on duty\n"
        there = is_anybody_on_duty(tmp_path)
        worker.kill()
    assert there
    assert [path.name for path in tmp_path.iterdir()] == ["1.lock"]
    assert not is_anybody_on_duty(tmp_path)


def test_of_two_workers_either_may_stop(tmp_path):
    first, second = go_on_duty(tmp_path), go_on_duty(tmp_path)
    first.close()
    assert is_anybody_on_duty(tmp_path)
    again = go_on_duty(tmp_path)
    second.close()
    assert is_anybody_on_duty(tmp_path)
    again.close()
    assert not is_anybody_on_duty(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.lock", "2.lock"]


def test_who_asks_does_not_look_like_a_worker(tmp_path):
    go_on_duty(tmp_path).close()
    assert [is_anybody_on_duty(tmp_path) for _ in range(3)] == [False, False, False]
    with go_on_duty(tmp_path):
        assert is_anybody_on_duty(tmp_path)
