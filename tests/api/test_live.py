"""The stream of news, over a real connection: what changed arrives by itself, once, and nothing is missed in between."""

import json
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from amends.api.app import create_app
from amends.api.auth import SESSION_COOKIE
from amends.api.bulletins import Audience, Teller
from amends.api.live import BACKLOG, ENDS, MOST_CASES, Screen
from amends.api.screen import Screens
from amends.core.database import Connection, execute, fetch_values
from amends.inbox.actions import people
from amends.inbox.actions.alarms import acknowledge
from amends.inbox.actions.assign import assign, assign_team
from amends.inbox.actions.note import add_note
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, TeamId
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.words import Role
from amends.inbox.store import events, inbox_list, places, presence, sessions, teams
from amends.inbox.store.alarms import end_of_done_cases
from tests.cast import NOON
from tests.crew import a_team
from tests.door import Door
from tests.serving import serving

Message = dict[str, Any]


@pytest.fixture
def address(door: Door) -> Generator[str]:
    with serving(door.app) as found:
        yield found


@contextmanager
def stream(
    door: Door, address: str, *, after: int | None = None, last_event_id: str = "", who: AgentId | None = None, only: str = "news again"
) -> Generator[Iterator[Message]]:
    """Open the stream as Ada's browser does (or that of `who`), and yield its messages of the kinds in `only` as they come."""
    cookie = door.visitor(who or door.who.ada).cookies[SESSION_COOKIE]
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
    with httpx.Client(base_url=address, cookies={SESSION_COOKIE: cookie}, timeout=30) as client:
        known = newest(door) if after is None else after
        with client.stream("GET", "/stream", params={"after": known}, headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.iter_lines()
            assert next(lines).startswith("retry: ")  # the screen is among those that hear, and what it missed was looked up
            yield (message for message in messages(lines) if message["event"] in only)


def messages(lines: Iterator[str]) -> Iterator[Message]:
    fields: Message = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield fields | {"data": json.loads(fields["data"])}
            fields = {}


def newest(door: Door) -> int:
    with door.pool.transaction() as conn:
        return inbox_list.last_event(conn)


def note(door: Door, case_id: int, text: str = "news") -> None:
    with door.pool.transaction() as conn:
        add_note(conn, case_id=case_id, agent_id=door.who.bo, text=text, now=NOON)  # pyright: ignore[reportArgumentType]


def test_a_change_arrives_with_its_row_and_the_counters(door: Door, address: str) -> None:
    with stream(door, address) as heard:
        with door.pool.transaction() as conn:
            assign(conn, case_id=door.who.plain, assignee_id=door.who.ada, agent_id=door.who.bo, now=NOON)
        message = next(heard)
    assert message["event"] == "news"
    assert int(message["id"]) == newest(door)
    assert message["data"]["counts"][f"mine:{door.who.ada}"] == 2
    assert list(message["data"]["rows"]) == [str(door.who.plain)]
    assert 'title="With Ada"' in message["data"]["rows"][str(door.who.plain)]


def test_a_screen_that_was_away_gets_what_it_missed_first(door: Door, address: str) -> None:
    known = newest(door)
    note(door, door.who.talked)
    with stream(door, address, after=known) as heard:
        assert str(door.who.talked) in next(heard)["data"]["rows"]


def test_the_browsers_own_memory_of_the_last_event_wins(door: Door, address: str) -> None:
    known = str(newest(door))
    note(door, door.who.talked)
    with stream(door, address, after=0, last_event_id=known) as heard:
        assert int(next(heard)["id"]) == newest(door)


def test_a_screen_that_claims_to_know_what_is_still_to_come_hears_all_the_same(door: Door, address: str) -> None:
    with stream(door, address, after=int("9" * 30)) as heard:
        note(door, door.who.talked)
        assert str(door.who.talked) in next(heard)["data"]["rows"]


def test_a_screen_that_missed_too_much_is_told_to_look_again(door: Door, address: str) -> None:
    with door.pool.transaction() as conn:
        for case_id in range(1, MOST_CASES + 5):
            events.add(conn, EventKind.CASE_READ, now=NOON, case_id=case_id)  # pyright: ignore[reportArgumentType]
    with stream(door, address, after=0) as heard:
        assert next(heard)["event"] == "again"


def test_screens_look_again_after_the_database_was_away(door: Door, address: str) -> None:
    with stream(door, address) as heard:
        with door.pool.transaction() as conn:
            conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and datname = current_database()"
            )
        note(door, door.who.plain)
        assert next(heard)["event"] == "again"
        note(door, door.who.plain)
        assert next(heard)["event"] == "news"


