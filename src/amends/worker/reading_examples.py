"""Reads the sentences that teach topics and relevance, and learns from them. Place in the path: example, new model -> here -> matchers."""

from functools import partial

from amends.core.errors import ModelMissing
from amends.core.log import logger
from amends.inbox.actions.read_examples import read_pending
from amends.triage.shipped_meanings import meanings_of
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)


def read_examples_batch(at: Context) -> bool:
    """Read one batch, or learn from what was read; False where nothing is left, or while the model is missing (`triage_batch` says so)."""
    try:
        classifier = at.classifier()
    except ModelMissing as error:
        log.warning("model_missing", words=str(error))
        return False
    with at.pool.transaction() as conn:
        done = read_pending(conn, classifier=classifier, now=at.clock(), known=partial(meanings_of, at.settings.triage_model))
    if done:
        at.wake(Task.RELAY)
    return done
