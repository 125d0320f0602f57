"""SQL that matches the rows of an import with customers, many rows a statement: in the dry run, and once more when they are imported."""

from collections.abc import Sequence
from typing import LiteralString

from amends.core.database import Connection, Jsonb, Params, execute, fetch_values
from amends.inbox.rules.export_files import number_is_ours
from amends.inbox.rules.import_mapping import ImportMapping
from amends.inbox.store import installation
from amends.inbox.store.import_compare import KEPT, READ
from amends.inbox.store.import_rows import Read, as_row
from amends.inbox.store.imports import Import


def _asked(conn: Connection, one: Import, mapping: ImportMapping) -> dict[str, object]:
    return {
        "id": one.id,
        "system": mapping.system,
        "file": one.digest,
        "ours": number_is_ours(installation.stamp(conn)),
        "reference": mapping.match.by_reference,
        "email": mapping.match.by_email,
        "phone": mapping.match.by_phone,
        "fill": mapping.existing == "fill",
    }


def lock(conn: Connection) -> None:
    """Wait until no other import is at work, and let none begin until the transaction ends."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('customer import', 0))")


def wait(conn: Connection) -> None:
    """Wait until no import is at work, and let none go on until the transaction ends: whom it matched stays who they are."""
    execute(conn, "select pg_advisory_xact_lock_shared(hashtextextended('customer import', 0))")


def keep(conn: Connection, one: Import, mapping: ImportMapping, rows: Sequence[Read]) -> None:
    """Keep what rows say, who each is, and what would change; rows that may be several people, or somebody erased, are refused.

    Somebody new gets the number that they will have.
    """
    execute(
        conn,
        """
        insert into import_records (import_id, number, outcome, reason, customer_id, changes, name, called, pronoun, languages, zone,
          loyalty_number, preferences, concerns, tags, owner_id, do_not_contact, reference, organisation, role, note, attributes, ways,
          dates)
        select %(id)s, number, became, why,
          case when became = 'made' then nextval('customers_id_seq') else found_id end,
          differing, name, called, pronoun, languages, zone, loyalty_number, preferences, concerns, tags, owner_id, do_not_contact,
          reference, organisation, role, note, attributes, ways, dates
        from ("""
        + READ
        + ") compared order by number",
        _asked(conn, one, mapping) | {"rows": Jsonb([as_row(row.number, row.given) for row in rows if row.given])},
    )
    execute(
        conn,
        """
        insert into import_records (import_id, number, outcome, reason)
        select %(id)s, * from (select unnest(%(numbers)s::integer[]), 'refused', unnest(%(reasons)s::text[])) refused
        """,
        {"id": one.id, "numbers": [row.number for row in rows if not row.given], "reasons": [row.reason for row in rows if not row.given]},
    )


def refuse_doubles(conn: Connection, one: Import, mapping: ImportMapping) -> None:
    """Tell the second row of the same person from the first in the whole file, and refuse it."""
    asked = _asked(conn, one, mapping)
    # Else the database would go on as if there were nothing of this import, and read it all for each row.
    execute(conn, "analyze import_records (import_id, number, outcome, customer_id)")
    execute(
        conn,
        """
        with keys as materialized (
          select r.number, 'reference ' || r.reference as key, true as tells from import_records r
          where r.import_id = %(id)s and r.reference is not null and %(reference)s
          union all
          select r.number, w.value ->> 0 || ' ' || (w.value ->> 2), not (r.reference is not null and %(reference)s)
          from import_records r cross join lateral jsonb_array_elements(r.ways) w
          where r.import_id = %(id)s and (w.value ->> 0 = 'email' and %(email)s or w.value ->> 0 = 'phone' and %(phone)s)
        ), shared as (
          select key, min(number) as before from keys group by key having count(*) > 1
        ), again as (
          select k.number, min(s.before) as before from keys k join shared s on s.key = k.key and s.before < k.number
          where k.tells group by k.number
        )
        update import_records r set outcome = 'refused', reason = 'again', detail = f.line::text, customer_id = null, changes = '{}'
        from again a join import_rows f on f.import_id = %(id)s and f.number = a.before
        where r.import_id = %(id)s and r.number = a.number
        """,
        asked,
    )
    _refuse_same(conn, one, after=0, upto=one.total)


def match_again(conn: Connection, one: Import, mapping: ImportMapping, *, after: int, upto: int) -> None:
    """Compare the rows behind `after`, up to `upto`, once more with who is there by now; nobody else changes those until all is over."""
    given = {"id": one.id, "after": after, "upto": upto}
    held = _hold(conn, given)
    _compare(conn, _asked(conn, one, mapping) | given)
    while not (found := _hold(conn, given)) <= held:
        held |= found
        _compare(conn, _asked(conn, one, mapping) | given)
    _refuse_same(conn, one, after=after, upto=upto)


def _hold(conn: Connection, given: Params) -> set[int]:
    """Hold whoever the rows were found to be, and return them: what they are compared with is then what is written over."""
    query: LiteralString = """
        select id from customers where id = any(array(
          select customer_id from import_records
          where import_id = %(id)s and number > %(after)s and number <= %(upto)s and outcome in ('changed', 'same')))
        order by id for no key update
    """
    return set(fetch_values(conn, query, given))


def _compare(conn: Connection, given: Params) -> None:
    execute(
        conn,
        "with compared as materialized ("
        + KEPT
        + """
        )
        update import_records r set changes = c.differing, outcome = c.became, reason = c.why,
          customer_id = case when c.became = 'made' then nextval('customers_id_seq') else c.found_id end
        from compared c
        where r.import_id = %(id)s and r.number = c.number
          and (r.customer_id, r.changes, r.outcome) is distinct from (c.found_id, c.differing, c.became)
        """,
        given,
    )


def _refuse_same(conn: Connection, one: Import, *, after: int, upto: int) -> None:
    """Refuse rows that are found to be who an earlier row of the file is."""
    execute(
        conn,
        """
        with ours as materialized (
          select distinct customer_id from import_records
          where import_id = %(id)s and number > %(after)s and number <= %(upto)s and outcome in ('changed', 'same')
        ), several as materialized (
          select min(i.number) as before,
            array_agg(i.number) filter (where i.number > %(after)s and i.number <= %(upto)s and i.outcome <> 'made') as numbers
          from import_records i
          where i.import_id = %(id)s and i.customer_id = any(array(select customer_id from ours))
            and i.outcome in ('made', 'changed', 'same')
          group by i.customer_id having count(*) > 1
        ), again as materialized (
          select n.number, s.before from several s cross join lateral unnest(s.numbers) n(number) where s.before < n.number
        )
        update import_records r set outcome = 'refused', reason = 'again', detail = f.line::text
        from again join import_rows f on f.import_id = %(id)s and f.number = again.before
        where r.import_id = %(id)s and r.number = again.number
        """,
        {"id": one.id, "after": after, "upto": upto},
    )
