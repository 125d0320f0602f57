"""SQL of matchers: what was learnt from examples, and what is still to be learnt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, execute, fetch_all, fetch_values
from amends.inbox.rules.ids import AgentId

TOPIC, NOISE, SOURCE = "topic", "noise", "source"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredMatcher:
    """What was learnt for one name (a topic's id, a kind of noise, a source's id); shares are those of its own examples."""

    kind: str
    name: str
    encoder: str
    weights: bytes
    examples: int
    found_right: float
    found_of: float
    fitted_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Unlearnt:
    """Something whose examples changed since it was learnt."""

    kind: str
    name: str
    agent_id: AgentId | None
    why: str


def of_kind(conn: Connection, kind: str) -> list[StoredMatcher]:
    """Return all matchers of a kind, by name."""
    return fetch_all(
        conn,
        StoredMatcher,
        """
        select kind, name, encoder, weights, examples, found_right, found_of, fitted_at from matchers
        where kind = %(kind)s order by name
        """,
        {"kind": kind},
    )


def save(conn: Connection, learnt: Sequence[StoredMatcher]) -> None:
    """Store matchers in the place of those of the same name."""
    for one in learnt:
        execute(
            conn,
            """
            insert into matchers (kind, name, encoder, weights, examples, found_right, found_of, fitted_at)
            values (%(kind)s, %(name)s, %(encoder)s, %(weights)s, %(examples)s, %(right)s, %(of)s, %(at)s)
            on conflict (kind, name) do update set encoder = excluded.encoder, weights = excluded.weights, examples = excluded.examples,
              found_right = excluded.found_right, found_of = excluded.found_of, fitted_at = excluded.fitted_at
            """,
            {
                "kind": one.kind,
                "name": one.name,
                "encoder": one.encoder,
                "weights": one.weights,
                "examples": one.examples,
                "right": one.found_right,
                "of": one.found_of,
                "at": one.fitted_at,
            },
        )


def forget_others(conn: Connection, *, kind: str, names: Sequence[str]) -> None:
    """Drop the matchers of a kind whose names are not among `names`."""
    execute(conn, "delete from matchers where kind = %(kind)s and name <> all(%(names)s)", {"kind": kind, "names": list(names)})


def forget(conn: Connection, *, kind: str, name: str) -> None:
    """Drop one matcher."""
    execute(conn, "delete from matchers where kind = %(kind)s and name = %(name)s", {"kind": kind, "name": name})


def ask_for(conn: Connection, *, kind: str, name: str = "", why: str, agent_id: AgentId | None) -> None:
    """Keep that something is to be learnt anew."""
    execute(
        conn,
        """
        insert into unlearnt (kind, name, why, agent_id) values (%(kind)s, %(name)s, %(why)s, %(agent)s)
        on conflict (kind, name) do update set why = excluded.why, agent_id = excluded.agent_id
        """,
        {"kind": kind, "name": name, "why": why, "agent": agent_id},
    )


def ask_if_not(conn: Connection, *, kind: str, name: str = "", why: str) -> None:
    """Keep that something is to be learnt anew, unless that is known, with a better reason."""
    execute(
        conn,
        "insert into unlearnt (kind, name, why) values (%(kind)s, %(name)s, %(why)s) on conflict (kind, name) do nothing",
        {"kind": kind, "name": name, "why": why},
    )


def ask_for_sources(conn: Connection, *, why: str) -> None:
    """Keep that every source which has examples is to be learnt anew."""
    execute(
        conn,
        """
        insert into unlearnt (kind, name, why) select distinct 'source', source_id::text, %(why)s from relevance_examples
        on conflict (kind, name) do nothing
        """,
        {"why": why},
    )


def take_unlearnt(conn: Connection) -> list[Unlearnt]:
    """Take what is to be learnt off the list, and return it; a transaction that fails puts it back."""
    return fetch_all(
        conn,
        Unlearnt,
        """
        delete from unlearnt where (kind, name) in (select kind, name from unlearnt order by kind, name for update skip locked)
        returning kind, name, agent_id, why
        """,
    )


def is_unlearnt(conn: Connection, kind: str) -> bool:
    """Return whether something of a kind is still to be learnt anew."""
    return bool(fetch_values(conn, "select exists (select from unlearnt where kind = %(kind)s)", {"kind": kind})[0])
