"""Asks a query of cases without listing them: which of some fit it, and how many of all do. For rules, news and counters.

Place in the path: `rules.query` -> here. A rule that works for the team asks as nobody in particular (`Asker(agent_id=0)`).
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from amends.core.database import Connection, QueryCanceled, execute, fetch_values
from amends.core.errors import Refused
from amends.core.translating import _
from amends.inbox.rules.asking import Asker
from amends.inbox.rules.ids import CaseId
from amends.inbox.rules.query import Query
from amends.inbox.store.query_sql import condition

MOST_COUNTED = 1_000


class TooBroad(Refused):
    """This query would look at too many cases; add a status, a day or another condition."""


def matches(conn: Connection, query: Query, case_ids: Sequence[int], asker: Asker) -> set[CaseId]:
    """Return those of `case_ids` that fit the query; as cheap as they are few. `NotAQuery` where it names what nobody knows."""
    asked = condition(conn, query, asker)
    found = "select c.id from cases c where c.id = any(%(ids)s::bigint[]) and " + asked.whole
    return set(fetch_values(conn, found, asked.params | {"ids": list(case_ids)}))


def count_of(conn: Connection, query: Query, asker: Asker, *, most: int = MOST_COUNTED) -> int:
    """Return how many cases fit the query, counted up to `most` (then there may be more). `NotAQuery`, `TooBroad`."""
    asked = condition(conn, query, asker)
    found = "select count(*) from (select from cases c where " + asked.whole + " limit %(most)s) counted"
    with carefully(conn):
        return fetch_values(conn, found, asked.params | {"most": most})[0]


def every(conn: Connection, query: Query, asker: Asker, *, most: int) -> list[int]:
    """Return the ids of the cases that fit the query, in no order, at most `most`. `NotAQuery`, `TooBroad`."""
    asked = condition(conn, query, asker)
    found = "select c.id from cases c where " + asked.whole + " limit %(most)s"
    with carefully(conn, milliseconds=20_000):
        return fetch_values(conn, found, asked.params | {"most": most})


@contextmanager
def carefully(conn: Connection, *, milliseconds: int = 3_000) -> Generator[None]:
    """Run what may look at many rows: by indices wherever one fits, and not for ever; `TooBroad` where it takes too long.

    What the transaction did before stays good. The planner takes conditions for independent; where nobody on Reddit writes Tamil it
    would rather read the whole table, so reading it as a whole is made its last choice.
    """
    try:
        with conn.transaction():
            _set(conn, seqscan="off", timeout=str(milliseconds))
            yield
            _set(conn, seqscan="on", timeout="0")
    except QueryCanceled as error:
        raise TooBroad(_("This query would look at too many cases; add a status, a day or another condition.")) from error


def _set(conn: Connection, *, seqscan: str, timeout: str) -> None:
    execute(
        conn,
        "select set_config('enable_seqscan', %(seqscan)s, true), set_config('statement_timeout', %(timeout)s, true)",
        {"seqscan": seqscan, "timeout": timeout},
    )
