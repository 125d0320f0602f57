"""SQL of the history of a customer's fields: one row a change, only ever added to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.customer_record import Origin
from amends.inbox.rules.ids import AgentId, AuthorId, CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class NewChange:
    """One field that changed; the values are of JSON's kinds, None where there was or is none."""

    field: str
    was: object
    became: object


@dataclass(frozen=True, kw_only=True, slots=True)
class Change(NewChange):
    """A change as it is kept: by whom, when and from which source."""

    id: int
    customer_id: CustomerId
    origin: str
    origin_note: str
    program: str
    agent_id: AgentId | None
    agent: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Who changes something and from where; `note` names the file, the program or the rule.

    Of a merge and its undoing `note` names the other record, and `program` the program.
    """

    by: AgentId | None
    origin: Origin = Origin.AGENT
    note: str = ""
    program: str = ""

    @property
    def token(self) -> str:
        """The program it came from, empty where it came from none."""
        return self.note if self.origin is Origin.PROGRAM else self.program

    @property
    def facts(self) -> dict[str, object]:
        """Return the source as the parameters of a statement that writes history."""
        return {"origin": self.origin, "note": self.note, "agent_id": self.by, "program": self.program}


def add(conn: Connection, customer_id: CustomerId, changes: Sequence[NewChange], *, source: Source, now: datetime) -> list[int]:
    """Write changes of a customer in one statement, and return their ids in the same order."""
    if not changes:
        return []
    return fetch_values(
        conn,
        """
        insert into customer_changes (customer_id, field, was, became, origin, origin_note, program, agent_id, at)
        select %(customer_id)s, r.field, r.was, r.became, %(origin)s, %(note)s, %(program)s, %(agent_id)s, %(now)s
        from jsonb_to_recordset(%(rows)s) as r(place int, field text, was jsonb, became jsonb) order by r.place
        returning id
        """,
        {
            "customer_id": customer_id,
            "now": now,
            "rows": Jsonb([{"place": n, "field": c.field, "was": c.was, "became": c.became} for n, c in enumerate(changes)]),
        }
        | source.facts,
    )


def add_handles(
    conn: Connection, authors: Sequence[AuthorId], *, was: CustomerId, became: CustomerId, source: Source, now: datetime
) -> None:
    """Write into the history of both customers that these handles were one's and are the other's now."""
    execute(
        conn,
        """
        insert into customer_changes (customer_id, field, was, became, origin, origin_note, program, agent_id, at)
        select w.customer_id, 'handles', case when w.customer_id = %(from)s then t.told end,
          case when w.customer_id = %(to)s then t.told end, %(origin)s, %(note)s, %(program)s, %(agent_id)s, %(now)s
        from unnest(%(authors)s::bigint[]) with ordinality one(id, place) join authors a using (id)
        cross join lateral (select jsonb_build_object('id', a.id, 'network', a.network, 'value', a.handle) as told) t
        cross join unnest(array[%(from)s, %(to)s]::bigint[]) w(customer_id)
        order by one.place
        """,
        {"authors": list(authors), "from": was, "to": became, "now": now} | source.facts,
    )


def find(conn: Connection, change_id: int) -> Change | None:
    """Return a change, or None."""
    return fetch_maybe(
        conn,
        Change,
        """
        select c.id, c.customer_id, c.field, c.was, c.became, c.origin, c.origin_note, c.program, c.agent_id, g.name as agent, c.at
        from customer_changes c left join agents g on g.id = c.agent_id where c.id = %(id)s
        """,
        {"id": change_id},
    )


def of_field(conn: Connection, customer_id: CustomerId, field: str, *, limit: int = 50) -> list[Change]:
    """Return the newest changes of one field of a customer; of every field where `field` is empty."""
    return fetch_all(
        conn,
        Change,
        """
        select c.id, c.customer_id, c.field, c.was, c.became, c.origin, c.origin_note, c.program, c.agent_id, g.name as agent, c.at
        from customer_changes c left join agents g on g.id = c.agent_id
        where c.customer_id = %(customer_id)s and (%(field)s = '' or c.field = %(field)s) order by c.at desc, c.id desc limit %(limit)s
        """,
        {"customer_id": customer_id, "field": field, "limit": limit},
    )


def is_later(conn: Connection, change: Change) -> bool:
    """Tell whether the same field was changed again since."""
    return bool(
        fetch_values(
            conn,
            "select exists (select from customer_changes where customer_id = %(customer_id)s and field = %(field)s and id > %(id)s)",
            {"customer_id": change.customer_id, "field": change.field, "id": change.id},
        )[0]
    )


def is_taken_back(conn: Connection, change: Change) -> bool:
    """Tell whether what the change did to something that belongs to the customer was undone since, under whatever number it came back."""
    return bool(
        fetch_values(
            conn,
            """
            select exists (
              select from customer_changes c join customer_changes l on l.customer_id = c.customer_id and l.field = c.field and l.id > c.id
              where c.id = %(id)s and nullif(l.was, 'null') - 'id' is not distinct from nullif(c.became, 'null') - 'id'
                and nullif(l.became, 'null') - 'id' is not distinct from nullif(c.was, 'null') - 'id'
            )
            """,
            {"id": change.id},
        )[0]
    )


def move(conn: Connection, *, from_id: CustomerId, to_id: CustomerId) -> int:
    """Give the history of one customer to another, and return how many rows that were."""
    return execute(conn, "update customer_changes set customer_id = %(to)s where customer_id = %(from)s", {"to": to_id, "from": from_id})
