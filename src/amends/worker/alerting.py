"""Hands one alert to one channel. Place in the path: delivery row -> notifier -> delivered, or a time to try again."""

from datetime import timedelta

from amends.core.errors import AmendsError, DeliveryError
from amends.core.log import bound, logger
from amends.core.ports import Message
from amends.inbox.actions import alerts, channels
from amends.inbox.store.deliveries import DeliveryJob
from amends.worker.context import Context
from amends.worker.names import Task

log = logger(__name__)

LEASE = timedelta(seconds=60)


def deliver_one(at: Context) -> bool:
    """Deliver one alert; False where none is due. While there is work, one more thread is called."""
    with at.pool.transaction() as conn:
        now = at.clock()
        job = alerts.claim_delivery(conn, now=now, lease=LEASE)
        message = alerts.message_for(conn, job, public_url=at.public_url, secret_key=at.secret_key, now=now) if job else None
    if job is None or message is None:
        return False
    at.wake(Task.DELIVER_ALERTS)
    with bound(alert_id=job.alert_id, case_id=job.case_id, post_id=job.post_id, source_id=job.source_id, channel=job.label):
        _deliver(at, job, message)
    at.wake(Task.RELAY)
    return True


def _deliver(at: Context, job: DeliveryJob, message: Message) -> None:
    try:
        _hand_over(at, job, message)
    except DeliveryError as error:
        log.warning("alert_not_delivered", words=str(error), permanent=error.permanent, attempts=job.attempts)
        with at.pool.transaction() as conn:
            alerts.record_delivery_trouble(conn, job, error, now=at.clock())
        return
    with at.pool.transaction() as conn:
        alerts.record_delivered(conn, job, now=at.clock())
    log.info("alert_delivered", attempts=job.attempts)


def _hand_over(at: Context, job: DeliveryJob, message: Message) -> None:
    """Deliver; what is not a `DeliveryError` becomes one, final where the stored address cannot be used at all."""
    try:
        channels.notifier_of(job.target, secret_key=at.secret_key, outward=alerts.is_outward(job)).deliver(message)
    except DeliveryError:
        raise
    except AmendsError as error:
        raise DeliveryError(str(error), permanent=True) from error
    except Exception as error:
        log.exception("notifier_broke")
        raise DeliveryError(f"the channel broke ({type(error).__name__}: {error})") from error
