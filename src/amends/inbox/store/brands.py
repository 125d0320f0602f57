"""SQL of brands."""

from dataclasses import dataclass

from amends.core.database import Connection, fetch_all, fetch_values
from amends.inbox.rules.ids import BrandId, CustomerId


@dataclass(frozen=True, kw_only=True, slots=True)
class Brand:
    """A brand as a choice on screen."""

    id: BrandId
    name: str


def brand_names(conn: Connection) -> list[str]:
    """Return the names of all brands, in alphabetical order."""
    return fetch_values(conn, "select name from brands order by name")


def every(conn: Connection) -> list[Brand]:
    """Return all brands by name."""
    return fetch_all(conn, Brand, "select id, name from brands order by name")


def of_customer(conn: Connection, customer_id: CustomerId) -> str:
    """Return the name of the brand that somebody had to do with last, else of the first there is; empty where there is none."""
    found = fetch_values(
        conn,
        """
        select name from (
          (select b.name, 1 as place from cases c join brands b on b.id = c.brand_id
           where c.customer_id = %(id)s order by c.opened_at desc limit 1)
          union all (select name, 2 from brands order by id limit 1)
        ) known order by place limit 1
        """,
        {"id": customer_id},
    )
    return found[0] if found else ""


def exists(conn: Connection, *, brand_id: BrandId) -> bool:
    """Return whether there is such a brand."""
    return bool(fetch_values(conn, "select exists (select from brands where id = %(id)s)", {"id": brand_id})[0])
