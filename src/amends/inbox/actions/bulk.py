"""Does one thing to many cases, in the background, each case for itself, and takes it back.

Place in the path: selection bar -> run with its fixed set, job -> portions by the worker (`job_kinds.bulk`) -> how it went with each case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.database import Connection, DatabaseGone
from amends.core.errors import AmendsError, Conflict, NotFound, Refused
from amends.core.log import logger
from amends.core.translating import N_, _
from amends.core.written import number
from amends.inbox.actions import deeds, jobs, selecting
from amends.inbox.actions.deeds import At
from amends.inbox.actions.rule_book import known_rule
from amends.inbox.actions.undo import KINDS, undo, undo_of_rule
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId
from amends.inbox.rules.policy import Policy
from amends.inbox.rules.rights import Right, Scope, may
from amends.inbox.store import agents, bulk, events, scopes
from amends.inbox.store import jobs as job_rows
from amends.inbox.store.bulk import UNDO, UNDO_RULE, DidByRule, Done, Run, ToDo

log = logger(__name__)

KIND = "bulk"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is to be done to which cases; `query` is the query that chose them, where one did."""

    deed: str
    asked: Mapping[str, object]
    case_ids: Sequence[int]
    query: str = ""


def start(conn: Connection, wanted: Wanted, *, agent_id: AgentId, now: datetime) -> int:
    """Fix the set, queue the work, and return the run's id; `Refused` where there is no case, or the wish makes no sense."""
    if wanted.deed in deeds.RULES_ONLY:
        raise Refused(_("This is for rules; it is not done to many cases by hand."))
    if len(wanted.case_ids) > selecting.MOST:
        raise Refused(_("More than %(most)s cases match; narrow the list first.") % {"most": number(selecting.MOST)})
    facts = deeds.deed_of(wanted.deed).check(conn, wanted.asked, now)
    run_id = bulk.insert(conn, deed=wanted.deed, facts=facts, query=wanted.query, agent_id=agent_id, now=now)
    if not bulk.fix_set(conn, scopes.of_agent(conn, agent_id), run_id=run_id, case_ids=wanted.case_ids):
        raise Refused(_("No case is selected."))
    _queue(conn, run_id, deeds.deed_of(wanted.deed).said(facts), agent_id, now)
    return run_id


def take_back(conn: Connection, *, run_id: int, agent_id: AgentId, now: datetime) -> int:
    """Stop the run where it still goes on, queue the taking back of what it did, and return the id of the run that does so."""
    bulk.lock(conn, run_id=run_id)
    run = run_of(conn, run_id)
    if run.takes_back:
        raise Refused(_("This was the taking back; start the work again instead."))
    if run.undone_by is not None:
        raise Conflict(_("This was taken back already."))
    job_rows.end(conn, job_id=run.job_id, state="cancelled", now=now)
    undoing = bulk.insert(conn, deed=UNDO, facts={}, query=run.query, agent_id=agent_id, now=now, undoes=run.id)
    if not bulk.fix_undone(conn, run_id=undoing, undoes=run.id):
        raise Refused(_("Nothing was done yet, so there is nothing to take back."))
    _queue(conn, undoing, said(run), agent_id, now)
    return undoing


def take_back_rule(conn: Connection, *, rule_id: int, within: timedelta | None, agent_id: AgentId, now: datetime) -> int:
    """Queue the taking back of what a rule did, all of it or what is younger than `within`; return the id of the run that does so."""
    rule = known_rule(conn, rule_id)
    running = bulk.latest_of_rule(conn, rule_id=rule_id)
    if running is not None and running.is_undone:
        raise Conflict(_("This is being taken back already."))
    since = now - within if within else None
    facts = {"rule": rule_id, "name": rule.name, "since": since and since.isoformat()}
    run_id = bulk.insert(conn, deed=UNDO_RULE, facts=facts, query="", agent_id=agent_id, now=now)
    did = DidByRule(rule_id=rule_id, since=since)
    found = bulk.fix_of_rule(conn, scopes.of_agent(conn, agent_id), did, run_id=run_id, kinds=sorted(KINDS))
    if not found:
        raise Refused(_("Nothing that this rule did still stands, so there is nothing to take back."))
    _queue(conn, run_id, _of_rule(facts), agent_id, now)
    return run_id


