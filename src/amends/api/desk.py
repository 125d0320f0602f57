"""What every route needs from its installation: settings, database, clock, policy, the stream of news, and the wake-up of the worker."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request

from amends.api.live import Live
from amends.api.networks import Able, abilities
from amends.api.origins import SAFE, origin_of
from amends.api.screen import Screens
from amends.core.clock import Clock
from amends.core.database import Pool
from amends.core.ports import Translator
from amends.core.settings import Settings
from amends.inbox.actions import audit
from amends.inbox.actions.policies import policy_of
from amends.inbox.rules.policy import Policy

Wake = Callable[[], object]


def leave_it_to_the_sweep() -> None:
    """Wake nobody: the worker's sweep finds whatever is undone a moment later."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One installation, as the routes see it."""

    settings: Settings
    pool: Pool
    clock: Clock
    wake: Wake
    screens: Screens
    live: Live
    able: Able = abilities
    translator: Translator | None = None

    @property
    def policy(self) -> Policy:
        """Return what the company decided for its desk."""
        return policy_of(self.settings)

    @property
    def secret_key(self) -> str:
        """Return the key that seals credentials."""
        return self.settings.secret_key.get_secret_value()


def desk_at(request: Request) -> Desk:
    """Return the desk that `create_app` put on the application; what a request changes is audited with who asked and from where."""
    desk: Desk = request.app.state.desk
    if request.method in SAFE:
        return desk
    return replace(desk, pool=desk.pool.stamped(lambda conn: audit.stamp(conn, origin_of(request), now=desk.clock())))


async def _desk_at(request: Request) -> Desk:
    return desk_at(request)  # a plain function would take a thread for it


AtDesk = Annotated[Desk, Depends(_desk_at)]
