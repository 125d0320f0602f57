"""SQL of work on many cases at once: the run, and how it went with each case of its set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from amends.core.database import Connection, Jsonb, execute, fetch_all, fetch_maybe, fetch_values
from amends.inbox.rules.ids import AgentId, CaseId, EventId, JobId
from amends.inbox.rules.rights import Scope
from amends.inbox.store import scopes

UNDO = "undo"
UNDO_RULE = "undo_rule"


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A run with how far it is: `state` is its job's, the numbers count its cases."""

    id: int
    job_id: JobId
    deed: str
    facts: dict[str, object]
    query: str
    undoes: int | None
    undone_by: int | None
    agent_id: AgentId
    created_at: datetime
    state: str
    error: str
    queued: int
    done: int
    skipped: int
    failed: int

    @property
    def total(self) -> int:
        """How many cases it is about."""
        return self.queued + self.done + self.skipped + self.failed

    @property
    def is_undone(self) -> bool:
        """Whether the worker has something left to do."""
        return self.state in {"queued", "running"}

    @property
    def takes_back(self) -> bool:
        """Whether it takes back what another run, or a rule, did."""
        return self.deed in {UNDO, UNDO_RULE}

    @property
    def can_be_taken_back(self) -> bool:
        """Whether it did something that nobody has taken back yet."""
        return not self.takes_back and self.undone_by is None


@dataclass(frozen=True, kw_only=True, slots=True)
class ToDo:
    """A case of a run with what is needed to do it; `event_id` is what an undoing run takes back."""

    case_id: CaseId
    event_id: EventId | None
    team_id: int | None
    source_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """How it went with a case: done (it left `event_id`), skipped or failed, and then why."""

    case_id: CaseId
    state: str
    why: str = ""
    event_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DidByRule:
    """What a rule did, all of it or only `since` then."""

    rule_id: int
    since: datetime | None


def insert(  # noqa: PLR0913
    conn: Connection, *, deed: str, facts: Mapping[str, object], query: str, agent_id: AgentId, now: datetime, undoes: int | None = None
) -> int:
    """Store a run without cases and return its id."""
    return fetch_values(
        conn,
        """
        insert into bulk_runs (deed, facts, query, undoes, agent_id, created_at)
        values (%(deed)s, %(facts)s, %(query)s, %(undoes)s, %(agent_id)s, %(now)s) returning id
        """,
        {"deed": deed, "facts": Jsonb(dict(facts)), "query": query, "undoes": undoes, "agent_id": agent_id, "now": now},
    )[0]


def fix_set(conn: Connection, scope: Scope, *, run_id: int, case_ids: Sequence[int]) -> int:
    """Keep which cases the run is about, those that exist within the scope, and return how many."""
    query: LiteralString = (
        "insert into bulk_cases (run_id, case_id) select %(run_id)s, c.id from cases c where c.id = any(%(ids)s::bigint[])"
    )
    return execute(conn, query + scopes.within(scope), {"run_id": run_id, "ids": list(case_ids)} | scopes.params(scope))


def fix_undone(conn: Connection, *, run_id: int, undoes: int) -> int:
    """Keep that the run is about what another one did, and return to how many cases."""
    return execute(
        conn,
        """
        insert into bulk_cases (run_id, case_id, event_id)
        select %(run_id)s, case_id, event_id from bulk_cases where run_id = %(undoes)s and state = 'done' and event_id is not null
        """,
        {"run_id": run_id, "undoes": undoes},
    )


def fix_of_rule(conn: Connection, scope: Scope, did: DidByRule, *, run_id: int, kinds: Sequence[str]) -> int:
    """Keep that the run is about the cases within the scope to which a rule did what still stands, and return how many."""
    query: LiteralString = """
        insert into bulk_cases (run_id, case_id, event_id)
        select %(run_id)s, c.id, done.newest
        from (select distinct case_id from automation_log where rule_id = %(rule_id)s and outcome = 'acted') log
        join cases c on c.id = log.case_id
        cross join lateral (
          select max(e.id) as newest from events e
          where e.case_id = c.id and e.kind = any(%(kinds)s) and (e.because ->> 'rule')::bigint = %(rule_id)s
            and e.at >= coalesce(%(since)s::timestamptz, '-infinity') and (e.because ->> 'undoes') is null and not exists (
              select from events u where u.case_id = e.case_id and u.id > e.id and (u.because ->> 'undoes')::bigint = e.id
            )
        ) done
        where done.newest is not null
        """
    given = {"run_id": run_id, "rule_id": did.rule_id, "since": did.since, "kinds": list(kinds)}
    return execute(conn, query + scopes.within(scope), given | scopes.params(scope))


