"""The surroundings of a worker's task for tests: a real database, a network and a model that are fakes, a clock moved by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from pydantic import SecretStr

from amends.core.database import Pool
from amends.core.ports import Account, Classifier, Collector
from amends.core.settings import Mode, Settings
from amends.worker.context import Context, make_drains
from amends.worker.lending import Collectors
from amends.worker.names import Task
from amends.worker.tasks import perform
from tests.cast import NOON, POLICY, SECRET_KEY
from tests.fakes import FakeClassifier, FakeNetwork


@dataclass(kw_only=True)
class Workplace:
    """What a test sees and moves; `woken` is every wake-up that was sent, `pauses` are seconds."""

    pool: Pool
    network: FakeNetwork = field(default_factory=FakeNetwork)
    model: Callable[[], Classifier] = FakeClassifier
    now: datetime = NOON
    woken: list[Task] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    public_url: str | None = "http://desk.example"

    @property
    def context(self) -> Context:
        """The context that tasks get."""
        return Context(
            settings=Settings(mode=Mode.TEST, secret_key=SecretStr(SECRET_KEY), public_url=self.public_url),
            pool=self.pool,
            collectors=Collectors(SECRET_KEY, build=self._build),
            classifier=self.model,
            policy=POLICY,
            drains=make_drains(Event()),
            clock=lambda: self.now,
            wake=self._wake,
            pause=self.pauses.append,
        )

    def perform(self, *tasks: Task) -> None:
        """Run tasks one after the other, as wake-ups would."""
        for task in tasks:
            perform(task, self.context)

    def _build(self, network: str, account: Account) -> Collector:
        self.built.append(f"{network} {account.handle} {account.credentials['token']}")
        return self.network

    def _wake(self, task: Task) -> bool:
        self.woken.append(task)
        return True
