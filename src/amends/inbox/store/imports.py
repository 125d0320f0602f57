"""SQL of imports of customers: the file, how it is read, how far it is and what came of it; and mappings that have a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_one, fetch_values
from amends.inbox.rules.ids import AgentId, JobId
from amends.inbox.rules.import_mapping import Column, ImportMapping, from_json


@dataclass(frozen=True, kw_only=True, slots=True)
class Import:
    """A file of people: `spec` is the mapping in force; the counts are of the last look or of what was done."""

    id: int
    name: str
    kind: str
    digest: str
    encoding: str
    delimiter: str
    columns: list[dict[str, object]]
    notes: dict[str, int]
    total: int
    spec: dict[str, object]
    state: str
    made: int
    changed: int
    same: int
    refused: int
    kept: int
    job_id: JobId | None
    agent: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def mapping(self) -> ImportMapping:
        """How the file is read."""
        return from_json(self.spec)

    @property
    def shown_columns(self) -> list[Column]:
        """The columns as the rules take them."""
        return [
            Column(
                name=str(one["name"]), samples=_texts(one["samples"]), orders=_texts(one["orders"]), currency=str(one.get("currency", ""))
            )
            for one in self.columns
        ]

    @property
    def is_busy(self) -> bool:
        """Whether a worker is at it."""
        return self.state in {"looking", "running", "undoing"}


def _texts(given: object) -> list[str]:
    return [str(one) for one in given] if isinstance(given, list) else []


@dataclass(frozen=True, kw_only=True, slots=True)
class NewImport:
    """What a file that was read is kept as."""

    name: str
    kind: str
    digest: str
    encoding: str
    delimiter: str


def insert(conn: Connection, new: NewImport, *, agent_id: AgentId | None, now: datetime) -> int:
    """Store an import whose rows are about to come, and return its id."""
    return fetch_values(
        conn,
        """
        insert into imports (name, kind, digest, encoding, delimiter, columns, total, spec, state, agent_id, created_at)
        values (%(name)s, %(kind)s, %(digest)s, %(encoding)s, %(delimiter)s, '[]', 0, '{}', 'read', %(agent_id)s, %(now)s)
        returning id
        """,
        {
            "name": new.name,
            "kind": new.kind,
            "digest": new.digest,
            "encoding": new.encoding,
            "delimiter": new.delimiter,
            "agent_id": agent_id,
            "now": now,
        },
    )[0]


def save_columns(conn: Connection, import_id: int, *, columns: list[dict[str, object]], notes: Mapping[str, int], total: int) -> None:
    """Keep what the columns of a file are, what was passed over, and how many rows there are."""
    execute(
        conn,
        "update imports set columns = %(columns)s, notes = %(notes)s, total = %(total)s where id = %(id)s",
        {"id": import_id, "columns": Jsonb(columns), "notes": Jsonb(dict(notes)), "total": total},
    )


def save_spec(conn: Connection, import_id: int, mapping: ImportMapping) -> None:
    """Keep how the file is read."""
    execute(conn, "update imports set spec = %(spec)s where id = %(id)s", {"id": import_id, "spec": Jsonb(mapping.as_json())})


def find(conn: Connection, import_id: int, *, lock: bool = False) -> Import | None:
    """Return an import, with `lock` ours until the transaction ends, or None."""
    if lock:
        execute(conn, "select from imports where id = %(id)s for update", {"id": import_id})
    return fetch_maybe(
        conn,
        Import,
        """
        select i.id, i.name, i.kind, i.digest, i.encoding, i.delimiter, i.columns, i.notes, i.total, i.spec, i.state, i.made, i.changed,
          i.same, i.refused, i.kept, i.job_id, coalesce(a.name, '') as agent, i.created_at, i.finished_at
        from imports i left join agents a on a.id = i.agent_id where i.id = %(id)s
        """,
        {"id": import_id},
    )


def newest(conn: Connection, *, limit: int = 20) -> list[Import]:
    """Return the newest imports."""
    return fetch_all(
        conn,
        Import,
        """
        select i.id, i.name, i.kind, i.digest, i.encoding, i.delimiter, i.columns, i.notes, i.total, i.spec, i.state, i.made, i.changed,
          i.same, i.refused, i.kept, i.job_id, coalesce(a.name, '') as agent, i.created_at, i.finished_at
        from imports i left join agents a on a.id = i.agent_id order by i.id desc limit %(limit)s
        """,
        {"limit": limit},
    )


def let_disk_follow(conn: Connection) -> None:
    """Let the transaction end before the disk has it: a portion that a power cut takes along is done again, as its job says."""
    execute(conn, "set local synchronous_commit = off")


def set_state(conn: Connection, import_id: int, state: str, *, job_id: JobId | None = None, now: datetime | None = None) -> None:
    """Say how far an import is; with `now` that it is over."""
    execute(
        conn,
        """
        update imports set state = %(state)s, job_id = coalesce(%(job_id)s, job_id), finished_at = coalesce(%(now)s, finished_at)
        where id = %(id)s
        """,
        {"id": import_id, "state": state, "job_id": job_id, "now": now},
    )


def count(conn: Connection, import_id: int) -> None:
    """Count what came of the rows, or will."""
    execute(
        conn,
        """
        update imports i set made = n.made, changed = n.changed, same = n.same, refused = n.refused + b.n, kept = n.kept
        from (
          select count(*) filter (where outcome = 'made') as made, count(*) filter (where outcome = 'changed') as changed,
            count(*) filter (where outcome = 'same') as same, count(*) filter (where outcome = 'refused') as refused,
            count(*) filter (where undone = 'kept') as kept
          from import_records where import_id = %(id)s
        ) n, (select count(*) as n from import_rows where import_id = %(id)s and refused <> '') b
        where i.id = %(id)s
        """,
        {"id": import_id},
    )


def drop_records(conn: Connection, import_id: int) -> None:
    """Forget what the last look found, before the next."""
    execute(conn, "delete from import_records where import_id = %(id)s", {"id": import_id})


def clear_old(conn: Connection, *, before: datetime) -> int:
    """Forget the rows of imports from before `before`; they can no longer be taken back. Return how many imports that were."""
    return execute(
        conn,
        """
        with old as (
          update imports set state = 'cleared', columns = '[]', notes = '{}'
          where created_at < %(before)s and state in ('read', 'looked', 'done', 'undone') returning id
        ), dropped as (delete from import_records where import_id in (select id from old))
        delete from import_rows where import_id in (select id from old)
        """,
        {"before": before},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A mapping that has a name."""

    id: int
    name: str
    spec: dict[str, object]