def latest_of_rule(conn: Connection, *, rule_id: int) -> Run | None:
    """Return the newest run that takes back what a rule did, or None."""
    found = fetch_values(
        conn,
        "select max(id) from bulk_runs where deed = %(deed)s and facts -> 'rule' = %(rule)s",
        {"deed": UNDO_RULE, "rule": Jsonb(rule_id)},
    )
    return find(conn, run_id=found[0]) if found[0] else None


def give_job(conn: Connection, *, run_id: int, job_id: JobId) -> None:
    """Keep which job carries the run on."""
    execute(conn, "update bulk_runs set job_id = %(job_id)s where id = %(id)s", {"id": run_id, "job_id": job_id})


def find(conn: Connection, *, run_id: int) -> Run | None:
    """Return a run, or None."""
    return fetch_maybe(
        conn,
        Run,
        """
        select r.id, r.job_id, r.deed, r.facts, r.query, r.undoes, u.id as undone_by, r.agent_id, r.created_at, j.state, j.error,
          coalesce(n.queued, 0)::int as queued, coalesce(n.done, 0)::int as done, coalesce(n.skipped, 0)::int as skipped,
          coalesce(n.failed, 0)::int as failed
        from bulk_runs r join jobs j on j.id = r.job_id left join bulk_runs u on u.undoes = r.id
        cross join lateral (
          select count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'done') as done,
            count(*) filter (where state = 'skipped') as skipped, count(*) filter (where state = 'failed') as failed
          from bulk_cases c where c.run_id = r.id
        ) n
        where r.id = %(id)s
        """,
        {"id": run_id},
    )


def lock(conn: Connection, *, run_id: int) -> None:
    """Wait until nobody else takes this run back."""
    execute(conn, "select from bulk_runs where id = %(id)s for update", {"id": run_id})


def count(conn: Connection, *, run_id: int) -> int:
    """Return how many cases the run is about."""
    return fetch_values(conn, "select count(*) from bulk_cases where run_id = %(id)s", {"id": run_id})[0]


def next_cases(conn: Connection, *, run_id: int, after: int, limit: int) -> list[ToDo]:
    """Return the next cases to do, in the order of their ids, ours until the transaction ends."""
    return fetch_all(
        conn,
        ToDo,
        """
        select b.case_id, b.event_id, c.team_id, c.source_id from bulk_cases b join cases c on c.id = b.case_id
        where b.run_id = %(run_id)s and b.case_id > %(after)s and b.state = 'queued'
        order by b.case_id limit %(limit)s for update of c
        """,
        {"run_id": run_id, "after": after, "limit": limit},
    )


def save(conn: Connection, *, run_id: int, done: Sequence[Done]) -> None:
    """Keep how it went."""
    rows = [{"case_id": one.case_id, "state": one.state, "why": one.why, "event_id": one.event_id} for one in done]
    execute(
        conn,
        """
        update bulk_cases b set state = r.state, why = r.why, event_id = coalesce(r.event_id, b.event_id)
        from jsonb_to_recordset(%(rows)s) as r(case_id bigint, state text, why text, event_id bigint)
        where b.run_id = %(run_id)s and b.case_id = r.case_id
        """,
        {"run_id": run_id, "rows": Jsonb(rows)},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """A case that was not done, and why."""

    case_id: CaseId
    state: str
    why: str
    customer: str


def left(conn: Connection, scope: Scope, *, run_id: int, after: int = 0, limit: int = 100) -> list[Left]:
    """Return the cases within the scope behind `after` that were skipped or failed, in the order of their ids."""
    return fetch_all(
        conn,
        Left,
        """
        select b.case_id, b.state, b.why, coalesce(nullif(a.name, ''), a.handle) as customer
        from bulk_cases b join cases c on c.id = b.case_id join authors a on a.id = c.author_id
        where b.run_id = %(run_id)s and b.state in ('skipped', 'failed') and b.case_id > %(after)s
        """
        + scopes.within(scope)
        + " order by b.case_id limit %(limit)s",
        {"run_id": run_id, "after": after, "limit": limit} | scopes.params(scope),
    )
