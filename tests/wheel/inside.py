"""What the installed package must do, run by the interpreter of an environment that holds nothing else.

Argument: how many templates the wheel carries.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import lti_mentoring
from lti_mentoring.app import create_app
from lti_mentoring.commands.serving import serve_command

PATIENCE = 90


def check_that_it_is_the_installed_one():
    assert Path(lti_mentoring.__file__).is_relative_to(sys.prefix), lti_mentoring.__file__


def check_every_template(app, expected):
    names = app.jinja_env.list_templates()
    assert len(names) >= expected > 0, f"{len(names)} templates found, the wheel carries {expected}"
    for name in names:
        app.jinja_env.get_template(name)


def check_every_static_file(app):
    client, folder = app.test_client(), Path(app.static_folder)
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert "vendor/htmx/htmx.min.js" in files
    for name in files:
        assert client.get(f"{app.static_url_path}/{name}").status_code == 200, name


def free_port():
    with socket.socket() as end:
        end.bind(("127.0.0.1", 0))
        return end.getsockname()[1]


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:  # refused, or slow on a loaded machine
        return False


def check_that_it_boots():
    port = free_port()
    address = f"127.0.0.1:{port}"
    server = subprocess.Popen(serve_command("127.0.0.1", port, 1, 4, level="warning"), env=os.environ)
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers(f"http://{address}/healthz"):
            assert server.poll() is None, "the server stopped"
            assert time.monotonic() < deadline, "the server did not answer"
            time.sleep(0.1)
    finally:
        server.terminate()
        server.wait(PATIENCE)


def main():
    app = create_app()
    check_that_it_is_the_installed_one()
    check_every_template(app, int(sys.argv[1]))
    check_every_static_file(app)
    check_that_it_boots()


if __name__ == "__main__":
    main()
