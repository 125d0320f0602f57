"""SQL of merges: which two records are one, since when, by whom, and the survivor's fields before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, CustomerId, MergeId
from amends.inbox.rules.merging import Step, Values
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes
from amends.inbox.store.customer_changes import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A customer's record as merging needs it: its fields, and whether it stands for itself."""

    id: CustomerId
    name: str
    fields: Values
    merged_into: CustomerId | None
    erased_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """A merge, with who did it and who took it back, and with which programs; without an agent it was Amends on strong evidence."""

    id: MergeId
    survivor_id: CustomerId
    absorbed_id: CustomerId
    survivor: str
    absorbed: str
    choices: Mapping[str, str]
    before: Values
    after: Values
    consents_made: Sequence[int]
    agent: str | None
    program: str
    at: datetime
    undone_at: datetime | None
    undone_by: str | None
    undone_program: str


FIELDS_OF_U: LiteralString = """
  jsonb_build_object(
    'name', u.name, 'pronoun', u.pronoun, 'languages', to_jsonb(u.languages), 'zone', u.zone, 'loyalty_number', u.loyalty_number,
    'preferences', u.preferences, 'concerns', u.concerns, 'tags', to_jsonb(u.tags), 'owner_id', u.owner_id,
    'do_not_contact_since', u.do_not_contact_since
  ) || coalesce((select jsonb_object_agg('attributes.' || key, value) from jsonb_each(u.attributes)), '{}')
"""
_MERGE: LiteralString = """
  select m.id, m.survivor_id, m.absorbed_id, s.name as survivor, b.name as absorbed, m.choices, m.before, m.after, m.consents_made,
         g.name as agent, m.program, m.at, m.undone_at, n.name as undone_by, m.undone_program
  from merges m join customers s on s.id = m.survivor_id join customers b on b.id = m.absorbed_id
  left join agents g on g.id = m.agent_id left join agents n on n.id = m.undone_by
"""


def record(conn: Connection, customer_id: CustomerId) -> Record | None:
    """Return a customer's record, or None."""
    query: LiteralString = (
        "select u.id, u.name, u.merged_into, u.erased_at, " + FIELDS_OF_U + " as fields from customers u where u.id = %(id)s"
    )
    return fetch_maybe(conn, Record, query, {"id": customer_id})


def save_fields(conn: Connection, customer_id: CustomerId, fields: Values, *, now: datetime) -> None:
    """Write the fields of a record."""
    execute(
        conn,
        """
        update customers u set
          name = f ->> 'name', pronoun = f ->> 'pronoun', zone = f ->> 'zone', loyalty_number = f ->> 'loyalty_number',
          languages = array(select jsonb_array_elements_text(f -> 'languages')),
          tags = array(select jsonb_array_elements_text(f -> 'tags')),
          preferences = f ->> 'preferences', concerns = f ->> 'concerns', owner_id = (f ->> 'owner_id')::bigint,
          do_not_contact_since = (f ->> 'do_not_contact_since')::timestamptz,
          attributes = coalesce((
            select jsonb_object_agg(substr(key, 12), value) from jsonb_each(f) where key like 'attributes.%%' and value <> 'null'
          ), '{}'),
          version = version + 1, changed_at = %(now)s
        from (select %(fields)s::jsonb as f) given where u.id = %(id)s
        """,
        {"id": customer_id, "fields": Jsonb(dict(fields)), "now": now},
    )


def save_changes(conn: Connection, customer_id: CustomerId, was: Values, became: Values, *, source: Source, now: datetime) -> None:
    """Write into the history what a merge or its undoing changed in a record; "do not contact" is yes or no there."""
    execute(
        conn,
        """
        insert into customer_changes (customer_id, field, was, became, origin, origin_note, program, agent_id, at)
        select %(id)s, field, was, became, %(origin)s, %(note)s, %(program)s, %(agent_id)s, %(now)s
        from (
          select key, key as field, nullif(%(was)s::jsonb -> key, 'null') as was, nullif(value, 'null') as became
          from jsonb_each(%(became)s::jsonb) where key <> 'do_not_contact_since'
          union all
          select key, 'do_not_contact', to_jsonb(coalesce(%(was)s::jsonb -> key, 'null') <> 'null'), to_jsonb(value <> 'null')
          from jsonb_each(%(became)s::jsonb) where key = 'do_not_contact_since'
        ) told
        where was is distinct from became order by key
        """,
        {"id": customer_id, "was": Jsonb(dict(was)), "became": Jsonb(dict(became)), "now": now} | source.facts,
    )


def insert(conn: Connection, facts: Mapping[str, Any]) -> MergeId:
    """Keep that one record is part of another from now on, and return the merge's id."""
    given = dict(facts) | {name: Jsonb(dict(facts[name])) for name in ("choices", "before", "after")}
    found = fetch_values(
        conn,
        """
        with absorbed as (update customers set merged_into = %(survivor_id)s where id = %(absorbed_id)s)
        insert into merges (survivor_id, absorbed_id, choices, before, after, agent_id, program, at)
        values (%(survivor_id)s, %(absorbed_id)s, %(choices)s, %(before)s, %(after)s, %(agent_id)s, %(program)s, %(at)s) returning id
        """,
        given,
    )
    return MergeId(found[0])