def stop(conn: Connection, *, run_id: int, agent_id: AgentId, now: datetime) -> None:
    """Stop the run; what it did stays done."""
    jobs.cancel(conn, job_id=run_of(conn, run_id).job_id, agent_id=agent_id, now=now)


def run_of(conn: Connection, run_id: int) -> Run:
    """Return a run; `NotFound` where there is none."""
    found = bulk.find(conn, run_id=run_id)
    if found is None:
        raise NotFound(_("There is no such work on many cases."))
    return found


def said(run: Run) -> str:
    """Return what a run does, in words."""
    if run.takes_back:
        return _of_rule(run.facts) if run.deed == UNDO_RULE else _("take back")
    return deeds.deed_of(run.deed).said(run.facts)


def _of_rule(facts: Mapping[str, object]) -> str:
    return _("take back what the rule “%(name)s” did") % {"name": facts["name"]}


def _queue(conn: Connection, run_id: int, why: str, agent_id: AgentId, now: datetime) -> None:
    job_id = jobs.start(conn, kind=KIND, why=why, facts={"run": run_id}, agent_id=agent_id, now=now)
    bulk.give_job(conn, run_id=run_id, job_id=job_id)
    events.add(conn, EventKind.BULK_STARTED, now=now, agent_id=agent_id, run_id=run_id, why=why)


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """A portion's surroundings: the run, in whose name, and what that person sees."""

    conn: Connection
    run: Run
    scope: Scope | None
    policy: Policy
    now: datetime


def work_on(conn: Connection, run: Run, *, policy: Policy, now: datetime) -> Work:
    """Return the surroundings of a run as its agent's rights are now; without a scope where nothing may be done any more."""
    agent = agents.find(conn, agent_id=run.agent_id)
    able = agent is not None and agent.active and may(agent.role, Right.WORK)
    scope = scopes.of_agent(conn, agent.id) if agent is not None and able else None
    return Work(conn=conn, run=run, scope=scope, policy=policy, now=now)


def do_one(work: Work, case: ToDo) -> Done:
    """Do it to one case, for itself: what goes wrong there is written down and leaves the rest alone."""
    if work.scope is None or not work.scope.holds(team_id=case.team_id, source_id=case.source_id):
        return Done(case_id=case.case_id, state="skipped", why=N_("You may not work on this case."))
    try:
        with work.conn.transaction(), events.because(work.conn, {"run": work.run.id}):
            return _act(work, case)
    except DatabaseGone:
        raise
    except AmendsError as error:
        return Done(case_id=case.case_id, state="skipped", why=error.kept)
    except Exception as error:
        log.exception("bulk_case_failed", run_id=work.run.id, case_id=case.case_id)
        return Done(case_id=case.case_id, state="failed", why=type(error).__name__)


def _act(work: Work, case: ToDo) -> Done:
    run, by = work.run, work.run.agent_id
    if run.takes_back:
        why = _undo_rule(work, case) if run.deed == UNDO_RULE else _undo(work, case)
        return Done(case_id=case.case_id, state="skipped" if why else "done", why=why)
    at = At(conn=work.conn, case_id=case.case_id, agent_id=by, policy=work.policy, now=work.now, query=run.query)
    event_id = deeds.do(at, run.deed, run.facts)
    if event_id is None:
        return Done(case_id=case.case_id, state="skipped", why=N_("It was so already."))
    return Done(case_id=case.case_id, state="done", event_id=event_id)


def _undo(work: Work, case: ToDo) -> str:
    undo(work.conn, case_id=case.case_id, event_id=int(case.event_id or 0), agent_id=work.run.agent_id, now=work.now, in_bulk=True)
    return ""


def _undo_rule(work: Work, case: ToDo) -> str:
    """Take back what a rule did up to when the run began, and return why not where all of it stays."""
    facts = work.run.facts
    did = DidByRule(rule_id=int(str(facts["rule"])), since=(facts["since"] and datetime.fromisoformat(str(facts["since"]))) or None)
    return undo_of_rule(work.conn, did, case_id=case.case_id, up_to=int(case.event_id or 0), agent_id=work.run.agent_id, now=work.now)
