"""What every task of this process works with, made once: settings, database pool, clock, wake-ups and the collectors in use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from threading import Event

from amends.core.clock import Clock, utc_now
from amends.core.database import Pool
from amends.core.errors import SettingsWrong
from amends.core.ports import Classifier
from amends.core.settings import Settings, settings
from amends.inbox.actions.policies import policy_of
from amends.inbox.rules.policy import Policy
from amends.worker.drain import Drain
from amends.worker.hands import Hands
from amends.worker.lending import Collectors
from amends.worker.names import Task
from amends.worker.wake import wake

AT_ONCE: Mapping[Task, int] = {
    Task.COLLECT_DUE: 16,
    Task.BACKFILL: 2,
    Task.TRIAGE: 2,  # one stores while the other one's model reads
    Task.SEND_REPLIES: 3,
    Task.PROVE_REPLIES: 2,
    Task.DELIVER_ALERTS: 3,
    Task.CALL_WEBHOOKS: 3,
}
"""Threads that one task may hold in one process, 1 where it is not named; so a hanging counterpart leaves places for the rest."""

STOPPING = Event()
"""Set when this process is asked to stop: what is under way is finished, nothing new is begun."""

HANDS = Hands(stopping=STOPPING)


@dataclass(frozen=True, kw_only=True)
class Context:
    """The surroundings of a task. `classifier` loads the model at its first call and raises `ModelMissing` where it cannot."""

    settings: Settings
    pool: Pool
    collectors: Collectors
    classifier: Callable[[], Classifier]
    policy: Policy
    drains: Mapping[Task, Drain]
    clock: Clock = utc_now
    wake: Callable[[Task], bool] = wake
    pause: Callable[[float], object] = STOPPING.wait

    @property
    def secret_key(self) -> str:
        """The key that opens stored credentials."""
        return self.settings.secret_key.get_secret_value()

    @property
    def public_url(self) -> str:
        """Where agents open Amends; links in alerts begin with it."""
        return self.settings.public_url or f"http://{self.settings.host}:{self.settings.port}"


def make_drains(stopping: Event) -> dict[Task, Drain]:
    """Return one drain a task."""
    return {task: Drain(stopping=stopping, at_once=AT_ONCE.get(task, 1)) for task in Task}


def _classifier() -> Classifier:
    """Return the model, loaded at the first call; imported here, since the lane that only fetches has no use for its libraries."""
    from amends.triage.loading import default_classifier  # noqa: PLC0415

    return default_classifier()


def wake_here_first(task: Task, drains: Mapping[Task, Drain], hands: Hands, publish: Callable[[Task], bool]) -> bool:
    """Wake `task` without the broker where this process does such work: who is at it looks once more, or a free hand takes it.

    Other processes are called by what comes from outside (pages, networks, the clock), so that all of them have a part in a flood.
    """
    return drains[task].look_again() or hands.take(task) or publish(task)


@cache
def context() -> Context:
    """Return the context of this process; its pool connects when it is first used, so the database may come later."""
    given = settings()
    if given.database_url is None:
        raise SettingsWrong("AMENDS_DATABASE_URL is not set; `./amends up` starts a database by itself, a single part does not.")
    pool = Pool(given.database_url, size=max(4, sum(AT_ONCE.values()) // 2))
    drains = make_drains(STOPPING)
    return Context(
        settings=given,
        pool=pool,
        collectors=Collectors(given.secret_key.get_secret_value(), pool=pool),
        classifier=_classifier,
        policy=policy_of(given),
        drains=drains,
        wake=lambda task: wake_here_first(task, drains, HANDS, wake),
    )
