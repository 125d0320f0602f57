"""The audit log: every administrative change with who, what, before, after, from where; searched, exported, never edited."""

import csv
import json
from io import StringIO
from typing import Any

import psycopg
import pytest

from amends.api.audit_fields import FIELDS, called
from amends.api.audit_words import NOUNS, changes
from amends.core.database import Connection, Jsonb, execute, fetch_values
from amends.core.translating import gettext, speaking
from amends.inbox.actions import audit
from amends.inbox.actions.agents import add_agent, change_password
from amends.inbox.rules.auditing import AuditKind, AuditNoun, Origin
from amends.inbox.rules.words import Role
from amends.inbox.store.audit_log import AuditRow
from tests.cast import NOON
from tests.door import Door, as_fragment

SECRET = "s3cret-of-the-network"


def entries(door: Door, **asked: Any) -> list[dict[str, Any]]:
    """Return the log as an auditor's program reads it, the newest first."""
    answer = door.program(door.who.otto).get("/api/v1/audit", params=asked | {"limit": 500})
    assert answer.status_code == 200, answer.text
    return answer.json()["entries"]


def newest(door: Door, kind: str) -> dict[str, Any]:
    return next(one for one in entries(door) if one["kind"] == kind)


def test_a_change_of_a_source_tells_who_what_and_from_where(door: Door) -> None:
    ann = door.visitor(door.who.ann)
    ann.headers["User-Agent"] = "Firefox of Ann"
    with as_fragment(ann, "shown"):
        assert ann.post(f"/sources/{door.who.source_id}/pause").status_code == 200
    found = newest(door, "source_changed")
    assert found["about"] == "x · lankaair"
    assert (found["who"], found["agent_id"], found["via"]) == ("Ann", door.who.ann, "session")
    assert (found["address"], found["browser"]) == ("testclient", "Firefox of Ann")
    assert found["before"] == {"paused_at": None}
    assert found["after"]["paused_at"].startswith("2026-03-02T12:00")
    assert found["at"].startswith("2026-03-02T12:00")
    assert "2 Mar 2026, 12:00 UTC</ins>" in ann.get("/settings/audit").text


def test_new_credentials_are_told_without_them(door: Door) -> None:
    ann = door.visitor(door.who.ann)
    form = {"network": "x", "credential_bearer_token": SECRET, "credential_token": SECRET, "credential_consumer_key": SECRET}
    with as_fragment(ann, "shown"):
        ann.post(f"/sources/{door.who.source_id}/credentials", data=form)
    with door.pool.transaction() as conn:
        conn.execute("update sources set credentials = %s where id = %s", [SECRET.encode(), door.who.source_id])
    found = newest(door, "source_changed")
    assert (found["before"], found["after"]) == ({"credentials": "(hidden)"}, {"credentials": "(hidden, new)"})
    everything = json.dumps(entries(door))
    assert SECRET not in everything
    assert SECRET.encode().hex() not in everything


def test_a_program_is_named_by_its_token_and_a_budget_by_what_it_was(door: Door) -> None:
    program = door.program(door.who.ann)
    at = f"/api/v1/sources/{door.who.source_id}/budget"
    assert program.put(at, json={"unit": "reads", "a_day": 40}).status_code == 200
    assert program.put(at, json={"unit": "reads", "a_day": 50}).status_code == 200
    found = newest(door, "budget_changed")
    assert (found["about"], found["via"]) == ("x lankaair", "token test")
    assert (found["before"], found["after"]) == ({"a_day": 40}, {"a_day": 50})
    assert newest(door, "budget_added")["after"]["a_day"] == 40


def test_topics_weights_shapes_and_tokens_are_in_it(door: Door) -> None:
    mia = door.program(door.who.mia)
    topic = mia.post("/api/v1/topics", json={"name": "Seats"}).json()["topic"]["id"]
    mia.post(f"/api/v1/topics/{topic}/name", json={"name": "Seats on board"})
    mia.post(f"/api/v1/topics/{topic}/examples", json={"text": "My seat was broken"})
    browser = door.visitor(door.who.mia)
    browser.post("/settings/personal", data={"shapes": "AB-####"})
    browser.post("/settings/tokens", data={"name": "Night", "carries": "read"})
    assert newest(door, "topic_changed")["before"] == {"name": "Seats"}
    assert newest(door, "topic_sentence_added")["after"] == {"fits": True, "text": "My seat was broken"}
    assert newest(door, "order_shapes_added")["after"] == {"shapes": ["AB-####"]}
    made = newest(door, "token_added")
    assert made["about"] in {"Night · Mia", "test · Otto"}
    assert "token_hash" not in json.dumps(entries(door))


