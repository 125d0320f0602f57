"""SQL of whom an incident touches: one person each, with the case that can be answered, and what stands against telling them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe
from amends.inbox.rules.ids import CaseId, CustomerId
from amends.inbox.rules.rights import Scope
from amends.inbox.rules.telling import Person
from amends.inbox.store import scopes


@dataclass(frozen=True, kw_only=True, slots=True)
class Affected:
    """Somebody whom an incident touches; `case_id` is the newest of their cases in it, one that can be answered before others."""

    customer_id: CustomerId
    case_id: CaseId
    source_id: int
    language: str
    languages: Sequence[str]
    gone: bool
    do_not_contact: bool
    belongs: bool
    status: str
    answered: bool
    can_reply: bool

    @property
    def spoken(self) -> list[str]:
        """Return the language of the case, and then those of the person."""
        return [self.language, *self.languages]

    @property
    def person(self) -> Person:
        """Return what the rules ask of them."""
        return Person(
            gone=self.gone,
            do_not_contact=self.do_not_contact,
            belongs=self.belongs,
            status=self.status,
            answered=self.answered,
            can_reply=self.can_reply,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What is proposed for somebody: an answer, or why there is none."""

    affected: Affected
    why: str


_FACTS: LiteralString = """
  c.customer_id, c.id as case_id, c.source_id, c.language, u.languages, u.erased_at is not null as gone,
  u.do_not_contact_since is not null as do_not_contact, m.left_at is null as belongs, c.status,
  exists (
    select from incident_cases o join cases oc on oc.id = o.case_id join replies r on r.case_id = oc.id
    where o.incident_id = m.incident_id and oc.customer_id = c.customer_id and r.created_at >= %(fixed)s and r.state <> 'failed'
  ) as answered,
  coalesce((
    select p.can_reply from posts p where p.case_id = c.id and p.case_number is not null and p.deleted_at is null
    order by p.can_reply desc, p.published_at desc, p.id desc limit 1
  ), false) as can_reply
  from incident_cases m join cases c on c.id = m.case_id join customers u on u.id = c.customer_id
"""


def everybody(conn: Connection, scope: Scope, incident_id: int, *, fixed_at: datetime) -> list[Affected]:
    """Return everybody whom it touches by a case within the scope, each once."""
    query: LiteralString = (
        "select distinct on (customer_id) * from (select c.last_post_at, "
        + _FACTS
        + """
        where m.incident_id = %(incident)s and m.left_at is null
        """
        + scopes.within(scope)
        + """
        ) there
        order by customer_id, status in ('resolved', 'dismissed'), can_reply desc, last_post_at desc, case_id desc
        """
    )
    rows = fetch_all(conn, _Newest, query, {"incident": incident_id, "fixed": fixed_at} | scopes.params(scope))
    return [Affected(**{name: getattr(row, name) for name in Affected.__dataclass_fields__}) for row in rows]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Newest(Affected):
    last_post_at: datetime


def one(conn: Connection, incident_id: int, case_id: CaseId, *, fixed_at: datetime) -> Affected | None:
    """Return whom a case of the incident is of, and what stands against telling them now; None where the case is gone."""
    query: LiteralString = "select" + _FACTS + "where m.incident_id = %(incident)s and m.case_id = %(case)s"
    return fetch_maybe(conn, Affected, query, {"incident": incident_id, "case": case_id, "fixed": fixed_at})


def propose(conn: Connection, scope: Scope, round_id: int, proposals: Sequence[Proposal]) -> int:
    """Keep what is proposed for everybody, and return how many are new or changed.

    What somebody decided stays as it is, and what is proposed for a case outside of the scope.
    """
    rows = [
        {
            "customer_id": one.affected.customer_id,
            "case_id": one.affected.case_id,
            "source_id": one.affected.source_id,
            "language": one.affected.language,
            "state": "skipped" if one.why else "proposed",
            "why": one.why,
        }
        for one in proposals
    ]
    query: LiteralString = (
        """
        insert into incident_answers as a (round_id, customer_id, case_id, source_id, language, state, why)
        select %(round)s, r.customer_id, r.case_id, r.source_id, r.language, r.state, r.why
        from jsonb_to_recordset(%(rows)s) as r(customer_id bigint, case_id bigint, source_id bigint, language text, state text, why text)
        order by r.case_id
        on conflict (round_id, customer_id) do update
          set case_id = excluded.case_id, source_id = excluded.source_id, language = excluded.language, state = excluded.state,
              why = excluded.why
          where (a.state = 'proposed' or (a.state = 'skipped' and a.why not in ('by_hand', 'refused', 'gone')))
            and (a.case_id, a.state, a.why) is distinct from (excluded.case_id, excluded.state, excluded.why) and a.why <> 'wrote'
            and exists (select from cases c where c.id = a.case_id
        """
        + scopes.within(scope)
        + ")"
    )
    return execute(conn, query, {"round": round_id, "rows": Jsonb(rows)} | scopes.params(scope))
