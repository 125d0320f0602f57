"""SQL of macros: ready words, one's own or the team's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, MacroId, TopicId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMacro:
    """A macro as it is written; with `take` the agent gets the case, with `give_topic_id` the case a topic, with `resolve` it ends."""

    name: str
    text: str
    shared: bool = False
    languages: Sequence[str] = ()
    networks: Sequence[str] = ()
    topic_ids: Sequence[TopicId] = ()
    least_urgency: int = 0
    take: bool = False
    give_topic_id: TopicId | None = None
    resolve: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Macro(NewMacro):
    """A macro as it stands."""

    id: MacroId
    agent_id: AgentId
    agent: str
    uses: int
    used_at: datetime | None
    changed_at: datetime


def visible(conn: Connection, *, agent_id: AgentId, text: str = "", limit: int = 500) -> list[Macro]:
    """Return an agent's own macros and the shared ones whose name or text has `text`, the most used first."""
    return fetch_all(
        conn,
        Macro,
        """
        select m.id, m.name, m.text, m.shared, m.languages, m.networks, m.topic_ids, m.least_urgency, m.take, m.give_topic_id, m.resolve,
               m.agent_id, g.name as agent, m.uses, m.used_at, m.changed_at
        from macros m join agents g on g.id = m.agent_id
        where m.deleted_at is null and (m.shared or m.agent_id = %(agent_id)s)
          and (%(text)s = '' or strpos(lower(m.name || ' ' || m.text), lower(%(text)s)) > 0)
        order by m.uses desc, lower(m.name), m.id limit %(limit)s
        """,
        {"agent_id": agent_id, "text": text, "limit": limit},
    )


def shared(conn: Connection) -> list[Macro]:
    """Return the macros that the team shares, by their name."""
    return fetch_all(
        conn,
        Macro,
        """
        select m.id, m.name, m.text, m.shared, m.languages, m.networks, m.topic_ids, m.least_urgency, m.take, m.give_topic_id, m.resolve,
               m.agent_id, g.name as agent, m.uses, m.used_at, m.changed_at
        from macros m join agents g on g.id = m.agent_id where m.deleted_at is null and m.shared order by lower(m.name), m.id
        """,
    )


def lock(conn: Connection, macro_id: MacroId, *, deleted: bool = False) -> Macro | None:
    """Return the macro, locked until the transaction ends, or None."""
    return fetch_maybe(
        conn,
        Macro,
        """
        select m.id, m.name, m.text, m.shared, m.languages, m.networks, m.topic_ids, m.least_urgency, m.take, m.give_topic_id, m.resolve,
               m.agent_id, g.name as agent, m.uses, m.used_at, m.changed_at
        from macros m join agents g on g.id = m.agent_id
        where m.id = %(id)s and (m.deleted_at is not null) = %(deleted)s for update of m
        """,
        {"id": macro_id, "deleted": deleted},
    )


def insert(conn: Connection, new: NewMacro, *, agent_id: AgentId, now: datetime) -> MacroId:
    """Store a macro and return its id."""
    values = fetch_values(
        conn,
        """
        insert into macros (name, text, agent_id, shared, languages, networks, topic_ids, least_urgency, take, give_topic_id, resolve,
          changed_at)
        values (%(name)s, %(text)s, %(agent_id)s, %(shared)s, %(languages)s, %(networks)s, %(topic_ids)s, %(least_urgency)s, %(take)s,
          %(give_topic_id)s, %(resolve)s, %(now)s) returning id
        """,
        _values(new) | {"agent_id": agent_id, "now": now},
    )
    return MacroId(values[0])


def change(conn: Connection, macro_id: MacroId, new: NewMacro, *, now: datetime) -> None:
    """Write a macro anew."""
    execute(
        conn,
        """
        update macros set name = %(name)s, text = %(text)s, shared = %(shared)s, languages = %(languages)s, networks = %(networks)s,
          topic_ids = %(topic_ids)s, least_urgency = %(least_urgency)s, take = %(take)s, give_topic_id = %(give_topic_id)s,
          resolve = %(resolve)s, changed_at = %(now)s
        where id = %(id)s
        """,
        _values(new) | {"id": macro_id, "now": now},
    )


def _values(new: NewMacro) -> dict[str, object]:
    return {
        "name": new.name,
        "text": new.text,
        "shared": new.shared,
        "languages": list(new.languages),
        "networks": list(new.networks),
        "topic_ids": list(new.topic_ids),
        "least_urgency": new.least_urgency,
        "take": new.take,
        "give_topic_id": new.give_topic_id,
        "resolve": new.resolve,
    }


def set_deleted(conn: Connection, macro_id: MacroId, *, at: datetime | None) -> None:
    """Put a macro away, or back."""
    execute(conn, "update macros set deleted_at = %(at)s where id = %(id)s", {"id": macro_id, "at": at})


def count_use(conn: Connection, macro_id: MacroId, *, now: datetime) -> None:
    """Keep that somebody used a macro."""
    execute(conn, "update macros set uses = uses + 1, used_at = %(now)s where id = %(id)s", {"id": macro_id, "now": now})


def newest_case(conn: Connection, scope: Scope) -> int | None:
    """Return the newest open case within the scope, in which a macro is tried, or None."""
    query: LiteralString = "select c.id from cases c where c.status = 'open'" + scopes.within(scope)
    found = fetch_values(conn, query + " order by c.last_post_at desc, c.id desc limit 1", scopes.params(scope))
    return found[0] if found else None
