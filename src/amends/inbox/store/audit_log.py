"""SQL of the audit log: the origin of a transaction, additions, and pages by keyset. Nothing here changes what stands in it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_values
from amends.inbox.rules.auditing import Origin, Sought
from amends.inbox.store import audit_names

_CONDITIONS: Mapping[str, LiteralString] = {
    "agent_id": " and agent_id = %(agent_id)s",
    "noun": " and kind like %(noun_prefix)s",
    "since": " and at >= %(since)s",
    "until": " and at <= %(until)s",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditRow:
    """One entry: `before` and `after` name what was changed; `who` is empty where Amends did it by itself.

    `names` has, by field and id, what the ids in them are called today.
    """

    id: int
    at: datetime
    kind: str
    about: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    agent_id: int | None
    who: str
    via: str
    address: str
    browser: str
    names: audit_names.Names = field(default_factory=dict[str, dict[str, str]])


def stamp(conn: Connection, origin: Origin, *, now: datetime) -> None:
    """Let everything that the audit log hears of in this transaction be of this origin and moment."""
    said = json.dumps(asdict(origin) | {"at": now.isoformat()})
    execute(conn, "select set_config('amends.origin', %(said)s, true)", {"said": said})


def add(conn: Connection, *, kind: str, about: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
    """Write an entry; its origin is the transaction's."""
    execute(
        conn,
        "select write_audit(%(kind)s, %(about)s, %(before)s, %(after)s)",
        {"kind": kind, "about": about, "before": Jsonb(before) if before else None, "after": Jsonb(after) if after else None},
    )


def page(conn: Connection, sought: Sought, *, below: int | None = None, limit: int) -> list[AuditRow]:
    """Return at most `limit` entries, the newest first, with ids below `below`."""
    where: LiteralString = "where true" if below is None else "where id < %(below)s"
    patterns = [_pattern(word) for word in sought.words.lower().split()]
    params: dict[str, Any] = asdict(sought) | {"below": below, "limit": limit, "patterns": patterns}
    params |= {"noun_prefix": _pattern(sought.noun or "").removeprefix("%")}
    for name, condition in _CONDITIONS.items():
        if params[name] is not None:
            where += condition
    if patterns:
        where += " and words like %(longest)s and words like all(%(patterns)s)"
        params["longest"] = max(patterns, key=len)
    rows = fetch_all(
        conn,
        AuditRow,
        "select id, at, kind, about, before, after, agent_id, who, via, address, browser from audit_log "
        + where
        + " order by id desc limit %(limit)s",
        params,
    )
    called = audit_names.of(conn, [told for row in rows for told in (row.before, row.after)])
    return [replace(row, names=_names(row, called)) for row in rows]


def _names(row: AuditRow, called: Mapping[tuple[str, int], str]) -> audit_names.Names:
    names: audit_names.Names = {}
    for told in (row.before, row.after):
        for one in audit_names.ids_in(told):
            if one in called:
                names.setdefault(one[0], {})[str(one[1])] = called[one]
    return names


def _pattern(word: str) -> str:
    return "%" + word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def is_kept(conn: Connection) -> bool:
    """Tell whether PostgreSQL refuses to change what stands in the log: the owner of the table could tell it not to."""
    return fetch_values(
        conn,
        """
        select exists (
          select from pg_trigger
          where tgrelid = 'audit_log'::regclass and tgname = 'audit_log_kept' and tgenabled = 'A'
        )
        """,
    )[0]


def newest_id(conn: Connection) -> int:
    """Return the id of the newest entry, 0 where there is none."""
    return fetch_values(conn, "select coalesce(max(id), 0) from audit_log")[0]
