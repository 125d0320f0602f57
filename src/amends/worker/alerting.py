"""Hands alerts to one channel. Place in the path: delivery row -> notifier -> delivered, or a time to try again."""

from collections.abc import Callable, Generator, Sequence
from datetime import datetime, timedelta
from functools import cache

from amends.core.database import Connection
from amends.core.errors import AmendsError, DeliveryError
from amends.core.log import bound, logger
from amends.core.ports import Message, Notifier
from amends.inbox.actions import alerts, channels
from amends.inbox.store import deliveries
from amends.inbox.store.deliveries import DeliveryJob
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)

BATCH = 8
"""So many alerts at most are told again where a worker is killed between telling them and keeping that they were taken."""
LEASE = timedelta(seconds=60)
HASTE = timedelta(seconds=1)
"""After so long with one batch what is left of it is given back: others may be faster, and who saw to an alarm is not told of it."""

Ended = tuple[DeliveryJob, DeliveryError | None]


def deliver_batch(at: Context, *, haste: timedelta = HASTE) -> bool:
    """Deliver a few alerts to one channel; False where no others are due. Where some are, one more thread is called."""
    with at.pool.transaction() as conn:
        now = at.clock()
        jobs = alerts.claim_deliveries(conn, now=now, lease=LEASE, limit=BATCH)
        messages = alerts.messages_for(conn, jobs, public_url=at.public_url, secret_key=at.secret_key, now=now)
        more = deliveries.are_due(conn, now=now)
    if not jobs:
        return more
    if more:
        at.wake(Task.DELIVER_ALERTS)
    ended = list(_delivered(at, jobs, messages, until=now + haste))
    with at.pool.transaction() as conn:
        _record(at, conn, ended)
        if left := jobs[len(ended) :]:
            deliveries.give_back(conn, left)
    at.wake(Task.RELAY)
    return more or bool(left)


def _delivered(at: Context, jobs: Sequence[DeliveryJob], messages: Sequence[Message], *, until: datetime) -> Generator[Ended]:
    """Yield what became of each, until it is too late for the rest."""
    notifier = cache(lambda: channels.notifier_of(jobs[0].target, secret_key=at.secret_key, outward=alerts.is_outward(jobs[0])))
    for job, message in zip(jobs, messages, strict=True):
        with bound(alert_id=job.alert_id, case_id=job.case_id, post_id=job.post_id, source_id=job.source_id, channel=job.label):
            yield job, _trouble(notifier, job, message)
        if at.clock() >= until:
            return


def _trouble(notifier: Callable[[], Notifier], job: DeliveryJob, message: Message) -> DeliveryError | None:
    try:
        _hand_over(notifier, message)
    except DeliveryError as error:
        log.warning("alert_not_delivered", words=str(error), permanent=error.permanent, attempts=job.attempts)
        return error
    log.info("alert_delivered", attempts=job.attempts)
    return None


def _hand_over(notifier: Callable[[], Notifier], message: Message) -> None:
    """Deliver; what is not a `DeliveryError` becomes one, final where the stored address cannot be used at all."""
    try:
        notifier().deliver(message)
    except DeliveryError:
        raise
    except AmendsError as error:
        raise DeliveryError(str(error), permanent=True) from error
    except Exception as error:
        log.exception("notifier_broke")
        raise DeliveryError(f"the channel broke ({type(error).__name__}: {error})") from error


def _record(at: Context, conn: Connection, ended: Sequence[Ended]) -> None:
    now = at.clock()
    alerts.record_delivered(conn, [job for job, error in ended if error is None], now=now)
    for job, error in ended:
        if error is not None:
            alerts.record_delivery_trouble(conn, job, error, now=now)
