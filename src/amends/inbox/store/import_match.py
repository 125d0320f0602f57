"""SQL that finds who the rows of an import are, and what would change: many rows a statement, the same for a dry run and for the run.

A person is known by their number in the named system, else (as the mapping says) by e-mail, else by phone; a row with none of these by
its place in the very same file. Who has another number in that system already is somebody else, whatever their address.
"""

from amends.core.database import Connection, execute
from amends.inbox.rules.import_mapping import ImportMapping
from amends.inbox.store.imports import Import


def _asked(one: Import, mapping: ImportMapping, after: int, upto: int) -> dict[str, object]:
    return {
        "id": one.id,
        "after": after,
        "upto": upto,
        "system": mapping.system,
        "file": one.digest,
        "reference": mapping.match.by_reference,
        "email": mapping.match.by_email,
        "phone": mapping.match.by_phone,
        "fill": mapping.existing == "fill",
    }


def lock(conn: Connection) -> None:
    """Wait until no other import is at work, and let none begin until the transaction ends."""
    execute(conn, "select pg_advisory_xact_lock(hashtextextended('customer import', 0))")


def learn(conn: Connection) -> None:
    """Let the database count what just came: it would go on as if there were nothing of this import, and read it all for each row."""
    execute(conn, "analyze import_records (import_id, number, outcome, customer_id)")


def key(conn: Connection, one: Import, mapping: ImportMapping, *, after: int, upto: int) -> None:
    """Tell the second row of the same person from the first, and refuse it."""
    asked = _asked(one, mapping, after, upto)
    execute(
        conn,
        """
        insert into import_keys (import_id, key, number)
        select import_id, k.key, min(number) from import_records r
        cross join lateral (
          select 'reference ' || r.reference as key where r.reference is not null and %(reference)s
          union all
          select w.value ->> 0 || ' ' || (w.value ->> 2) from jsonb_array_elements(r.ways) w
          where w.value ->> 0 = 'email' and %(email)s or w.value ->> 0 = 'phone' and %(phone)s
        ) k
        where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.outcome = 'read'
        group by import_id, k.key order by 1, 2 on conflict do nothing
        """,
        asked,
    )
    execute(
        conn,
        """
        update import_records r set outcome = 'refused', reason = 'again', detail = d.line::text
        from (
          select r.number, min(f.line) as line from import_records r
          cross join lateral (
            select 'reference ' || r.reference as key where r.reference is not null and %(reference)s
            union all
            select w.value ->> 0 || ' ' || (w.value ->> 2) from jsonb_array_elements(r.ways) w
            where not (r.reference is not null and %(reference)s)
              and (w.value ->> 0 = 'email' and %(email)s or w.value ->> 0 = 'phone' and %(phone)s)
          ) k
          join import_keys before on before.import_id = r.import_id and before.key = k.key and before.number < r.number
          join import_rows f on f.import_id = r.import_id and f.number = before.number
          where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.outcome = 'read'
          group by r.number
        ) d
        where r.import_id = %(id)s and r.number = d.number
        """,
        asked,
    )


