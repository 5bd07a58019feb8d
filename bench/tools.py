"""The two tools as processes: ours under granian, ltijs under Node.js, each on a PostgreSQL database of its own."""

import os
import secrets
import socket
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import psycopg
from flask_migrate import upgrade

from bench.platform import CLIENT_ID, DEPLOYMENT_ID
from lti_mentoring.app import create_app
from lti_mentoring.clock import utcnow
from lti_mentoring.commands.serving import serve_command
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.models import Context, Deployment, DeploymentApproval, Institution, Registration
from lti_mentoring.sealing import KeyFile
from lti_mentoring.services.keys import ensure_keys
from lti_mentoring.settings import PREFIX, Settings

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench"
POSTGRES = os.environ.get("LTI_MENTORING_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
TICKS = os.sysconf("SC_CLK_TCK")


class Tool:
    """A running tool and where its login and launch are."""

    def __init__(self, name, process, base, login, launch, database):
        self.name, self.process, self.database = name, process, database
        self.login, self.launch = base + login, base + launch

    def cpu(self):
        """Return the CPU seconds that the tool's processes have used so far."""
        return sum(cpu_of(pid) for pid in _family(self.process.pid))


@contextmanager
def our_tool(platform, *, fill=None, workers=1):
    """Run our tool; ``fill(address of its database)`` may bring more in before it starts."""
    port = free_port()
    with database() as url, process_folder("ours") as folder:
        env = {
            "DATABASE_URL": url.replace("postgresql://", "postgresql+psycopg://"), "DATA_DIR": str(folder),
            "BROKER_URL": "memory://", "SECRET_KEY": secrets.token_urlsafe(48), "FIELD_KEYS": str(field_keys(folder)),
            "PUBLIC_URL": f"http://localhost:{port}", "PRIVATE_HOSTS": platform.url.removeprefix("http://"),
        }  # fmt: skip
        env = {PREFIX + name: value for name, value in env.items()}
        seed(Settings.from_env(env), platform.url)
        if fill:
            fill(env[f"{PREFIX}DATABASE_URL"])
        command = serve_command("127.0.0.1", port, workers, 4, level="warning")
        with running(command, env, folder) as process:
            wait(f"http://localhost:{port}/healthz", process)
            yield Tool("lti_mentoring", process, f"http://localhost:{port}", "/lti/login", "/lti/launch", url)


def field_keys(folder):
    """Make the file of the keys of stored fields; return where it is."""
    file = KeyFile(folder / "field_keys")
    file.ensure()
    return file.path


def seed(settings, platform_url, *, memberships_url=None):
    """Make the tables, one institution, one registration and its deployment; with an address also a course."""
    app = create_app(settings)
    now = datetime.now(UTC)
    with app.app_context():
        upgrade()
        with unit_of_work() as session:
            house = Institution(name="Bench", slug="bench", created_at=now)
            session.add(house)
            session.flush()
            known = Registration(
                institution_id=house.id, name="Bench", issuer=platform_url, client_id=CLIENT_ID,
                auth_url=f"{platform_url}/auth", token_url=f"{platform_url}/token",
                jwks_url=f"{platform_url}/jwks.json", created_at=now,
            )  # fmt: skip
            session.add(known)
            session.flush()
            place = Deployment(
                institution_id=house.id, registration_id=known.id, deployment_id=DEPLOYMENT_ID,
                state=DeploymentApproval.APPROVED, first_seen_at=now,
            )  # fmt: skip
            session.add(place)
            session.flush()
            if memberships_url:
                session.add(
                    Context(
                        institution_id=house.id, registration_id=known.id, deployment_id=place.id,
                        context_id="course-1", memberships_url=memberships_url, created_at=now,
                    )
                )  # fmt: skip
            ensure_keys(session, app.extensions["sealer"], now=utcnow())
        db.engine.dispose()  # a database that somebody is connected to cannot be copied


@contextmanager
def ltijs(platform):
    port = free_port()
    home = BUILD / "ltijs"
    home.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "server.js"):
        (home / name).write_bytes((HERE / "ltijs" / name).read_bytes())
    if not (home / "node_modules" / "ltijs-sequelize").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=home, check=True)
    with database() as url, process_folder("ltijs-run") as folder:
        command = ["node", str(home / "server.js"), str(port), url, platform.url, CLIENT_ID]
        with running(command, {"NODE_ENV": "production"}, folder) as process:
            wait(f"http://localhost:{port}/keys", process)
            yield Tool("ltijs 5.9.9 + ltijs-sequelize 2.4.4", process, f"http://localhost:{port}", "/login", "/", url)


@contextmanager
def database():
    name = f"mentoring_bench_{secrets.token_hex(4)}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield POSTGRES.rpartition("/")[0] + "/" + name
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def process_folder(name):
    folder = BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


@contextmanager
def running(command, env, folder):
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **env}, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait(url, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"The tool at {url} ended at once; see build/bench/*/log.txt")
        try:
            with urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _family(pid):
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


def cpu_of(pid):
    """Return the CPU seconds that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