def find(conn: Connection, merge_id: MergeId) -> Merge | None:
    """Return a merge, or None."""
    return fetch_maybe(conn, Merge, _MERGE + " where m.id = %(id)s", {"id": merge_id})


def live_of(conn: Connection, absorbed_id: CustomerId) -> Merge | None:
    """Return the merge by which a record is part of another now, or None."""
    return fetch_maybe(conn, Merge, _MERGE + " where m.absorbed_id = %(id)s and m.undone_at is null", {"id": absorbed_id})


def of_customer(conn: Connection, customer_id: CustomerId, *, limit: int = 50) -> list[Merge]:
    """Return the newest merges in which a record took part, whichever it was, undone ones too."""
    query: LiteralString = (
        _MERGE
        + """
        where m.id in (
          (select id from merges where survivor_id = %(id)s order by id desc limit %(limit)s)
          union (select id from merges where absorbed_id = %(id)s order by id desc limit %(limit)s)
        ) order by m.id desc limit %(limit)s
        """
    )
    return fetch_all(conn, Merge, query, {"id": customer_id, "limit": limit})


def newest(conn: Connection, scope: Scope, *, limit: int = 20) -> list[Merge]:
    """Return the newest merges of records within the scope, undone ones too."""
    narrowed = scopes.within(scope)
    seen: LiteralString = (
        " where not exists (select from cases c where c.customer_id = customer_root(m.survivor_id))"
        " or exists (select from cases c where c.customer_id = customer_root(m.survivor_id)" + narrowed + ")"
    )
    query: LiteralString = _MERGE + (seen if narrowed else "") + " order by m.id desc limit %(limit)s"
    return fetch_all(conn, Merge, query, {"limit": limit} | scopes.params(scope))


def later_steps(conn: Connection, survivor_id: CustomerId, *, after: MergeId) -> list[Step]:
    """Return what else became part of a record after a merge and still is, the earliest first."""
    query: LiteralString = (
        "select m.id as merge_id, m.before, m.after, m.choices, "
        + FIELDS_OF_U
        + """ as absorbed
        from merges m join customers u on u.id = m.absorbed_id
        where m.survivor_id = %(id)s and m.id > %(after)s and m.undone_at is null order by m.id
        """
    )
    return fetch_all(conn, Step, query, {"id": survivor_id, "after": after})


def save_steps(conn: Connection, steps: Sequence[Step]) -> None:
    """Keep how later merges went, lived once more without one that is undone."""
    facts = [{"id": step.merge_id, "before": dict(step.before), "after": dict(step.after)} for step in steps]
    execute(
        conn,
        """
        update merges m set before = r.before, after = r.after
        from jsonb_to_recordset(%(rows)s) as r(id bigint, before jsonb, after jsonb) where m.id = r.id
        """,
        {"rows": Jsonb(facts)},
    )


def save_after(conn: Connection, merge_id: MergeId, after: Values) -> None:
    """Keep what a merge made of its survivor, now that the absorbed record holds something else."""
    execute(conn, "update merges set after = %(after)s where id = %(id)s", {"id": merge_id, "after": Jsonb(dict(after))})


def end(conn: Connection, merge_id: MergeId, *, agent_id: AgentId | None, program: str, now: datetime) -> None:
    """Keep that a merge is undone: the absorbed record stands for itself again."""
    execute(
        conn,
        """
        with ended as (
          update merges set undone_at = %(now)s, undone_by = %(agent_id)s, undone_program = %(program)s
          where id = %(id)s returning absorbed_id
        )
        update customers c set merged_into = null from ended where c.id = ended.absorbed_id
        """,
        {"id": merge_id, "agent_id": agent_id, "program": program, "now": now},
    )


def keep_consents(conn: Connection, merge_id: MergeId, made: Sequence[int]) -> None:
    """Keep which rows of the log of consent the merge itself wrote."""
    execute(conn, "update merges set consents_made = %(made)s where id = %(id)s", {"id": merge_id, "made": list(made)})


def were_parted(conn: Connection, one: CustomerId, other: CustomerId) -> bool:
    """Tell whether somebody has undone a merge of these two, or of what is part of them."""
    return bool(
        fetch_values(
            conn,
            """
            select exists (
              select from merges
              where undone_at is not null and (survivor_id = any(customer_parts(%(one)s)) and absorbed_id = any(customer_parts(%(other)s))
                or survivor_id = any(customer_parts(%(other)s)) and absorbed_id = any(customer_parts(%(one)s)))
            )
            """,
            {"one": one, "other": other},
        )[0]
    )