def test_a_wave_is_told_as_few_bulletins(door: Door, address: str) -> None:
    with stream(door, address) as heard:
        for place in range(20):
            note(door, door.who.plain, f"note {place}")
        last = newest(door)
        told = 0
        for message in heard:
            told += 1
            if int(message["id"]) >= last:
                break
    assert told < 20


def test_every_open_screen_hears_the_same(door: Door, address: str) -> None:
    with stream(door, address) as one, stream(door, address) as other:
        note(door, door.who.plain)
        assert next(one)["data"] == next(other)["data"]


def test_a_screen_hears_nothing_of_cases_out_of_its_scope(door: Door, address: str) -> None:
    with door.pool.transaction() as conn:
        conn.execute("insert into teams (name, created_at) values ('South', now())")
        conn.execute("update cases set team_id = (select id from teams) where id = %s", [door.who.talked])
    known = newest(door)
    note(door, door.who.talked)
    with stream(door, address, after=known - 1) as heard:
        missed = next(heard)["data"]
        assert missed["rows"].keys() == missed["events"].keys()
        assert str(door.who.talked) not in missed["rows"]
        note(door, door.who.talked)
        news = next(heard)["data"]
        assert news["rows"] == news["events"] == {}
        assert news["counts"]["status:open"] == 8


def test_what_the_stream_shows_is_escaped_like_a_page(door: Door, address: str) -> None:
    with door.pool.transaction() as conn:
        conn.execute("update cases set preview = '<script>bad</script>' where id = %s", [door.who.plain])
    with stream(door, address) as heard:
        note(door, door.who.plain)
        assert "&lt;script&gt;bad" in next(heard)["data"]["rows"][str(door.who.plain)]


def test_a_case_of_another_team_is_told_by_its_number_alone(door: Door, address: str) -> None:
    with door.pool.transaction() as conn:
        team_id = a_team(conn, "Night", members=[door.who.bo])
    with stream(door, address) as ada, stream(door, address, who=door.who.bo) as bo, stream(door, address, who=door.who.mia) as mia:
        with door.pool.transaction() as conn:
            assign_team(conn, case_id=door.who.plain, team_id=team_id, agent_id=door.who.ada, now=NOON)
        told = next(ada)["data"]
        assert (told["rows"], told["events"], told["gone"]) == ({}, {}, [door.who.plain])
        for heard in (bo, mia):
            assert list(next(heard)["data"]["rows"]) == [str(door.who.plain)]


def test_who_is_at_a_case_is_told_as_it_changes_and_ends_by_itself(door: Door, address: str) -> None:
    bo, case = door.visitor(door.who.bo), str(door.who.plain)

    def say(doing: str) -> None:
        assert bo.post(f"/inbox/{case}/presence", data={"doing": doing}).status_code == 204

    say("viewing")
    with stream(door, address, only="presence") as heard:

        def until(*texts: str) -> bool:
            return any([one["text"] for one in told["data"]["cases"].get(case, ())] == list(texts) for told in heard)

        first = next(heard)["data"]
        assert (first["whole"], [one["text"] for one in first["cases"][case]]) == (True, ["Bo is looking at this"])
        say("reply")
        assert until("Bo is typing a reply")
        say("gone")
        assert until()
        say("note")
        assert until("Bo is typing a note")
        door.now += timedelta(seconds=16)
        assert until()
    with door.pool.transaction() as conn:
        assert fetch_values(conn, "select count(*) from presence") == [0]


def test_presence_is_spoken_in_the_language_of_each_screen_and_kept_from_other_teams(door: Door) -> None:
    teller = Teller(pool=door.pool, screens=Screens(lambda: door.now), clock=lambda: door.now)
    with door.pool.transaction() as conn:
        team_id = a_team(conn, "Night", members=[door.who.bo])
        assign_team(conn, case_id=door.who.plain, team_id=team_id, agent_id=door.who.ada, now=NOON)
        presence.be(conn, case_id=door.who.plain, agent_id=door.who.bo, doing="reply", now=door.now)
    own, other = Audience(language="ta", scope=Scope(teams=(team_id,))), Audience(scope=Scope(teams=()))
    told = teller.presence([door.who.plain], [own, other])
    assert "Bo" in told[own]
    assert "Bo" not in told[other]


