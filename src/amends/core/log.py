"""Structured logs: one line an event, JSON where a program reads it, with the ids that follow one post from collector to alert.

`bound(post_id=…, case_id=…)` puts ids on every line written inside it. What looks like a secret is never written,
nor are the words of posts; personal data that came along in an error's words is masked.
"""

import logging
import sys
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from amends.core.absent import absent
from amends.core.personal.finding import mask

with absent("rich"):  # structlog would draw errors with it, which we write as masked words; it is 6 MB in each of our processes
    import structlog

IDS = ("id", "timestamp", "level", "logger")
SECRET_WORDS = ("password", "secret", "token", "credential", "authorization", "cookie")


def _hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: "[hidden]" if _is_secret(key) else value for key, value in event.items()}


@lru_cache(maxsize=1_000)
def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in SECRET_WORDS)


def _hide_personal(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: mask(value) if isinstance(value, str) and not key.endswith(IDS) else value for key, value in event.items()}


def set_up(*, level: str = "info", json: bool = False) -> None:
    """Send every log line of this process, the libraries' too, to standard error in one shape."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_secrets,
    ]
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _hide_personal,
            renderer,
        ],
    )
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[stream], force=True)
    for noisy in (
        "httpx",
        "urllib3",
        "prawcore",
        "tweepy",
        "yoyo",
        "yoyo.migrations",
        "celery.beat",
        "celery.app.trace",
        "celery.worker.request",
        "celery.worker.strategy",
    ):
        logging.getLogger(noisy).setLevel("WARNING")
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module; events are written as `log.info("post_received", post_id=7)`."""
    return structlog.stdlib.get_logger(name)


@contextmanager
def bound(**ids: Any) -> Generator[None]:
    """Put `ids` on every line written in this block by this thread."""
    with structlog.contextvars.bound_contextvars(**ids):
        yield
