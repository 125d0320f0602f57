"""What one running sandbox consists of, and how a request reaches it."""

from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from amends.core.clock import Clock
from amends.sandbox.faults import Faults
from amends.sandbox.floods import Floods
from amends.sandbox.limits import Limits
from amends.sandbox.player import Player
from amends.sandbox.publishing import Press
from amends.sandbox.script import Scenario
from amends.sandbox.store import Store
from amends.sandbox.watches import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Sandbox:
    """The networks and all that moves them; `listening` are the apps with an open stream."""

    store: Store
    press: Press
    scenario: Scenario
    sources: tuple[Source, ...]
    player: Player
    floods: Floods
    faults: Faults
    limits: Limits
    clock: Clock
    listening: set[str] = field(default_factory=set[str])

    def now(self) -> float:
        """Return the present moment in seconds since 1970."""
        return self.clock().timestamp()


def sandbox_of(request: Request) -> Sandbox:
    """Return the sandbox that `request` came to."""
    return cast("Sandbox", request.app.state.sandbox)


Here = Annotated[Sandbox, Depends(sandbox_of)]