def mappings(conn: Connection) -> list[Named]:
    """Return the mappings that have names, by name."""
    return fetch_all(conn, Named, "select id, name, spec from import_mappings order by lower(name), id")


def mapping_named(conn: Connection, name: str) -> Named | None:
    """Return the mapping of this name, or None."""
    return fetch_maybe(conn, Named, "select id, name, spec from import_mappings where lower(name) = lower(%(name)s)", {"name": name})


def save_mapping(conn: Connection, *, name: str, mapping: ImportMapping, agent_id: AgentId | None, now: datetime) -> int:
    """Keep a mapping under a name, in place of the one that had it."""
    return fetch_one(
        conn,
        Named,
        """
        insert into import_mappings (name, spec, agent_id, changed_at) values (%(name)s, %(spec)s, %(agent_id)s, %(now)s)
        on conflict (name) do update set spec = excluded.spec, agent_id = excluded.agent_id, changed_at = excluded.changed_at
        returning id, name, spec
        """,
        {"name": name, "spec": Jsonb(mapping.as_json()), "agent_id": agent_id, "now": now},
    ).id


@dataclass(frozen=True, kw_only=True, slots=True)
class _Owner:
    id: int
    email: str


def owners(conn: Connection) -> dict[str, int]:
    """Return who works here, by their address in lower case."""
    return {one.email: one.id for one in fetch_all(conn, _Owner, "select id, lower(email) as email from agents where active")}