def match(conn: Connection, one: Import, mapping: ImportMapping, *, after: int, upto: int) -> None:
    """Find who each row is, and what would change; rows that may be several people, or somebody who was erased, are refused."""
    asked = _asked(one, mapping, after, upto)
    execute(
        conn,
        """
        with differing as (
          select f.number, f.customer_id, f.erased, f.several, d.changes from (
            select r.*, coalesce(b.customer_id, w.customer_id) as found_id, coalesce(b.erased, false) as erased,
              b.customer_id is null and coalesce(w.n, 0) > 1 as several
            from import_records r
            left join lateral (
              select coalesce(c.merged_into, c.id) as customer_id, c.erased_at is not null as erased
              from customer_refs x join customers c on c.id = x.customer_id
              where x.system = case when r.reference is null then 'file ' || %(file)s else %(system)s end
                and x.external_id = coalesce(r.reference, r.number::text) and (r.reference is null or %(reference)s)
            ) b on true
            left join lateral (
              select min(x.customer_id) as customer_id, count(distinct x.customer_id) as n from (
                select x.customer_id, w.value ->> 0 as kind, min(w.value ->> 0) over () as best
                from jsonb_array_elements(r.ways) w
                join contact_ways x on x.kind = w.value ->> 0 and x.normal = w.value ->> 2 and x.removed_at is null
                join customers c on c.id = x.customer_id and c.merged_into is null and c.erased_at is null
                where b.customer_id is null and (w.value ->> 0 = 'email' and %(email)s or w.value ->> 0 = 'phone' and %(phone)s)
                  and not (r.reference is not null and %(reference)s
                    and %(system)s = any(array(select o.system from customer_refs o where o.customer_id = x.customer_id)))
              ) x where x.kind = x.best
            ) w on true
            where r.import_id = %(id)s and r.number > %(after)s and r.number <= %(upto)s and r.outcome <> 'refused'
          ) r
          cross join lateral (select r.number, r.found_id as customer_id, r.erased, r.several) f
          left join customers c on c.id = f.customer_id
          cross join lateral (
            select coalesce(jsonb_object_agg(v.field, jsonb_build_array(v.was, v.became)), '{}') as changes from (
              values ('name', to_jsonb(c.name), to_jsonb(coalesce(r.name, case when f.customer_id is null then r.called end))),
                ('pronoun', to_jsonb(c.pronoun), to_jsonb(r.pronoun)),
                ('languages', to_jsonb(c.languages), to_jsonb(r.languages)),
                ('zone', to_jsonb(c.zone), to_jsonb(r.zone)),
                ('loyalty_number', to_jsonb(c.loyalty_number), to_jsonb(r.loyalty_number)),
                ('preferences', to_jsonb(c.preferences), to_jsonb(r.preferences)),
                ('concerns', to_jsonb(c.concerns), to_jsonb(r.concerns)),
                ('tags', to_jsonb(c.tags), case when r.tags is not null then to_jsonb(
                   coalesce(c.tags, '{}') || array(select t from unnest(r.tags) t where t <> all (coalesce(c.tags, '{}')))) end),
                ('owner_id', to_jsonb(c.owner_id), to_jsonb(r.owner_id)),
                ('do_not_contact', to_jsonb(c.do_not_contact_since is not null), to_jsonb(r.do_not_contact))
              union all
              select 'attributes.' || a.key, c.attributes -> a.key, a.value from jsonb_each(r.attributes) a where r.attributes <> '{}'
              union all
              select 'contact_ways', null, jsonb_agg(w.value order by w.place)
              from jsonb_array_elements(r.ways) with ordinality w(value, place)
              where f.customer_id is null or not exists (select from contact_ways x where x.customer_id = f.customer_id
                and x.kind = w.value ->> 0 and x.normal = w.value ->> 2 and x.removed_at is null offset 0)
              union all
              select 'important_dates', null, jsonb_agg(w.value) from jsonb_array_elements(r.dates) w
              where f.customer_id is null
                or not exists (select from important_dates x where x.customer_id = f.customer_id and x.kind = w.value ->> 0 offset 0)
              union all
              select 'memberships', null, to_jsonb(r.organisation) where r.organisation is not null and not exists (
                select from memberships m join organisations o on o.id = m.organisation_id
                where m.customer_id = f.customer_id and lower(o.name) = lower(r.organisation))
              union all
              select 'notes', null, to_jsonb(r.note) where r.note is not null and not exists (
                select from customer_notes n where n.customer_id = f.customer_id and n.text = r.note and n.removed_at is null)
              union all
              select 'customer_refs', null, to_jsonb(r.reference)
              where r.reference is not null and not exists (
                select from customer_refs x where x.system = %(system)s and x.external_id = r.reference)
            ) v(field, was, became)
            where v.became is not null and v.became is distinct from v.was and v.became <> 'null'
              and not (v.field = 'do_not_contact' and f.customer_id is null and v.became = 'false')
              and (not %(fill)s or v.was is null or v.was in ('""', '[]', 'null', 'false') or v.field = 'tags')
          ) d
        )
        update import_records r set customer_id = d.customer_id, changes = d.changes,
          outcome = case when d.erased or d.several then 'refused' when d.customer_id is null then 'made'
            when d.changes = '{}' then 'same' else 'changed' end,
          reason = case when d.erased then 'erased' when d.several then 'several' else '' end
        from differing d where r.import_id = %(id)s and r.number = d.number
        """,
        asked,
    )
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
        asked,
    )
