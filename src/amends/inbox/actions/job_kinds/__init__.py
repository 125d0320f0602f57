"""The kinds of long work, one file each; there is no list to edit. Place in the path: `actions.jobs` -> a portion of a kind.

A kind's module has `total(conn, job) -> int` (how much there is to do, counted once at the beginning) and
`portion(conn, job, tools) -> Portion` (the next piece, after `job.position`, done within the caller's transaction; small, about a second
at most). A portion that was done twice must be as good as one that was done once. What takes longer is returned as `Slow` instead, and
done while no transaction is open.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol, cast

from amends.core import plugins
from amends.core.clock import Clock
from amends.core.database import Connection
from amends.core.errors import Refused
from amends.core.ports import Classifier
from amends.core.translating import _
from amends.inbox.rules.policy import Policy
from amends.inbox.store.jobs import Job
from amends.triage.replay import Replay, replay_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Portion:
    """What a portion did: up to which place (a key, not a number of rows), how many things, and whether it was the last."""

    position: int
    done: int
    over: bool = False


def _shipped() -> Replay:
    return replay_of("")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """What a portion may need; `classifier` and `replay` load at their first call and raise `ModelMissing` where they cannot."""

    classifier: Callable[[], Classifier]
    clock: Clock
    replay: Callable[[], Replay] = _shipped
    policy: Policy = field(default_factory=Policy)


Finish = Callable[[Connection], Portion]
Slow = Callable[[], Finish]
"""Work of many seconds on what a portion has read: done without a transaction; what it returns writes the result, in one of its own."""


class Kind(Protocol):
    """One kind of long work."""

    def total(self, conn: Connection, job: Job) -> int:
        """Return how many things there are to do."""
        ...

    def portion(self, conn: Connection, job: Job, tools: Tools) -> Portion | Slow:
        """Do the next piece after `job.position` (0 at the beginning)."""
        ...


def names() -> tuple[str, ...]:
    """Return the kinds that there is a file for."""
    return plugins.names(sys.modules[__name__])


@cache
def load() -> Mapping[str, Kind]:
    """Return every kind by its name."""
    return {name: cast("Kind", module) for name, module in plugins.discover(sys.modules[__name__]).items()}


def known(name: str) -> str:
    """Return the name of a kind that there is; `Refused` for any other."""
    if name not in names():
        raise Refused(_("There is no kind of job called “%(name)s”; there are: %(n)s.") % {"name": name, "n": ", ".join(names())})
    return name
