"""The networks: one file each, inbound and outbound. `networks()` finds the files; there is no list to edit.

A network's module has `build(account, clock) -> Collector`, `posts_from(body, account) -> Harvest`, what its form asks for
(`CREDENTIALS`, `OPTIONS` and the kinds of `WATCHES`) and what it can do (`ABILITIES`). Files that begin with an underscore are private
halves of a network that outgrew one file.
"""

import sys
from functools import cache
from importlib import import_module
from types import ModuleType

from amends.core import plugins
from amends.core.abilities import Abilities
from amends.core.clock import Clock, utc_now
from amends.core.errors import SettingsWrong
from amends.core.network_words import Said
from amends.core.ports import Account, Collector


@cache
def networks() -> tuple[str, ...]:
    """Return the names of the networks that there is a file for."""
    return plugins.names(sys.modules[__name__])


@cache
def load(network: str) -> ModuleType:
    """Return the module of `network`; `SettingsWrong` where there is none."""
    if network not in networks():
        raise SettingsWrong(Said.NO_NETWORK, name=network, known=", ".join(networks()))
    return import_module(f"{__name__}.{network}")


def abilities(network: str) -> Abilities:
    """Return what `network` can do."""
    found: Abilities = load(network).ABILITIES
    return found


def build(network: str, account: Account, clock: Clock = utc_now) -> Collector:
    """Return the collector of `network` for our `account`."""
    return load(network).build(account, clock)
