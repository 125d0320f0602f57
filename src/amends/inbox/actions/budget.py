"""Keeps a source within its budget. Place in the path: claimed watch -> `grant` -> `collector.fetch(budget=…)` -> page and `count`."""

from datetime import datetime, timedelta

from amends.core.database import Connection
from amends.core.errors import NotFound, Refused
from amends.core.translating import N_, _
from amends.core.written import number
from amends.inbox.actions import cover
from amends.inbox.actions.pricing import price_of
from amends.inbox.actions.setting_history import History, Version
from amends.inbox.rules import budgeting
from amends.inbox.rules.budgeting import Budget, Part, Purse, Turn, part_of
from amends.inbox.rules.coverage import GapKind
from amends.inbox.rules.events import EventKind
from amends.inbox.rules.ids import AgentId, BudgetId, SourceId, WatchId
from amends.inbox.rules.source_health import Health
from amends.inbox.rules.words import WatchState
from amends.inbox.store import backfills, budgets, events, sources, spend, watches
from amends.inbox.store.backfills import BackfillJob
from amends.inbox.store.budgets import SetBudget
from amends.inbox.store.sources import SealedAccount
from amends.inbox.store.watches import WatchJob

NONE_ID = BudgetId(0)
"""Stands for "no limit", where no budget was ever set."""
MOST = 100_000_000


def grant(conn: Connection, job: WatchJob, *, page: int, poll_every: timedelta, now: datetime) -> int:
    """Return how many posts the visit may read, at most `page`; where none, the watch waits and says until when."""
    turn = _turn(conn, job, page=page, poll_every=poll_every, now=now)
    if turn is None:
        return page
    if turn.again_at is None:
        spend.set_granted(conn, job.watch_id, posts=turn.posts)
    else:
        note = budgeting.note(turn.again_at, now=now)
        waiting = Health(state=WatchState.WAITING, note=note, failures=job.failures, next_at=turn.again_at)
        watches.save_health(conn, job, waiting, now=now)
        cover.note_gap(conn, watch_id=job.watch_id, kind=GapKind.BUDGET, note="", now=now)
    return turn.posts


def grant_backfill(conn: Connection, job: BackfillJob, *, page: int, poll_every: timedelta, now: datetime) -> int:
    """Return how many posts a page of the way back may read, at most `page`; where none, it is put off until there is money again."""
    turn = _turn(conn, job, page=page, poll_every=poll_every, now=now)
    if turn is None:
        return page
    if turn.again_at is not None:
        note = budgeting.note(turn.again_at, now=now)
        backfills.put_off(conn, job, failures=job.failures, note=note, next_at=turn.again_at)
    return turn.posts


def _turn(conn: Connection, job: WatchJob, *, page: int, poll_every: timedelta, now: datetime) -> Turn | None:
    """Return what the source's budget allows; None where it has none."""
    if budgets.newest(conn, job.source_id) is None:
        return None
    budgets.lock(conn, job.source_id)
    found = budgets.newest(conn, job.source_id)
    a_day = found.budget.reads(price_of(job.network, job.options)) if found else None
    if found is None or a_day is None:
        return None
    purse = _purse(conn, job, found.budget, a_day, now)
    return budgeting.turn(purse, part_of(job.kind), page=page, now=now, poll_every=poll_every)


def count(conn: Connection, account: SealedAccount, *, reads: int, now: datetime, watch: tuple[WatchId, str] | None = None) -> None:
    """Count what was read on the source, for a watch (its id and kind) or for looking again at posts of cases."""
    if reads <= 0:
        return
    watch_id, purpose = watch or (spend.NO_WATCH, spend.LOOKS)
    dollars = reads * price_of(account.network, account.options)
    day = budgeting.day_of(now).date()
    spend.add(conn, account.source_id, watch_id=watch_id, purpose=purpose, reads=reads, dollars=dollars, day=day)


def set_budget(
    conn: Connection, source_id: SourceId, budget: Budget, *, instead_of: BudgetId | None, agent_id: AgentId, now: datetime
) -> BudgetId:
    """Let `budget` count from now on, and return which counted before (0: none); watches that waited for the old one look anew.

    `Conflict` where the one before is not `instead_of`, the one that the administrator saw (None: whichever).
    """
    if sources.find(conn, source_id=source_id) is None:
        raise NotFound(_("There is no source %(source_id)s.") % {"source_id": source_id})
    _check(budget)
    before = history_of(source_id).replaced(conn, budget, instead_of=instead_of)
    budgets.insert(conn, source_id, budget, agent_id=agent_id, now=now)
    spend.wake_waiting(conn, source_id, note=budgeting.SPENT, now=now)
    events.add(
        conn,
        EventKind.BUDGET_SET,
        now=now,
        source_id=source_id,
        agent_id=agent_id,
        unit=budget.unit,
        a_day=budget.a_day,
        share=budget.share,
    )
    return before.id


def bring_back(
    conn: Connection, source_id: SourceId, budget_id: BudgetId, *, instead_of: BudgetId, agent_id: AgentId, now: datetime
) -> BudgetId:
    """Let an earlier budget count again (0: no limit), as a new row; return which counted before."""
    wanted = history_of(source_id).earlier(conn, budget_id)
    return set_budget(conn, source_id, wanted, instead_of=instead_of, agent_id=agent_id, now=now)


def _check(budget: Budget) -> None:
    if budget.a_day is not None and not 0 < budget.a_day <= MOST:
        raise Refused(_("A budget a day is a number above 0 and at most %(most)s; leave it empty for no limit.") % {"most": number(MOST)})
    if not 1 <= budget.share <= 99:  # noqa: PLR2004
        raise Refused(_("The share for what concerns us is from 1 to 99 per cent."))


def history_of(source_id: SourceId) -> History[BudgetId, Budget]:
    """Return the history of a source's budget."""
    return History(
        first=Version(id=NONE_ID, value=Budget()),
        lock=lambda conn: budgets.lock(conn, source_id),
        newest=lambda conn: _version(budgets.newest(conn, source_id)),
        find=lambda conn, budget_id: _version(budgets.find(conn, budget_id, source_id=source_id)),
        newer=N_("%(agent)s has set another budget since you opened this page. Reload it to see it; nothing was changed."),
        absent=N_("There is no such budget."),
        same=N_("This is the budget in force already."),
    )


def _version(row: SetBudget | None) -> Version[BudgetId, Budget] | None:
    return Version(id=row.id, value=row.budget, agent=row.agent) if row else None


def _purse(conn: Connection, job: WatchJob, budget: Budget, a_day: float, now: datetime) -> Purse:
    """Return what the source has left; what visits under way may read counts as spent."""
    kinds = spend.kinds(conn, job.source_id, but=job.watch_id, now=now)
    spent = dict.fromkeys(Part, 0)
    for one in spend.of_day(conn, job.source_id, day=budgeting.day_of(now).date()):
        spent[part_of(one.purpose)] += one.reads
    for kind in kinds:
        spent[part_of(kind.kind)] += kind.granted
    return Purse(budget=budget, a_day=a_day, spent=spent, parts=frozenset(part_of(kind.kind) for kind in kinds))
