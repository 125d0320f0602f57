"""The tasks, a few lines each: what they do lies in the files beside this one, and what is to be done lies in the database.

A task may come late, twice, at once with itself or never; none of that loses or doubles anything. No error ends the worker.
"""

from collections.abc import Callable

from celery import Celery

from amends.core.database import DatabaseGone
from amends.core.log import bound, logger
from amends.inbox.actions.follow_up import conclude_due, look_at_stirred
from amends.worker import clustering, occasions, surging
from amends.worker.alerting import deliver_batch
from amends.worker.backfilling import backfill_one
from amends.worker.clocking import keep_batch
from amends.worker.collecting import collect_one
from amends.worker.context import Context, context
from amends.worker.counting_customers import count_facts_batch, count_segments_batch, remind_of_renewals
from amends.worker.finding_same import find_same_batch
from amends.worker.folding import fold_facts_batch
from amends.worker.giving import give_out_batch
from amends.worker.jobs import carry_one_on, forget, learn
from amends.worker.looking import look_at_one
from amends.worker.names import Task
from amends.worker.notifying import notify_batch
from amends.worker.proving import prove_one
from amends.worker.reading_examples import read_examples_batch
from amends.worker.rechecking import recheck_one
from amends.worker.relay import relay_batch
from amends.worker.replying import send_one
from amends.worker.reporting import send_one_report
from amends.worker.ruling import apply_batch, apply_timed_batch
from amends.worker.searched import read_searched_batch
from amends.worker.sleeping import wake_batch
from amends.worker.standing import check_one
from amends.worker.subscribing import subscribe_one
from amends.worker.surveying import send_one_survey
from amends.worker.sweeping import sweep, tidy
from amends.worker.syncing import sync_one
from amends.worker.telling import tell_one
from amends.worker.triaging import triage_batch
from amends.worker.view_counting import count_views_batch
from amends.worker.waiting import raise_batch
from amends.worker.watching_over import watch_sources
from amends.worker.webhooks import call_one

log = logger(__name__)


def conclude_batch(at: Context) -> bool:
    """Look at one batch of stirred follow-ups and conclude one of due ones; False where there are none."""
    with at.pool.transaction() as conn:
        done = look_at_stirred(conn, now=at.clock())
    with at.pool.transaction() as conn:
        done += conclude_due(conn, now=at.clock())
    if done:
        at.wake(Task.RELAY)
    return done > 0


def _once(step: Callable[[Context], None]) -> Callable[[Context], bool]:
    def stepped(at: Context) -> bool:
        step(at)
        return False

    return stepped


STEPS: dict[Task, Callable[[Context], bool]] = {
    Task.COLLECT_DUE: collect_one,
    Task.BACKFILL: backfill_one,
    Task.LOOK_AGAIN: look_at_one,
    Task.RECHECK: recheck_one,
    Task.RELAY: relay_batch,
    Task.SWEEP: _once(sweep),
    Task.TIDY: _once(tidy),
    Task.TRIAGE: triage_batch,
    Task.GIVE_OUT: give_out_batch,
    Task.READ_EXAMPLES: read_examples_batch,
    Task.SEND_REPLIES: send_one,
    Task.PROVE_REPLIES: prove_one,
    Task.DELIVER_ALERTS: deliver_batch,
    Task.CALL_WEBHOOKS: call_one,
    Task.SYNC_CUSTOMERS: sync_one,
    Task.CONCLUDE_FOLLOW_UPS: conclude_batch,
    Task.SEND_SURVEYS: send_one_survey,
    Task.WAKE_CASES: wake_batch,
    Task.KEEP_CLOCKS: keep_batch,
    Task.NOTIFY: notify_batch,
    Task.APPLY_RULES: apply_batch,
    Task.APPLY_TIMED_RULES: apply_timed_batch,
    Task.JOBS: carry_one_on,
    Task.LEARN: _once(learn),
    Task.FORGET: _once(forget),
    Task.LOOK_FOR_SURGES: surging.look,
    Task.ESCALATE: surging.escalate,
    Task.WATCH_ROTAS: _once(surging.watch_rotas),
    Task.PLAN_OCCASIONS: _once(occasions.plan),
    Task.SEND_OCCASIONS: occasions.send_one,
    Task.TELL_AFFECTED: tell_one,
    Task.SEND_REPORTS: send_one_report,
    Task.RAISE_WAITING: raise_batch,
    Task.COUNT_VIEWS: count_views_batch,
    Task.FOLD_FACTS: fold_facts_batch,
    Task.READ_SEARCHED: read_searched_batch,
    Task.COUNT_FACTS: count_facts_batch,
    Task.COUNT_SEGMENTS: count_segments_batch,
    Task.REMIND_OF_RENEWALS: remind_of_renewals,
    Task.FIND_SAME: find_same_batch,
    Task.CLUSTER: clustering.cluster_batch,
    Task.SETTLE_CLUSTERS: _once(clustering.settle),
    Task.WATCH_SOURCES: _once(watch_sources),
    Task.CHECK_STANDINGS: check_one,
    Task.SUBSCRIBE: subscribe_one,
}


def perform(task: Task, at: Context) -> None:
    """Do what is undone for `task` until nothing is left. Whatever goes wrong ends in a log line, and the next wake-up tries again."""
    with bound(task=task.value):
        try:
            at.drains[task].run(lambda: STEPS[task](at))
        except DatabaseGone as error:
            log.warning("database_gone", words=str(error).strip())
        except Exception:
            log.exception("task_failed")


def register(app: Celery) -> None:
    """Make every task known to `app`."""
    for task in Task:
        app.task(name=task.value)(_performing(task))


def _performing(task: Task) -> Callable[[], None]:
    def run() -> None:
        perform(task, context())

    return run
