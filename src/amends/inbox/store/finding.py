"""What the command bar finds in the database as one types. Bounded: a few of each kind, by indexes alone."""

from dataclasses import dataclass

from amends.core.database import Connection, fetch_all
from amends.core.errors import Refused
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.query_reading import parse
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.views import Sort
from amends.inbox.store import inbox_list, scopes
from amends.inbox.store.inbox_list import CaseRow

MOST = 5
SHORTEST = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundCustomer:
    """A customer by name or handle, with the newest case, where the customer is seen."""

    id: int
    name: str
    handle: str
    network: str
    case_id: int
    cases: int


def cases(conn: Connection, text: str, asker: Asker) -> list[CaseRow]:
    """Return a few cases by their number (`#17`, `17`) or by a query of the views, newest first; none for half of one."""
    try:
        return inbox_list.page(conn, parse(f"#{text}" if text.isdecimal() else text), Sort.NEWEST, asker, limit=MOST)
    except Refused:
        return []


def customers(conn: Connection, text: str, scope: Scope) -> list[FoundCustomer]:
    """Return a few customers with a case within the scope, whose handle begins so or whose name holds these words."""
    quoted = text.replace("\x00", "").strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_").lower()
    if len(quoted) < SHORTEST:
        return []
    return fetch_all(
        conn,
        FoundCustomer,
        """
        with fitting as (
          (select l.customer_id as id from authors a join customer_links l on l.author_id = a.id
           where lower(a.handle) like %(prefix)s limit %(most)s)
          union
          (select id from customers where lower(name) like %(anywhere)s limit %(most)s)
        )
        select u.id, u.name, a.handle, a.network, c.id as case_id, (select count(*)::int from cases where customer_id = u.id) as cases
        from fitting f join customers u on u.id = f.id
        join lateral (
          select c.id, c.author_id from cases c where c.customer_id = u.id
        """
        + scopes.within(scope)
        + """
          order by c.opened_at desc, c.id desc limit 1
        ) c on true
        join authors a on a.id = c.author_id
        order by lower(u.name) like %(prefix)s desc, u.name, u.id limit %(most)s
        """,
        {"prefix": f"{quoted.removeprefix('u/').removeprefix('@')}%", "anywhere": f"%{quoted}%", "most": MOST} | scopes.params(scope),
    )
