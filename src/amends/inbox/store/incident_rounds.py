"""SQL of the rounds in which people are told that an incident is mended, and of the words they are told with."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, IncidentId, ReplyId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """A round: one for each time that the cause was gone. `paused` until somebody lets it run."""

    id: int
    incident_id: IncidentId
    fixed_at: datetime
    state: str
    per_minute: int
    agent: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many stand where: `told` are those whose answer is out, `underway` those handed over, `untold` those skipped or failed."""

    proposed: int = 0
    approved: int = 0
    underway: int = 0
    told: int = 0
    untold: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text:
    language: str
    text: str


def of_incident(conn: Connection, incident_id: int, *, fixed_at: datetime | None) -> Round | None:
    """Return the round of an incident that was fixed then, or None."""
    return fetch_maybe(
        conn,
        Round,
        """
        select r.id, r.incident_id, r.fixed_at, r.state, r.per_minute, g.name as agent, r.created_at
        from incident_rounds r join agents g on g.id = r.agent_id where r.incident_id = %(id)s and r.fixed_at = %(fixed)s
        """,
        {"id": incident_id, "fixed": fixed_at},
    )


def begin(conn: Connection, incident_id: IncidentId, *, fixed_at: datetime, per_minute: int, agent_id: AgentId, now: datetime) -> None:
    """Begin a round that waits to be let run, where there is none yet."""
    execute(
        conn,
        """
        insert into incident_rounds (incident_id, fixed_at, state, per_minute, agent_id, created_at)
        values (%(id)s, %(fixed)s, 'paused', %(pace)s, %(agent)s, %(now)s) on conflict do nothing
        """,
        {"id": incident_id, "fixed": fixed_at, "pace": per_minute, "agent": agent_id, "now": now},
    )


def set_state(conn: Connection, round_id: int, state: str) -> None:
    """Let a round run, pause it, or stop it."""
    execute(conn, "update incident_rounds set state = %(state)s where id = %(id)s", {"id": round_id, "state": state})


def set_pace(conn: Connection, round_id: int, per_minute: int) -> None:
    """Settle how many go out a minute on one source."""
    execute(conn, "update incident_rounds set per_minute = %(pace)s where id = %(id)s", {"id": round_id, "pace": per_minute})


def stop_of(conn: Connection, incident_id: IncidentId) -> None:
    """Stop what runs, since the incident goes on again."""
    execute(conn, "update incident_rounds set state = 'stopped' where incident_id = %(id)s and state <> 'stopped'", {"id": incident_id})


def hold(conn: Connection, *, reply_id: ReplyId) -> None:
    """Pause the round whose answer this reply is, where it is one."""
    execute(
        conn,
        """
        update incident_rounds set state = 'paused'
        where id = (select round_id from incident_answers where reply_id = %(reply)s) and state = 'running'
        """,
        {"reply": reply_id},
    )


def texts(conn: Connection, incident_id: int) -> dict[str, str]:
    """Return what people are told, by language, English first."""
    rows = fetch_all(
        conn,
        _Text,
        "select language, text from incident_texts where incident_id = %(id)s order by language <> 'en', language",
        {"id": incident_id},
    )
    return {one.language: one.text for one in rows}


def put_text(conn: Connection, incident_id: IncidentId, language: str, text: str) -> None:
    """Keep what is told in a language; an empty one is forgotten."""
    given = {"id": incident_id, "language": language, "text": text}
    if not text:
        execute(conn, "delete from incident_texts where incident_id = %(id)s and language = %(language)s", given)
        return
    execute(
        conn,
        """
        insert into incident_texts (incident_id, language, text) values (%(id)s, %(language)s, %(text)s)
        on conflict (incident_id, language) do update set text = excluded.text
        """,
        given,
    )


def languages(conn: Connection, scope: Scope, incident_id: int) -> dict[str, int]:
    """Return how many of its cases within the scope are in each language, in whatever letters it is written, the most first."""
    query: LiteralString = (
        """
        select jsonb_build_object('language', split_part(c.language, '-', 1), 'n', count(*))
        from incident_cases m join cases c on c.id = m.case_id
        where m.incident_id = %(id)s and m.left_at is null
        """
        + scopes.within(scope)
        + " group by split_part(c.language, '-', 1) order by count(*) desc, 1"
    )
    rows = fetch_values(conn, query, {"id": incident_id} | scopes.params(scope))
    return {one["language"]: one["n"] for one in rows}
