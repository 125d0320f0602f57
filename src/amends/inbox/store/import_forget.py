"""SQL that takes somebody out of the files that were imported, while their addresses still stand."""

from collections.abc import Sequence
from typing import LiteralString

from amends.core.database import Connection, execute
from amends.inbox.rules.ids import CustomerId

# A row that was refused, only looked at, or taken back names nobody: it is theirs where it came again after one of theirs, holds an address
# of theirs however it is written, or a whole name of theirs.
_FORGET: LiteralString = """
  with own as materialized (
    select r.import_id, r.number, r.line, r.cells from import_records i join import_rows r using (import_id, number)
    where i.customer_id = any(%(ids)s)
  ), addresses as materialized (
    select value as address from contact_ways where customer_id = any(%(ids)s)
    union select normal from contact_ways where customer_id = any(%(ids)s)
    union select cell from own cross join unnest(own.cells) cell where cell like '%%@%%'
  ), signs as materialized (
    select case when bare ~ '^[0-9]+$' then right(bare, 8) else bare end as sign
    from (select translate(lower(address), ' +-()./', '') as bare from addresses) bared where length(bare) > 6
    union
    select '|' || translate(lower(name), ' +-()./', '') || '|' from (
      select name from customers where id = any(%(ids)s)
      union select i.called from import_records i where i.customer_id = any(%(ids)s)
    ) called where name like '_%% _%%'
  ), theirs as materialized (
    select import_id, number, cells from own
    union
    select r.import_id, r.number, r.cells from own
    join import_records i on i.import_id = own.import_id and i.reason = 'again' and i.detail = own.line::text
    join import_rows r on r.import_id = i.import_id and r.number = i.number
    union
    select r.import_id, r.number, r.cells from import_rows r
    where exists (
        select from (select '|' || translate(lower(array_to_string(r.cells, '|')), ' +-()./', '') || '|' as bare offset 0) line, signs
        where strpos(line.bare, sign) > 0)
      and not exists (
        select from import_records i join customers c on c.id = i.customer_id
        where i.import_id = r.import_id and i.number = r.number and i.customer_id <> all(%(ids)s))
  ), said as (
    select import_id, array_agg(distinct btrim(cell)) as cells from theirs cross join unnest(cells) cell group by import_id
  ), shown as (
    update imports f set columns = (
      select jsonb_agg(one || jsonb_build_object('samples', (
        select coalesce(jsonb_agg(sample order by n), '[]') from jsonb_array_elements_text(one -> 'samples') with ordinality s(sample, n)
        where not exists (select from unnest(said.cells) cell where starts_with(cell, sample))
      )) order by place)
      from jsonb_array_elements(f.columns) with ordinality c(one, place)
    )
    from said where f.id = said.import_id and f.columns <> '[]'
  ), records as (
    delete from import_records i using theirs t where i.import_id = t.import_id and i.number = t.number
  )
  delete from import_rows r using theirs t where r.import_id = t.import_id and r.number = t.number
"""


def forget(conn: Connection, customers: Sequence[CustomerId]) -> None:
    """Take the rows of these customers out of all files, those too that were refused, and what is shown of a file as an example."""
    execute(conn, _FORGET, {"ids": list(customers)})
