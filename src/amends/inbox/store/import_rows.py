"""SQL of the rows of an import as they stand in the file, and of what each of them says."""

from collections.abc import Iterable
from dataclasses import dataclass

from amends.core.database import Connection, copy_rows, fetch_all, fetch_values
from amends.inbox.rules.import_given import Given
from amends.inbox.rules.import_rows import first_name_of
from amends.inbox.store.import_said import CHANGES

SAID = (
    "name",
    "pronoun",
    "languages",
    "zone",
    "loyalty_number",
    "preferences",
    "concerns",
    "tags",
    "owner_id",
    "do_not_contact",
    "reference",
    "organisation",
    "role",
    "note",
    "attributes",
    "ways",
    "dates",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RawRow:
    """A row as it stands in the file; `refused` says why it could not even be read."""

    number: int
    line: int
    cells: list[str]
    refused: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """What a row says, or why it was refused."""

    number: int
    given: Given | None
    reason: str = ""


def copy_raw(conn: Connection, import_id: int, rows: Iterable[tuple[int, int, list[str], str]]) -> None:
    """Store rows as they come: number, line, cells, and why a row could not be read."""
    copy_rows(
        conn,
        "copy import_rows (import_id, number, line, cells, refused) from stdin (format binary)",
        ("int8", "int4", "int4", "text[]", "text"),
        ((import_id, *row) for row in rows),
    )


def raw(conn: Connection, import_id: int, *, after: int, limit: int) -> list[RawRow]:
    """Return the next rows."""
    return fetch_all(
        conn,
        RawRow,
        """
        select number, line, cells, refused from import_rows where import_id = %(id)s and number > %(after)s
        order by number limit %(limit)s
        """,
        {"id": import_id, "after": after, "limit": limit},
    )


def as_row(number: int, given: Given) -> dict[str, object]:
    """Return what a row says under the names of its columns; what it does not say is left out."""
    found: dict[str, object] = {"number": number, "called": first_name_of(given)}
    for column in SAID:
        value: object = getattr(given, column)
        if value is not None:
            found[column] = value
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What becomes of a row: `changes` by field (what it was, what it becomes), `cells` as they stand in the file."""

    number: int
    line: int
    outcome: str
    reason: str
    detail: str
    customer_id: int | None
    called: str
    changes: dict[str, object]
    cells: list[str]
    undone: str


def examples(conn: Connection, import_id: int, *, outcome: str, limit: int) -> list[Outcome]:
    """Return the first rows of which this becomes."""
    return fetch_all(
        conn,
        Outcome,
        """
        select r.number, f.line, r.outcome, r.reason, r.detail, r.customer_id, coalesce(c.name, r.called) as called, f.cells, r.undone,
        """
        + CHANGES
        + """
        from import_records r join import_rows f on f.import_id = r.import_id and f.number = r.number
        left join customers c on c.id = r.customer_id
        where r.import_id = %(id)s and r.outcome = %(outcome)s order by r.number limit %(limit)s
        """,
        {"id": import_id, "outcome": outcome, "limit": limit},
    )


def kept(conn: Connection, import_id: int, *, limit: int) -> list[Outcome]:
    """Return the first rows whose undoing left something as it is, with why."""
    return fetch_all(
        conn,
        Outcome,
        """
        select r.number, f.line, r.outcome, r.reason, r.detail, r.customer_id, coalesce(c.name, r.called) as called, f.cells, r.undone,
        """
        + CHANGES
        + """
        from import_records r join import_rows f on f.import_id = r.import_id and f.number = r.number
        left join customers c on c.id = r.customer_id
        where r.import_id = %(id)s and r.undone = 'kept' order by r.number limit %(limit)s
        """,
        {"id": import_id, "limit": limit},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedRow:
    """A row that was refused, as it stands in the file."""

    number: int
    line: int
    reason: str
    detail: str
    cells: list[str]


def refused(conn: Connection, import_id: int, *, after: int, limit: int) -> list[RefusedRow]:
    """Return the next refused rows, those that could not be read among them, in the order of the file."""
    return fetch_all(
        conn,
        RefusedRow,
        """
        select f.number, f.line, coalesce(nullif(f.refused, ''), r.reason) as reason, coalesce(r.detail, '') as detail, f.cells
        from import_rows f left join import_records r on r.import_id = f.import_id and r.number = f.number
        where f.import_id = %(id)s and f.number > %(after)s and (f.refused <> '' or r.outcome = 'refused')
        order by f.number limit %(limit)s
        """,
        {"id": import_id, "after": after, "limit": limit},
    )


def last_number(conn: Connection, import_id: int) -> int:
    """Return the number of the last row, 0 where there is none."""
    return fetch_values(conn, "select coalesce(max(number), 0) from import_rows where import_id = %(id)s", {"id": import_id})[0]
