"""Runs the beat in this process: the wake-ups that come by the clock. It keeps nothing on disk, and a second beat does no harm."""

from amends.core import log
from amends.core.settings import settings
from amends.worker.app import make_app
from amends.worker.wake import broker_url


def run_beat() -> None:
    """Send the wake-ups of the beat table until asked to stop; a dead broker is tried again for ever."""
    log.set_up(level=settings().log_level, json=settings().log_json)
    make_app(broker_url()).Beat(quiet=True).run()
