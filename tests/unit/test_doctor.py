"""Doctor finds what is wrong, says how to mend it, and works where nothing else does."""

import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from amends.cli.checks import desk, machine, servers
from amends.cli.checks.finding import Findings, Level, Patient
from amends.cli.doctor import examine, findings_on
from amends.cli.running.cast import CAST, hire
from amends.core.clock import utc_now
from amends.core.database import Connection, execute
from amends.core.settings import DEMO_SECRET, Mode, read_settings
from amends.core.watching import Watch, WatchKind
from amends.inbox.actions.channels import add_channel
from amends.inbox.actions.sources import add_source
from amends.inbox.store import heartbeats
from amends.triage.loading import SHIPPED
from tests.translator import translating

KEY = "a key for this test alone"
NOWHERE = "127.0.0.1:1"


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(
        data=tmp_path,
        settings=read_settings(_env_file=None, secret_key=KEY),
        settings_wrong="",
        mode=Mode.PRODUCTION,
        secret_key=KEY,
        address=None,
        database_url=None,
        broker_url=None,
    )


def said(findings: Findings, level: Level) -> list[str]:
    return [finding.what for finding in findings if finding.level is level]


def watched(
    conn: Connection, *, network: str = "x", kind: WatchKind = WatchKind.MENTIONS, credentials: dict[str, str] | None = None
) -> None:
    add_source(
        conn,
        brand="Veloria Air",
        network=network,
        handle="VeloriaAir",
        credentials={"bearer_token": "t"} if credentials is None else credentials,
        options={"base_url": f"http://{NOWHERE}/x"},
        watches=[Watch(kind=kind)],
        secret_key=KEY,
        now=utc_now(),
    )


def test_a_broken_installation_gets_an_answer_to_every_question(patient: Patient) -> None:
    broken = replace(
        patient,
        data=patient.data / "not" / "there",
        settings=None,
        settings_wrong="AMENDS_PORT: not a number",
        address=f"http://{NOWHERE}",
        database_url=f"postgresql://{NOWHERE}/none",
        broker_url=f"redis://{NOWHERE}/0",
    )
    wrong = said(findings_on(broken, only=None), Level.FAIL)
    assert any("AMENDS_PORT" in what for what in wrong)
    assert any("the screens" in what for what in wrong)
    assert any("the database does not answer" in what for what in wrong)
    assert any("the broker does not answer" in what for what in wrong)


def test_a_check_that_breaks_is_a_finding_too() -> None:
    def breaks() -> Findings:
        raise ZeroDivisionError

    assert said(examine("some_check", breaks), Level.FAIL) == ["some check: ZeroDivisionError"]


def test_every_trouble_comes_with_its_cure(patient: Patient) -> None:
    assert [finding for finding in findings_on(patient, only=None) if finding.level is not Level.OK and not finding.mend] == []


def test_the_demo_secret_is_no_secret_in_production(patient: Patient) -> None:
    (patient.data / "postgres" / "cluster").mkdir(parents=True)
    bare = replace(patient, settings=read_settings(_env_file=None, secret_key=DEMO_SECRET))
    assert "AMENDS_SECRET_KEY is not set" in said(machine.secret(bare), Level.FAIL)[0]
    assert said(machine.secret(replace(bare, mode=Mode.DEMO)), Level.FAIL) == []
    assert said(machine.secret(patient), Level.OK) == ["AMENDS_SECRET_KEY is set"]


def test_the_model_that_the_settings_name_is_the_one_that_is_looked_at(patient: Patient, tmp_path: Path) -> None:
    def named(model: str) -> Patient:
        return replace(patient, settings=read_settings(_env_file=None, secret_key=KEY, triage_model=model))

    (tmp_path / "card.json").write_bytes((SHIPPED / "card.json").read_bytes())
    [absent] = said(machine.model(named(str(tmp_path))), Level.FAIL)
    assert f"{tmp_path}/" in absent
    assert "cannot be read" in absent
    [nowhere] = said(machine.model(named("./nowhere")), Level.FAIL)
    assert nowhere.startswith("There is no folder ./nowhere")
    assert said(machine.model(named("org/name")), Level.OK) == ["triage model org/name, which is one of transformers"]


def test_the_translator_that_the_settings_name_is_asked_for_a_word(patient: Patient, tmp_path: Path) -> None:
    def named(url: str = "", model: str = "") -> Patient:
        return replace(patient, settings=read_settings(_env_file=None, secret_key=KEY, translator_url=url, translator_model=model))

    assert list(machine.translator(patient)) == []
    with translating() as told:
        assert said(machine.translator(named(told.url)), Level.OK) == ["posts and drafts are translated by libretranslate"]
        told.status, told.body = 403, b'{"error": "Visit the portal to get an API key"}'
        assert "to get an API key" in said(machine.translator(named(told.url)), Level.FAIL)[0]
    assert "is no web address" in said(machine.translator(named("localhost:5000")), Level.FAIL)[0]
    assert said(machine.translator(named(model=str(tmp_path / "none"))), Level.FAIL)[0].startswith("nothing is translated: ")


def test_the_shipped_model_is_whole(patient: Patient) -> None:
    assert said(machine.model(patient), Level.FAIL) == []


def test_a_migrated_database_is_well(patient: Patient, database: str) -> None:
    found = list(servers.database(replace(patient, database_url=database))) + list(
        servers.migrations(replace(patient, database_url=database))
    )
    assert {finding.level for finding in found} == {Level.OK}


