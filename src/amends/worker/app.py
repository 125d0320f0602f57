"""The Celery app: a broker that may be Redis, Valkey or RabbitMQ, two lanes, and messages that may be lost or doubled without harm."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging
from kombu.entity import Exchange, Queue

from amends.worker.names import Lane, Task
from amends.worker.schedule import BEAT

_NO_RETRY: dict[str, Any] = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}


def make_app(broker_url: str, *, patience: float = 10) -> Celery:
    """Return the app for `broker_url` (`redis://`, `redis+socket://`, `rediss://` or `amqp://`); nothing is connected yet.

    `patience` is how many seconds it waits for a broker that hangs.
    """
    app = Celery("amends", broker=broker_url, set_as_current=False)
    app.conf.update(
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=patience,
        broker_transport_options=_NO_RETRY | (_amqp(patience) if broker_url.startswith("amqp") else _redis(patience)),
        beat_schedule=BEAT,
        beat_max_loop_interval=1,
        result_backend=None,
        task_ignore_result=True,
        task_acks_late=True,
        task_store_errors_even_if_ignored=False,
        task_create_missing_queues=False,
        task_queues=[Queue(lane, Exchange(lane), lane, message_ttl=60) for lane in Lane],
        task_default_queue=Lane.DESK.value,
        task_default_delivery_mode="transient",
        task_routes={task: {"queue": task.lane, "routing_key": task.lane} for task in Task},
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        enable_utc=True,
    )
    return app


def _redis(patience: float) -> dict[str, Any]:
    return {"visibility_timeout": 60, "socket_connect_timeout": patience, "socket_timeout": patience, "socket_keepalive": True}


def _amqp(patience: float) -> dict[str, Any]:
    return {"confirm_publish": False, "write_timeout": patience}


@setup_logging.connect
def _keep_our_logs(**_given: Any) -> None:
    """Celery leaves logging alone where this signal has a receiver; `core.log.set_up` has already done it."""