def test_signs_of_life_are_written_once_in_five_seconds_at_most(door: Door) -> None:
    with door.pool.transaction() as conn:

        def be(doing: str, seconds: int) -> list[datetime]:
            now = door.now + timedelta(seconds=seconds)
            presence.be(conn, case_id=door.who.plain, agent_id=door.who.ada, doing=doing, now=now)
            return fetch_values(conn, "select seen_at from presence")

        assert be("viewing", 0) == be("viewing", 4) == [door.now]
        assert be("viewing", 5) == [door.now + timedelta(seconds=5)]
        assert be("reply", 6) == [door.now + timedelta(seconds=6)]


def test_whoever_has_a_case_open_lets_its_posts_be_looked_at(door: Door) -> None:
    later = door.now + timedelta(days=1)
    with door.pool.transaction() as conn:
        execute(conn, 'update sources set options = options || \'{"price_per_read": "0"}\'')
        execute(conn, "update cases set looks = 9, look_at = %(later)s", {"later": later - timedelta(hours=2)})
    door.visitor(door.who.bo).post(f"/inbox/{door.who.plain}/presence", data={"doing": "viewing"})
    with door.pool.transaction() as conn:
        planned = fetch_values(conn, "select look_at from cases where id = %(id)s", {"id": door.who.plain})
    assert planned == [door.now]


def test_a_word_for_one_agent_reaches_only_their_screens(door: Door, address: str) -> None:
    with stream(door, address, only="notice news") as ada, stream(door, address, who=door.who.bo, only="notice news") as bo:
        with door.pool.transaction() as conn:
            places.notice(conn, agent_id=door.who.bo, facts={"text": "Ada asks you <b>"})
        note(door, door.who.plain)
        assert next(bo)["data"] == {"text": "Ada asks you <b>"}
        assert [next(ada)["event"], next(bo)["event"]] == ["news", "news"]


def test_a_screen_that_reads_nothing_is_told_to_look_again_once_and_then_let_go() -> None:
    screen = Screen()
    said = [screen.say(f"news {n}", n) for n in range(3 * BACKLOG)]
    assert said.index(False) == 2 * BACKLOG
    assert screen.queue.get_nowait() == ENDS


def test_a_server_that_comes_back_lets_its_screens_catch_up(door: Door) -> None:
    with serving(door.app) as address, stream(door, address) as heard:
        note(door, door.who.plain)
        known = next(heard)["id"]
    note(door, door.who.talked)
    again = create_app(door.settings, door.pool, clock=lambda: door.now)
    with serving(again) as address, stream(door, address, after=0, last_event_id=known) as heard:
        assert str(door.who.talked) in next(heard)["data"]["rows"]


def test_a_stranger_hears_nothing(address: str) -> None:
    assert httpx.get(f"{address}/stream").status_code == 401


LOSSES: dict[str, Callable[[Connection, Door, TeamId], object]] = {
    "signed out": lambda conn, door, _: sessions.end_all(conn, agent_id=door.who.ada),
    "deactivated": lambda conn, door, _: people.deactivate(conn, agent_id=door.who.ada, by=door.who.ann, now=NOON),
    "another role": lambda conn, door, _: people.change_role(conn, agent_id=door.who.ada, role=Role.AUDITOR, by=door.who.ann, now=NOON),
    "another team": lambda conn, door, _: people.change_teams(conn, agent_id=door.who.ada, team_ids=[], by=door.who.ann, now=NOON),
    "no source": lambda conn, _, team: execute(conn, "delete from team_sources where team_id = %(team)s", {"team": team}),
    "no team": lambda conn, _, team: teams.set_archived(conn, team_id=team, at=NOON),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_who_is_out_or_sees_less_hears_nothing_more_on_a_stream_that_is_open(loss: str, door: Door, address: str) -> None:
    with door.pool.transaction() as conn:
        team = a_team(conn, "Day", members=[door.who.ada], sources=[door.who.source_id])
    with stream(door, address) as ada, stream(door, address, who=door.who.bo) as bo:
        with door.pool.transaction() as conn:
            LOSSES[loss](conn, door, team)
        assert [one["event"] for one in ada] == ["again"]
        note(door, door.who.plain)
        assert next(bo)["event"] == "news"


def test_a_server_with_open_screens_stops_at_once(door: Door) -> None:
    with serving(door.app) as address, stream(door, address):
        began = time.monotonic()
    assert time.monotonic() - began < 30


def test_screens_hear_that_an_alarm_changed_and_only_then(door: Door, address: str) -> None:
    with door.pool.transaction() as conn:
        [alert_id] = fetch_values(conn, "select max(id) from alerts")
    with stream(door, address, only="alarms") as heard:
        with door.pool.transaction() as conn:
            assert end_of_done_cases(conn, now=NOON) == 0
            acknowledge(conn, alert_id, agent_id=door.who.bo, now=NOON)
        assert next(heard)["data"] == {}