def test_teams_and_roles_are_in_it(door: Door) -> None:
    with door.pool.transaction() as conn:
        audit.stamp(conn, Origin(agent_id=door.who.ann, who="Ann", via="session", address="192.0.2.7"), now=NOON)
        team_id = fetch_values(conn, "insert into teams (name, created_at) values ('North', now()) returning id")[0]
        conn.execute("insert into team_members values (%s, %s)", [team_id, door.who.ada])
        conn.execute("insert into team_sources values (%s, %s)", [team_id, door.who.source_id])
        conn.execute("update agents set role = 'lead' where id = %s", [door.who.ada])
    assert newest(door, "team_member_added")["about"] == "North · Ada"
    assert newest(door, "team_source_added")["about"] == "North · x lankaair"
    found = newest(door, "agent_changed")
    assert (found["about"], found["before"], found["after"]) == ("Ada", {"role": "agent"}, {"role": "lead"})
    assert found["address"] == "192.0.2.7"


def test_sign_ins_are_in_it_and_so_are_those_that_failed(door: Door) -> None:
    with door.pool.transaction() as conn:
        new = add_agent(conn, email="new@amends.example", name="New", role=Role.AGENT, password="a long password", now=NOON)
        change_password(conn, agent_id=new, password="a longer password", now=NOON, tokens_too=False)
    stranger = door.stranger()
    stranger.get("/login")
    form = {"email": "new@amends.example", "csrf_token": stranger.cookies["amends_login"]}
    assert stranger.post("/login", data=form | {"password": "wrong"}).status_code == 401
    assert stranger.post("/login", data=form | {"password": "a longer password"}).status_code == 303
    failed, came = newest(door, "sign_in_failed"), newest(door, "signed_in")
    assert (failed["about"], failed["who"], failed["address"]) == ("new@amends.example", "", "testclient")
    assert (came["who"], came["agent_id"]) == ("New", new)
    assert newest(door, "password_changed")["about"] == "New"
    assert "longer password" not in json.dumps(entries(door))


@pytest.mark.parametrize(
    "rewriting",
    ["update audit_log set who = 'Nobody'", "delete from audit_log", "truncate audit_log", "delete from audit_log where false"],
)
def test_nobody_rewrites_it_not_even_its_owner(door: Door, rewriting: str) -> None:
    with door.pool.transaction() as conn:
        audit.record(conn, AuditKind.SIGNED_OUT)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only added to"), door.pool.transaction() as conn:
        conn.execute(rewriting.encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege), door.pool.transaction() as conn:
        conn.execute(b"set local session_replication_role = replica; " + rewriting.encode())


def test_it_is_searched_by_person_kind_time_and_words(door: Door) -> None:
    with door.pool.transaction() as conn:
        for who, address in (("Ann", "192.0.2.1"), ("Mia", "192.0.2.2")):
            agent_id = door.who.ann if who == "Ann" else door.who.mia
            audit.stamp(conn, Origin(agent_id=agent_id, who=who, address=address), now=NOON)
            audit.record(conn, AuditKind.SIGNED_IN)
            audit.record(conn, AuditKind.PASSWORD_CHANGED, about="100%_sure")
    assert {one["who"] for one in entries(door, person=door.who.mia)} == {"Mia"}
    assert {one["kind"] for one in entries(door, about="sign")} == {"signed_in"}
    assert {one["who"] for one in entries(door, q="192.0.2.1 SIGNED")} == {"Ann"}
    assert len(entries(door, q="%_")) == 2
    assert entries(door, q="192.0.2.1 192.0.2.2") == []
    assert entries(door, since="2026-03-03", person=door.who.ann) == []
    assert len(entries(door, since="2026-03-02", until="2026-03-02", person=door.who.ann)) == 2
    asks = door.program(door.who.otto)
    assert asks.get("/api/v1/audit", params={"about": "weather"}).status_code == 422
    assert asks.get("/api/v1/audit", params={"since": "soon"}).status_code == 422


