"""The demonstration's own process, where no part has to be started for it."""

import subprocess
import sys

import click
import pytest

from lti_mentoring.commands.demo import Demo, refuse_ended_part


def test_a_part_that_ends_by_itself_is_named_with_what_it_said_last(tmp_path):
    here = Demo(tmp_path, 8000, 8080)
    with here.log.open("wb") as log:
        part = subprocess.Popen([sys.executable, "-c", "print('no room left'); exit(3)"], stdout=log)
        part.wait()
    with pytest.raises(click.ClickException, match=r"no room left\s+The worker ended \(code 3\)"):
        refuse_ended_part(here, {"worker": part})