@pytest.mark.parametrize(("seconds", "level"), [(0.5, Level.OK), (-10, Level.WARN), (10, Level.WARN), (-60, Level.FAIL), (60, Level.FAIL)])
def test_a_clock_that_is_off_is_seen(seconds: float, level: Level) -> None:
    assert servers.skew("the database", seconds).level is level


def test_nothing_watched_and_nobody_told_is_pointed_out(patient: Patient, conn: Connection) -> None:
    assert said(desk.sources(patient, conn), Level.WARN) == ["nothing is watched"]
    assert len(said(desk.alert_channels(patient, conn), Level.WARN)) == 1


def test_a_source_without_credentials_is_named(patient: Patient, conn: Connection) -> None:
    watched(conn, credentials={})
    assert said(desk.sources(patient, conn), Level.FAIL) == ["x VeloriaAir has no credentials"]


@pytest.mark.parametrize(("network", "kind"), [("form", WatchKind.CALLS), ("app_store", WatchKind.REVIEWS)])
def test_a_network_that_needs_no_credentials_misses_none(patient: Patient, conn: Connection, network: str, kind: WatchKind) -> None:
    watched(conn, network=network, kind=kind, credentials={})
    assert said(desk.sources(patient, conn), Level.OK) == [f"{network} VeloriaAir is watched"]


def test_a_source_that_only_holds_imported_posts_needs_no_account(patient: Patient, conn: Connection) -> None:
    place = {"brand": "Imported", "network": "import", "handle": "import", "credentials": {}, "options": {}, "watches": ()}
    add_source(conn, **place, secret_key=KEY, now=utc_now())  # pyright: ignore[reportArgumentType]
    watched(conn)

    assert said(desk.sources(patient, conn), Level.FAIL) == []
    assert said(desk.source_clocks(patient, conn), Level.FAIL) == []


def test_credentials_sealed_with_another_key_are_named(patient: Patient, conn: Connection) -> None:
    watched(conn)
    assert "do not open with this AMENDS_SECRET_KEY" in said(desk.sources(replace(patient, secret_key="x" * 20), conn), Level.FAIL)[0]


def test_a_stopped_source_says_why(patient: Patient, conn: Connection) -> None:
    watched(conn)
    execute(conn, "update watches set state = 'stopped', state_note = 'enter new credentials'")
    assert said(desk.sources(patient, conn), Level.FAIL) == ["x VeloriaAir has stopped: enter new credentials"]


def test_a_source_that_is_well_is_well_though_its_network_is_out_of_reach(patient: Patient, conn: Connection) -> None:
    watched(conn)
    assert said(desk.sources(patient, conn), Level.OK) == ["x VeloriaAir is watched"]
    assert list(desk.source_clocks(patient, conn)) == []


def test_a_receiver_that_is_away_is_seen(patient: Patient, conn: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as receiver:
        add_channel(conn, target=f"webhook+http://127.0.0.1:{receiver.getsockname()[1]}/hook", secret_key=KEY, label="There")
        assert said(desk.alert_channels(patient, conn), Level.WARN) == []
    assert "nobody listens" in said(desk.alert_channels(patient, conn), Level.WARN)[0]


def test_a_condition_that_asks_for_me_is_pointed_out(patient: Patient, conn: Connection) -> None:
    assert said(desk.conditions(patient, conn), Level.WARN) == []
    execute(conn, "update surge_rules set condition = 'team:mine' where id = (select min(id) from surge_rules)")
    [found] = said(desk.conditions(patient, conn), Level.WARN)
    assert ("the rule of alarms" in found, "team:mine" in found) == (True, True)


def test_an_audit_log_that_could_be_changed_is_told(patient: Patient, conn: Connection) -> None:
    assert said(desk.audited(patient, conn), Level.FAIL) == []
    for deed in ("disable trigger audit_log_kept", "enable trigger audit_log_kept"):
        execute(conn, f"alter table audit_log {deed}")  # pyright: ignore[reportArgumentType]
        assert "switched its trigger off" in said(desk.audited(patient, conn), Level.FAIL)[0]


def test_an_installation_that_nobody_may_enter_says_so(patient: Patient, conn: Connection) -> None:
    assert said(desk.people(patient, conn), Level.WARN) == ["nobody may sign in"]
    hire(conn, now=utc_now())
    assert said(desk.people(patient, conn), Level.OK) == [f"{len(CAST)} may sign in"]


def test_a_worker_that_fell_silent_is_seen(patient: Patient, conn: Connection) -> None:
    assert len(said(desk.worker(patient, conn), Level.FAIL)) == 2
    heartbeats.beat(conn, "collect", now=utc_now())
    heartbeats.beat(conn, "desk", now=utc_now() - timedelta(minutes=5))
    heartbeats.beat(conn, "triage", trouble="the model is damaged", now=utc_now())
    silent, trouble = said(desk.worker(patient, conn), Level.FAIL)
    assert silent.startswith("the worker's lane desk has been silent for 3")
    assert trouble == "triage: the model is damaged"


def test_work_that_waits_for_long_is_seen(patient: Patient, conn: Connection) -> None:
    assert said(desk.backlog(patient, conn), Level.OK) == ["nothing waits for long"]
    execute(conn, "insert into events (kind, at) values ('case_opened', now() - interval '10 minutes')")
    assert said(desk.backlog(patient, conn), Level.WARN)[0].startswith("events wait for the relay, the first for 60")