def test_its_pages_follow_each_other(door: Door) -> None:
    with door.pool.transaction() as conn:
        for number in range(7):
            audit.record(conn, AuditKind.SIGNED_OUT, about=f"n{number}")
    otto = door.program(door.who.otto)
    told, before = [], None
    while True:
        page = otto.get("/api/v1/audit", params={"limit": 3, "about": "sign"} | ({"before": before} if before else {})).json()
        told += [one["about"] for one in page["entries"]]
        before = page["next"]
        if before is None:
            break
    assert told == [f"n{number}" for number in reversed(range(7))]


def test_it_leaves_as_csv_that_no_spreadsheet_runs_and_as_json_lines(door: Door) -> None:
    with door.pool.transaction() as conn:
        audit.record(conn, AuditKind.SIGN_IN_FAILED, about='=HYPERLINK("http://bad.example","x")')
        audit.record(conn, AuditKind.SIGN_IN_FAILED, about='two\nlines, "quoted"')
    otto = door.visitor(door.who.otto)
    answer = otto.get("/settings/audit/export.csv", params={"about": "sign"})
    assert 'filename="audit-log.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [row["about"] for row in rows] == ['two\nlines, "quoted"', '\'=HYPERLINK("http://bad.example","x")']
    lines = otto.get("/settings/audit/export.jsonl", params={"about": "sign", "since": "", "until": ""}).text.splitlines()
    assert json.loads(lines[0])["about"] == 'two\nlines, "quoted"'
    exported = newest(door, "audit_log_exported")
    assert (exported["who"], exported["about"]) == ("Otto", "jsonl about=sign")
    assert otto.get("/settings/audit/export.exe").status_code == 422


def test_the_page_shows_what_was_and_what_is_and_older_ones_on_demand(door: Door) -> None:
    with door.pool.transaction() as conn:
        for number in range(60):
            audit.record(conn, AuditKind.PASSWORD_CHANGED, about=f"<b>{number}</b>", before={"role": "agent"}, after={"role": "lead"})
        for name in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):  # what anybody may call their token
            audit.record(conn, AuditKind.PASSWORD_CHANGED, about="a name like a moment outside of time", after={"name": name})
    otto = door.visitor(door.who.otto)
    page = otto.get("/settings/audit?person=&about=&since=&until=&q=").text
    assert "&lt;b&gt;59&lt;/b&gt;" in page
    assert '<del dir="auto">Agent</del>' in page
    assert "0001-01-01T00:00:00+14:00" in page
    assert "&lt;b&gt;5&lt;/b&gt;" not in page
    with as_fragment(otto, "audit-more"):
        below = page.split("below=")[1].split('"')[0]
        assert "&lt;b&gt;5&lt;/b&gt;" in otto.get(f"/settings/audit?below={below}").text
    assert "Nothing fits" in otto.get("/settings/audit?q=zebra").text


def test_what_a_rule_does_and_when_a_team_works_is_told_in_words(door: Door) -> None:
    mia, otto = door.visitor(door.who.mia), door.visitor(door.who.otto)
    rule = {"name": "Lost bags", "trigger": "opened", "deed": ["note", "press"], "text": ["Known.", ""], "points": ["", "10"]}
    assert mia.post("/settings/rules", data=rule | {"reason": ["", "vip"]}).is_success
    mia.post("/settings/teams", data={"name": "South"})
    assert mia.post("/settings/teams/1", data={"name": "North", "gives": "nobody", "zone": "UTC", "day": ["9-17", *[""] * 6]}).is_success
    with door.pool.transaction() as conn:
        audit.record(conn, AuditKind.PASSWORD_CHANGED, about="of another version", after={"deeds": [{"deed": "shred"}], "quiet": [[1]]})
        steps = [{"deed": "assignee", "minutes": 0}, {"deed": "lead", "minutes": 60}]
        audit.record(conn, AuditKind.PASSWORD_CHANGED, about="of a policy", after={"steps": steps})
    page = otto.get("/settings/audit").text
    assert "note “Known.”; raise the urgency by 10: vip" in page
    assert "Monday 09:00-17:00" in page
    assert "at once tell whose case it is; after 1h tell the leads of the team" in page
    assert "[[1]]" in page


