"""The command line: each command does its work in the database, and says plainly why it cannot."""

import sys
from pathlib import Path

import pytest
from factories.accounts import enrolled
from factories.door import Door
from factories.outside import outsider
from factories.world import World, deployment
from fakes.platform import ADMINISTRATOR, CUSTOM, MISSING, ROLES
from sqlalchemy import select

from lti_mentoring.cli import main
from lti_mentoring.clock import utcnow
from lti_mentoring.commands.demo import Demo, way_in
from lti_mentoring.commands.serving import serve_command, work_command
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.models import (
    Account,
    Administrator,
    AuditEntry,
    DeploymentApproval,
    Institution,
    Invitation,
    Registration,
    RegistrationState,
    SignInLink,
    ToolKey,
)
from lti_mentoring.sealing import KeyFile


@pytest.fixture
def run(app):
    """Run a command line in the test's own application."""
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(main.commands[words[0]], words[1:])


PLATFORM = (
    "--name", "Moodle", "--issuer", "https://moodle.example", "--client-id", "c1", "--auth-url",
    "https://moodle.example/auth", "--token-url", "https://moodle.example/token", "--jwks-url",
    "https://moodle.example/jwks", "--deployment-id", "1", "--deployment-id", "2",
)  # fmt: skip


def test_the_first_invitation_makes_the_first_institution_and_prints_the_address(run, session):
    result = run("platform", "invite", "Teaching Hospital")
    assert result.stdout.startswith("https://localhost/lti/register?invitation=")
    assert "Made the first institution" in result.stderr
    assert session.scalars(select(Institution)).one().slug == "teaching-hospital"
    token = result.stdout.strip().partition("invitation=")[2]
    assert token not in str(session.scalars(select(Invitation.token_hash)).one())
    assert len(token) >= 22  # 128 bits in base64url


def test_a_slip_of_the_pen_makes_no_second_institution(run, session):
    World(session)
    session.commit()
    result = run("platform", "invite", "Universty")
    assert result.exit_code == 1
    assert "There are: u" in result.output
    assert session.scalar(select(Invitation)) is None


def test_an_institution_is_added_once(run, session):
    assert run("institution", "add", "Øst Universitet").output == "øst-universitet  Øst Universitet\n"
    again = run("institution", "add", "Øst Universitet")
    assert again.exit_code == 1
    assert "--slug" in again.output
    assert run("institution", "add", "Øst Universitet", "--slug", "east").exit_code == 0
    assert run("institution", "list").output.count("\n") == 2
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["institution.made"] * 2


def test_a_platform_is_registered_by_hand_and_mended_by_doing_it_again(run, session):
    assert run("platform", "add", "University", *PLATFORM).exit_code == 0
    assert run("platform", "add", "university", *PLATFORM, "--product", "moodle").exit_code == 0
    found = session.scalars(select(Registration)).one()
    assert (found.product_family, len(found.deployments)) == ("moodle", 2)
    listed = run("platform", "list").output
    assert "https://moodle.example  c1  active" in listed
    assert "approved" in listed


def test_a_platform_of_another_institution_is_not_taken_over(run):
    run("platform", "add", "University", *PLATFORM)
    run("institution", "add", "Other")
    result = run("platform", "add", "other", *PLATFORM)
    assert result.exit_code == 1
    assert "another institution" in result.output


def test_a_platform_is_switched_off_and_on(run, session):
    world = World(session)
    session.commit()
    for state, wanted in (("off", RegistrationState.DISABLED), ("on", RegistrationState.ACTIVE)):
        assert run("platform", "switch", str(world.registration.id), state).exit_code == 0
        session.refresh(world.registration)
        assert world.registration.state is wanted
    assert run("platform", "switch", "4711", "on").exit_code == 1


def test_a_waiting_deployment_is_approved(run, session):
    world = World(session)
    waiting = deployment(session, world.registration, deployment_id="7", state=DeploymentApproval.PENDING)
    session.commit()
    assert run("deployment", "approve", str(waiting.id)).output == "deployment 7: approved\n"
    session.refresh(waiting)
    assert waiting.state is DeploymentApproval.APPROVED
    assert run("deployment", "approve", "4711").exit_code == 1


def test_a_deployment_of_a_shared_platform_is_given_to_the_institution_whose_it_is(run, session):
    world = World(session)
    waiting = deployment(session, world.registration, deployment_id="7", state=DeploymentApproval.PENDING)
    session.commit()
    run("institution", "add", "Lake School")
    assigned = run("deployment", "assign", str(waiting.id), "lake-school")
    assert assigned.output == "deployment 7: approved for lake-school\n"
    assert f"deployment {waiting.id}  7  approved  lake-school" in run("platform", "list").output
    assert "stays where it is" in run("deployment", "assign", str(world.deployment.id), "lake-school").output
    assert run("deployment", "assign", "4711", "lake-school").exit_code == 1


