"""SQL of the log of consent, which is only ever added to. What is in force is said by `rules.consent` over its newest rows.

What was said of an address holds for it wherever the record has it: twice after a merge, or once more after it was taken away.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.consent import Purpose, Said, Target
from amends.inbox.rules.ids import AgentId, AuthorId, CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """One row of the log, with who wrote it down and with which program; `same_ways` are the contact ways that are this one, itself too.

    In the log it also says in words what it is about: the `way`, the `handle` on its `network`, or with neither every way.
    """

    id: int
    customer_id: CustomerId
    contact_way_id: int | None
    author_id: int | None
    purpose: str
    given: bool
    basis: str
    agent: str | None
    program: str
    at: datetime
    same_ways: list[int]
    way: str | None = None
    handle: str | None = None
    network: str | None = None

    @property
    def said(self) -> list[Said]:
        """The row as the rule takes it, once for each way that it is about."""
        ways = [Target(contact_way_id=one, author_id=self.author_id) for one in self.same_ways]
        targets = ways or [Target(contact_way_id=self.contact_way_id, author_id=self.author_id)]
        return [Said(target=one, purpose=self.purpose, given=self.given, at=self.at, number=self.id) for one in targets]


_SAME_WAYS: LiteralString = """
  array(
    select t.id from contact_ways w join contact_ways t on t.customer_id = c.customer_id and t.kind = w.kind and t.normal = w.normal
    where w.id = c.contact_way_id and w.customer_id = c.customer_id order by t.id
  ) as same_ways
"""


def add(  # noqa: PLR0913
    conn: Connection,
    customer_id: CustomerId,
    *,
    target: Target,
    purpose: Purpose,
    given: bool,
    basis: str,
    agent_id: AgentId | None,
    now: datetime,
    program: str = "",
) -> int:
    """Write that consent was given or withdrawn, and return the row's id."""
    return fetch_values(
        conn,
        """
        insert into consents (customer_id, contact_way_id, author_id, purpose, given, basis, agent_id, program, at)
        values (%(customer_id)s, %(way)s, %(author)s, %(purpose)s, %(given)s, %(basis)s, %(agent_id)s, %(program)s, %(now)s) returning id
        """,
        {
            "customer_id": customer_id,
            "way": target.contact_way_id,
            "author": target.author_id,
            "purpose": purpose,
            "given": given,
            "basis": basis,
            "agent_id": agent_id,
            "program": program,
            "now": now,
        },
    )[0]


def follow(conn: Connection, author_id: AuthorId, *, was: CustomerId, customer_id: CustomerId) -> list[int]:
    """Hand over what was said of a handle, since it is another customer's now, and return the rows."""
    query: LiteralString = """
        update consents set customer_id = %(to)s where customer_id = %(was)s and author_id = %(author)s returning id
    """
    return fetch_values(conn, query, {"to": customer_id, "was": was, "author": author_id})


def in_force(conn: Connection, customer_id: CustomerId) -> list[Said]:
    """Return the newest word of a customer on each target and purpose; `rules.consent.permits` reads it."""
    rows = fetch_all(
        conn,
        Consent,
        """
        select distinct on (c.purpose, c.contact_way_id, c.author_id)
               c.id, c.customer_id, c.contact_way_id, c.author_id, c.purpose, c.given, c.basis, null::text as agent, c.program, c.at,
        """
        + _SAME_WAYS
        + """
        from consents c where c.customer_id = %(id)s
        order by c.purpose, c.contact_way_id, c.author_id, c.at desc, c.id desc
        """,
        {"id": customer_id},
    )
    return [said for row in rows for said in row.said]


def log(conn: Connection, customer_id: CustomerId, *, limit: int = 200) -> list[Consent]:
    """Return the newest rows of a customer's log, and of the older ones those that are the last word on their target and purpose."""
    return fetch_all(
        conn,
        Consent,
        """
        select c.id, c.customer_id, c.contact_way_id, c.author_id, c.purpose, c.given, c.basis, g.name as agent, c.program, c.at,
          w.value as way, a.handle, a.network,
        """
        + _SAME_WAYS
        + """
        from (
          select *, row_number() over (order by at desc, id desc) as place,
                 row_number() over (partition by purpose, contact_way_id, author_id order by at desc, id desc) as later
          from consents where customer_id = %(customer_id)s
        ) c left join agents g on g.id = c.agent_id left join contact_ways w on w.id = c.contact_way_id
        left join authors a on a.id = c.author_id
        where c.place <= %(limit)s or c.later = 1 order by c.place
        """,
        {"customer_id": customer_id, "limit": limit},
    )
