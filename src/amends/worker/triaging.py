"""Triages what was collected. The model is loaded once a process, by its first look for work; without it collecting goes on."""

from amends.core.database import DatabaseGone
from amends.core.errors import ModelMissing
from amends.core.log import logger
from amends.inbox.actions.rejudge import rejudge_pending
from amends.inbox.actions.triage import triage_pending
from amends.inbox.store import heartbeats
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)

BATCH = 192  # eight of the model's own batches


def triage_batch(at: Context) -> bool:
    """Triage one batch and judge edited posts; False where nothing is left, or the model is missing; `heartbeats` says what hinders it."""
    try:
        classifier = at.classifier()
        with at.pool.transaction() as conn:
            done = triage_pending(conn, classifier=classifier, policy=at.policy, clock=at.clock, limit=BATCH)
        with at.pool.transaction() as conn:
            done += rejudge_pending(conn, classifier=classifier, clock=at.clock, limit=BATCH)
    except ModelMissing as error:
        log.warning("model_missing", words=str(error))
        _say(at, str(error))
        return False
    except DatabaseGone:
        raise
    except Exception as error:
        _say(at, f"Triage broke ({type(error).__name__}) and is tried again; the log of the desk's worker says where.")
        raise
    if done:
        for task in (Task.RELAY, Task.GIVE_OUT, Task.CLUSTER, Task.READ_SEARCHED):
            at.wake(task)
        log.info("triaged", posts=done)
    else:
        _say(at, "")
    return done > 0


def _say(at: Context, trouble: str) -> None:
    with at.pool.transaction() as conn:
        heartbeats.beat(conn, heartbeats.TRIAGE, trouble=trouble, now=at.clock())
