"""Takes a file of people in: read once, looked over without doing anything (a dry run), run, and taken back as a whole.

Place in the path: page or command -> `take_in` -> rows of the file -> `look_over` and `run` as jobs, a portion a transaction
(`job_kinds/import_look`, `import_run`, `import_undo`) -> customers, history, feed.
"""

import hashlib
from collections import Counter
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from amends.core.database import Connection
from amends.core.errors import Conflict, NotFound, Refused
from amends.core.rows.records import Record, Refusal
from amends.core.rows.table import Table, table_of
from amends.core.translating import _
from amends.inbox.actions import jobs
from amends.inbox.rules.customer_record import Attribute, line
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, JobId
from amends.inbox.rules.import_cells import currency_of
from amends.inbox.rules.import_dates import Order, is_none, possible
from amends.inbox.rules.import_fields import guess, is_known
from amends.inbox.rules.import_mapping import Column, ImportMapping, check, fitted, from_json, guessed, is_day
from amends.inbox.store import attributes, events, import_rows, imports
from amends.inbox.store.events import Event
from amends.inbox.store.imports import Import, NewImport

SAMPLES = 4
LONGEST_SAMPLE = 80
LONGEST_DAY = 40
LOOKED_AT = 200
LEAST_DAYS = 0.5
PIECE = 1 << 20
STATES_TO_LOOK = frozenset({"read", "looked"})


@dataclass(slots=True)
class _Seen:
    """What was seen of a column so far: `orders` are those in which all of it are days, `currencies` those of its amounts.

    Days are looked for where the column is called so (`is_day`), or most of its first cells are days; amounts where those are figures.
    """

    is_day: bool
    samples: list[str] = field(default_factory=list[str])
    orders: frozenset[Order] = frozenset(Order)
    holds_days: bool = False
    holds_figures: bool = False
    currencies: Counter[str] = field(default_factory=Counter[str])

    def look_at(self, cells: Iterable[str]) -> None:
        """See the first cells: some to be shown, and whether they are days or figures."""
        filled = [cell for cell in cells if cell and not is_none(cell)]
        self.samples = list(dict.fromkeys(cell[:LONGEST_SAMPLE] for cell in filled))[:SAMPLES]
        days = sum(bool(possible(cell[:LONGEST_DAY])) for cell in filled)
        self.holds_days = days > 0 and days >= len(filled) * LEAST_DAYS
        figures = sum(_is_figure(cell) or bool(currency_of(cell[:LONGEST_DAY])) for cell in filled)
        self.holds_figures = figures >= len(filled) * LEAST_DAYS

    @property
    def is_watched(self) -> bool:
        """Whether every cell of the column is to be looked at."""
        return self.is_day or self.holds_days or self.holds_figures

    def narrow(self, cell: str) -> None:
        """Keep only the orders in which this cell is a day too; a cell that is none in any is refused as a row later."""
        if self.holds_figures and not _is_figure(cell) and (currency := currency_of(cell[:LONGEST_DAY])):
            self.currencies[currency] += 1
        if (self.is_day or self.holds_days) and (found := possible(cell[:LONGEST_DAY])):
            self.orders &= found
            self.holds_days = True

    @property
    def currency(self) -> str:
        """The currency of most amounts, of the first where as many are in another; empty where none is named."""
        return next((name for name, _times in self.currencies.most_common(1)), "")


def _is_figure(cell: str) -> bool:
    """Tell, at little cost, whether a cell begins and ends with a digit."""
    return cell[-1].isdigit() and cell.lstrip("+-")[:1].isdigit()


def take_in(conn: Connection, path: Path, *, name: str, encoding: str = "", agent_id: AgentId | None, now: datetime) -> Import:
    """Read a file and keep its rows, with a first guess of what its columns mean. `Refused` where it holds no people at all."""
    with table_of(path, is_name=is_known, encoding=encoding) as table:
        new = NewImport(
            name=line(name, 200) or path.name,
            kind=table.kind,
            digest=_digest(path),
            encoding=table.encoding,
            delimiter=table.delimiter,
        )
        import_id = imports.insert(conn, new, agent_id=agent_id, now=now)
        known = known_attributes(conn)
        means = guess(table.columns, attributes={one.key: one.name for one in known})
        seen = [_Seen(is_day=is_day(means[column], known)) for column in table.columns]
        import_rows.copy_raw(conn, import_id, _watched(table, seen))
        total = import_rows.last_number(conn, import_id)
        if not total:
            raise Refused(_("There is nobody in this file: it has a header and no rows."))
        told = [_as_kept(column, one) for column, one in zip(table.columns, seen, strict=True)]
        imports.save_columns(conn, import_id, columns=told, notes=table.notes, total=total)
    one = found(conn, import_id)
    imports.save_spec(conn, import_id, guessed(one.shown_columns, known))
    return found(conn, import_id)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            digest.update(piece)
    return digest.hexdigest()[:32]