def test_who_asked_to_administer_is_confirmed_and_the_next_launch_seats_them(run, app, session):
    door = Door(app, session)
    asked = {"change": {ROLES: [ADMINISTRATOR], CUSTOM: MISSING}}
    assert door.walk(**asked).headers["Location"] == "/admin/waiting"
    number = str(session.scalars(select(Administrator.id)).one())
    assert "asks" in run("administrator", "list").output
    assert run("administrator", "confirm", number).output == "confirmed\n"
    assert door.walk(**asked).headers["Location"] == "/"
    assert door.open("/admin/platforms").status_code == 200
    assert run("administrator", "withdraw", number).output == "withdrawn\n"
    assert door.open("/admin/platforms").status_code == 401
    assert run("administrator", "confirm", "4711").exit_code == 1


def test_keys_are_listed_and_a_key_that_nobody_saw_yet_does_not_sign(run, session):
    assert run("keys", "list").output.count("\n") == 2
    result = run("keys", "rotate")
    assert result.exit_code == 1
    assert "less than a day ago" in result.output
    assert run("keys", "rotate", "--leaked").exit_code == 0
    assert len(session.scalars(select(ToolKey)).all()) == 2


def test_the_doctor_finds_a_good_installation_good(run, settings, monkeypatch):
    monkeypatch.setenv("LTI_MENTORING_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("LTI_MENTORING_DATABASE_URL", settings.database_url)
    result = run("doctor")
    assert result.exit_code == 0, result.output
    assert "signing keys: 2 published" in result.output
    assert "mails: do not leave" in result.output
    assert "PROBLEM" not in result.output


def test_the_doctor_says_when_others_may_read_the_field_keys_and_when_they_cannot_be_used(run, settings, monkeypatch):
    monkeypatch.setenv("LTI_MENTORING_DATA_DIR", str(settings.data_dir))
    settings.key_file.chmod(0o644)
    assert "PROBLEM  field keys: others may read" in run("doctor").output
    settings.key_file.write_text("k1 short")
    result = run("doctor")
    assert (result.exit_code, "field_keys, line 1" in result.output) == (1, True)


def test_production_wants_its_field_keys_named_and_there(run, tmp_path, monkeypatch):
    monkeypatch.setenv("LTI_MENTORING_PUBLIC_URL", "https://tool.example")
    monkeypatch.setenv("LTI_MENTORING_SECRET_KEY", "a secret only for tests, long enough to pass")
    monkeypatch.setenv("LTI_MENTORING_DATA_DIR", str(tmp_path / "data"))
    assert "LTI_MENTORING_FIELD_KEYS must name" in run("doctor").output
    monkeypatch.setenv("LTI_MENTORING_FIELD_KEYS", str(tmp_path / "keys"))
    assert "LTI_MENTORING_FIELD_KEYS must name" in run("doctor").output
    KeyFile(tmp_path / "keys").ensure()
    assert f"field keys: 1 in {tmp_path / 'keys'}" in run("doctor").output


def test_the_key_of_stored_fields_is_renewed_while_everything_runs(run, session, settings):
    World(session)
    session.commit()
    run("keys", "list")
    result = run("keys", "rotate-fields")
    last = settings.key_file.read_text().split()[-2]
    assert result.output == f"2 sealed anew with the key {last}\n"
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["field_key.added"]
    assert run("keys", "rotate-fields", "--added").output == f"0 sealed anew with the key {last}\n"
    assert run("keys", "list").exit_code == 0


def test_what_no_key_opens_is_said_and_left_alone(run, session, settings):
    run("keys", "list")
    lines = settings.key_file.read_text().splitlines()
    other = "k2 " + "B" * 43 + "="
    settings.key_file.write_text("\n".join([*lines[:2], other]))
    result = run("keys", "rotate-fields", "--added")
    assert result.exit_code == 1
    assert "2 could not be opened" in result.output


def test_a_key_file_that_cannot_be_written_is_filled_by_hand(run, settings):
    settings.key_file.unlink()
    settings.key_file.mkdir()
    result = run("keys", "rotate-fields")
    assert result.exit_code == 1
    assert "--added" in result.output


def test_the_doctor_names_what_is_wrong_and_ends_with_1(run, monkeypatch):
    monkeypatch.setenv("LTI_MENTORING_PUBLIC_URL", "http://tool.example")
    result = run("doctor")
    assert result.exit_code == 1
    assert "PROBLEM  settings" in result.output
    assert "https://" in result.output


def test_an_upload_limit_that_no_page_could_name_in_megabytes_is_none(run, monkeypatch):
    monkeypatch.setenv("LTI_MENTORING_UPLOAD_LIMIT", "500000")
    result = run("doctor")
    assert result.exit_code == 1
    assert "LTI_MENTORING_UPLOAD_LIMIT must be at least 1048576 bytes (1 MB)" in result.output


def test_mails_are_shown_on_one_machine_and_a_public_address_refuses_to_start_with_it(run, monkeypatch):
    monkeypatch.setenv("LTI_MENTORING_SHOW_MAILS", "1")
    assert run("doctor").exit_code == 0
    monkeypatch.setenv("LTI_MENTORING_PUBLIC_URL", "https://tool.example")
    monkeypatch.setenv("LTI_MENTORING_SECRET_KEY", "a secret only for tests, long enough to pass")
    result = run("doctor")
    assert result.exit_code == 1
    assert "PROBLEM  settings" in result.output
    assert "LTI_MENTORING_SHOW_MAILS" in result.output


def test_a_new_one_machine_installation_is_well_before_its_first_start(run, tmp_path, monkeypatch):
    monkeypatch.setenv("LTI_MENTORING_DATA_DIR", str(tmp_path / "new"))
    result = run("doctor")
    assert result.exit_code == 0
    assert "db upgrade" in result.output


def test_a_command_on_a_database_without_tables_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("LTI_MENTORING_DATA_DIR", str(tmp_path / "new"))
    monkeypatch.setattr(sys, "argv", ["lti-mentoring", "platform", "list"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1


def test_settings_that_cannot_be_used_are_said_without_a_trace(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LTI_MENTORING_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LTI_MENTORING_PUBLIC_URL", "http://tool.example")
    monkeypatch.setattr(sys, "argv", ["lti-mentoring", "platform", "list"])
    with pytest.raises(SystemExit):
        main()
    assert "must begin with https://" in capsys.readouterr().err


def test_the_server_and_the_worker_are_started_as_asked():
    assert serve_command("0.0.0.0", 80, 3, 4)[-1] == "lti_mentoring.wsgi:app"
    told = serve_command("0.0.0.0", 80, 3, 4)
    assert [told[told.index(name) + 1] for name in ("--host", "--port", "--workers")] == ["0.0.0.0", "80", "3"]
    assert "--beat" in work_command(2, "/data/beat")
    assert "--beat" not in work_command(2, None)


def link_of(result):
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("https://localhost/sign-in/link#")
    return result.stdout.strip().partition("#")[2]


def test_the_first_operator_and_administrator_get_a_one_time_link(run, session):
    first = link_of(run("account", "invite-operator", "Odile"))
    second = link_of(run("account", "invite-administrator", "Teaching Hospital", "Ada"))
    assert len(first) >= 43  # 256 bits in base64url
    kept = session.scalars(select(SignInLink.token_hash)).all()
    assert not {first, second} & set(kept)
    listed = run("account", "list").output
    assert "1  operator  -  Odile  waits" in listed
    assert "2  administrator  teaching-hospital  Ada  waits" in listed


@pytest.mark.parametrize("name", [" ", "x" * 121])
def test_an_account_has_a_name_that_fits(run, session, name):
    result = run("account", "invite-operator", name)
    assert (result.exit_code, "between one and 120" in result.output) == (1, True)
    assert session.scalars(select(Account)).all() == []


def test_an_account_is_kept_out_let_in_and_given_a_new_link(run):
    first = link_of(run("account", "invite-operator", "Odile"))
    assert link_of(run("account", "link", "1")) != first
    assert run("account", "switch", "1", "off").output == "Odile: off\n"
    assert "Odile  off" in run("account", "list").output
    refused = run("account", "link", "1")
    assert (refused.exit_code, "account switch 1 on" in refused.output) == (1, True)
    assert run("account", "switch", "1", "on").exit_code == 0
    unknown = run("account", "switch", "7", "on")
    assert (unknown.exit_code, "There is no account 7" in unknown.output) == (1, True)


def test_the_demonstration_says_how_to_come_in_without_the_lms_until_a_passkey_is_there(app, session):
    world, here = World(session), Demo(Path("unused"), 8000, 8080)
    assert way_in(session, here, AccountKind.MENTOR, now=utcnow()) == "http://localhost:8000/sign-in"
    outsider(session, world)
    for kind in AccountKind:
        links = {way_in(session, here, kind, now=utcnow()) for _time in range(2)}
        assert len(links) == 2
        assert all(one.startswith("http://localhost:8000/sign-in/link#") for one in links)
        account = session.scalars(select(Account).where(Account.kind == kind)).one()
        enrolled(session, account)
        assert way_in(session, here, kind, now=utcnow()) == "http://localhost:8000/sign-in"