def test_the_address_follows_the_search_so_that_a_link_shows_the_same(door: Door) -> None:
    ann = door.visitor(door.who.ann)
    listed = ann.get("/settings/audit?q=bag&about=team", headers={"HX-Request": "true"}).text
    assert 'data-address="/settings/audit?about=team&amp;q=bag"' in listed
    assert 'data-address="/settings/audit"' in ann.get("/settings/audit").text


def test_every_noun_and_every_field_that_it_tells_of_is_called_something(conn: Connection) -> None:
    told = fetch_values(
        conn,
        """
        select distinct field from pg_trigger, string_to_array(encode(tgargs, 'escape'), '\\000') given,
          unnest(string_to_array(given[3] || ',' || given[4], ',')) field
        where tgfoid = 'audit_row'::regproc and field <> ''
        """,
    )
    assert set(NOUNS) == set(AuditNoun)
    assert [name for name in told if name not in FIELDS] == []
    assert (called("brand_id"), called("of_another_version")) == ("Brand", "of another version")


def test_codes_are_told_as_their_own_screens_call_them_in_the_readers_language() -> None:
    told = {
        ("agent_changed", "role", "lead"): "Team lead",
        ("incident_changed", "status", "mending"): "Being mended",
        ("incident_changed", "severity", "critical"): "Critical",
        ("incident_round_changed", "state", "paused"): "on hold",
        ("customer_import_changed", "state", "undoing"): "taken back",
        ("rule_added", "trigger", "unanswered"): "the customer has waited for our answer for this many hours",
        ("macro_changed", "languages", ("ta", "si")): "Tamil; Sinhala",
        ("watch_added", "kind", "quotes"): "Who quotes us",
        ("retention_added", "kind", "notes"): "Notes on closed cases, and on customers",
        ("attribute_added", "kind", "yes_no"): "Yes or no",
        ("channel_added", "kind", "notes"): "notes",
        ("team_changed", "name", "lead"): "lead",
        ("agent_changed", "role", "of another version"): "of another version",
    }
    for (kind, field, value), words in told.items():
        assert after(kind, field, value) == words
    with speaking("ta"):
        assert after("agent_changed", "role", "lead") == gettext("Team lead") != "Team lead"
        assert after("team_changed", "name", "lead") == "lead"


def test_ids_have_their_names_beside_them_on_screen_in_the_files_and_over_rest(door: Door) -> None:
    who, ann = door.who, door.visitor(door.who.ann)
    with door.pool.transaction() as conn:
        [team_id] = fetch_values(conn, "insert into teams (name, created_at) values ('Night', now()) returning id")
        execute(conn, "insert into team_members values (%(team)s, %(agent)s)", {"team": team_id, "agent": who.ada})
        execute(
            conn,
            """
            insert into rotas (name, zone, turn, minute, begins_on, layers, created_at)
            values ('Duty', 'UTC', 'day', 540, '2026-03-01', %(layers)s, now())
            """,
            {"layers": Jsonb([[who.ada, who.bo], [999]])},
        )
    page = ann.get("/settings/audit").text
    assert f'<ins dir="auto">Night ({team_id})</ins>' in page
    assert f'<ins dir="auto">Ada ({who.ada}), Bo ({who.bo}); 999</ins>' in page
    lines = [json.loads(line) for line in ann.get("/settings/audit/export.jsonl").text.splitlines()]
    assert {"team_id": {str(team_id): "Night"}, "agent_id": {str(who.ada): "Ada"}} in [line["names"] for line in lines]
    assert "Night" in ann.get("/settings/audit/export.csv?about=team").text.partition('""agent_id"": {')[2]
    told = door.program(who.ann).get("/api/v1/audit").json()["entries"]
    assert [one["names"] for one in told if one["kind"] == "rota_added"] == [{"layers": {str(who.ada): "Ada", str(who.bo): "Bo"}}]


def after(kind: str, field: str, value: object) -> str:
    """Return what an entry says that a field is now."""
    value = list(value) if isinstance(value, tuple) else value
    nobody: dict[str, Any] = {"id": 1, "at": NOON, "about": "", "before": None, "agent_id": None}
    nobody |= {"who": "", "via": "", "address": "", "browser": ""}
    [one] = changes(AuditRow(kind=kind, after={field: value}, **nobody))
    return one.after