def _watched(table: Table, seen: list[_Seen]) -> Generator[tuple[int, int, list[str], str]]:
    """Yield the rows as they are kept, and see what the columns hold: of days every one is looked at."""
    rows = enumerate(table.rows, start=1)
    first = list(islice(rows, LOOKED_AT))
    for place, one in enumerate(seen):
        one.look_at(row.cells[place].strip() for _number, row in first if isinstance(row, Record))
    watched = [(place, one) for place, one in enumerate(seen) if one.is_watched]
    for number, row in chain(first, rows):
        yield _kept(number, row, watched)


def _kept(number: int, row: Record | Refusal, watched: list[tuple[int, _Seen]]) -> tuple[int, int, list[str], str]:
    if isinstance(row, Refusal):
        cells = [cell.replace("\0", "").encode("utf-8", "replace").decode() for cell in row.cells]
        return number, row.line, cells, row.reason
    for place, one in watched:
        if text := row.cells[place].strip():
            one.narrow(text)
    return number, row.line, row.cells, ""


def _as_kept(name: str, one: _Seen) -> dict[str, object]:
    return {"name": name, "samples": one.samples, "orders": sorted(one.orders) if one.holds_days else [], "currency": one.currency}


def found(conn: Connection, import_id: int, *, lock: bool = False) -> Import:
    """Return an import; `NotFound` where there is none."""
    one = imports.find(conn, import_id, lock=lock)
    if one is None:
        raise NotFound(_("There is no such import."))
    return one


def known_attributes(conn: Connection) -> list[Attribute]:
    """Return the administrator's fields that a file may fill; sensitive ones are sealed one by one, and entered by hand."""
    return [row.as_rule for row in attributes.every(conn) if not row.sensitive]


def fit(conn: Connection, one: Import, name: str) -> ImportMapping:
    """Return the mapping that has this name, fitted to the file; `NotFound`."""
    kept = imports.mapping_named(conn, name)
    if kept is None:
        raise NotFound(_("There is no mapping called “%(name)s”.") % {"name": name})
    return fitted(from_json(kept.spec), one.shown_columns, known_attributes(conn))


def name_mapping(conn: Connection, mapping: ImportMapping, *, name: str, agent_id: AgentId | None, now: datetime) -> None:
    """Keep a mapping under a name, for the next file of the same kind."""
    called = line(name, 80)
    if not called:
        raise Refused(_("Give the mapping a name."))
    imports.save_mapping(conn, name=called, mapping=mapping, agent_id=agent_id, now=now)


def look_over(conn: Connection, import_id: int, mapping: ImportMapping, *, agent_id: AgentId | None, now: datetime) -> JobId:
    """Begin a dry run by this mapping; nothing is changed by it."""
    one = found(conn, import_id, lock=True)
    if one.state not in STATES_TO_LOOK:
        raise Conflict(_("This import is under way or over; it cannot be looked over again."))
    columns: list[Column] = one.shown_columns
    imports.save_spec(conn, import_id, check(mapping, columns, known_attributes(conn)))
    imports.drop_records(conn, import_id)
    return _start(conn, one, "import_look", "looking", agent_id=agent_id, now=now)


def run(conn: Connection, import_id: int, *, agent_id: AgentId | None, now: datetime) -> JobId:
    """Begin to do what the dry run found; whoever was changed meanwhile is matched anew."""
    one = found(conn, import_id, lock=True)
    if one.state != "looked":
        raise Conflict(_("Look the file over first, then import it."))
    return _start(conn, one, "import_run", "running", agent_id=agent_id, now=now)


def undo(conn: Connection, import_id: int, *, agent_id: AgentId | None, now: datetime) -> JobId:
    """Begin to take an import back."""
    one = found(conn, import_id, lock=True)
    if one.state != "done":
        raise Conflict(_("Only an import that is done can be taken back; its rows are kept for 30 days."))
    return _start(conn, one, "import_undo", "undoing", agent_id=agent_id, now=now)


def _start(conn: Connection, one: Import, kind: str, state: str, *, agent_id: AgentId | None, now: datetime) -> JobId:
    job_id = jobs.start(conn, kind=kind, why=one.name, facts={"import": one.id}, agent_id=agent_id, now=now)
    imports.set_state(conn, one.id, state, job_id=job_id)
    return job_id


def conclude(conn: Connection, one: Import, state: str, *, agent_id: AgentId | None, now: datetime) -> None:
    """Say that a part of the way is over, count, and tell of it."""
    imports.count(conn, one.id)
    imports.set_state(conn, one.id, state, now=now if state != "looked" else None)
    kind = {"done": EventKind.CUSTOMERS_IMPORTED, "undone": EventKind.IMPORT_TAKEN_BACK}.get(state)
    if kind:
        after = found(conn, one.id)
        facts = {"import_id": one.id, "made": after.made, "changed": after.changed, "refused": after.refused, "kept": after.kept}
        events.add_all(conn, [Event(kind=kind, agent_id=agent_id, facts=facts)], now=now)
