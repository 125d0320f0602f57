"""The alert channels, one file each. `build(target)` finds the file by the target's scheme; there is no list to edit.

A channel's module has `SCHEMES` (empty for the one that takes whatever no other claims), `build(target, outward=False) -> Notifier` and
`masked(target) -> str`, the target without its secrets, for screens and logs. With `outward` nothing inside our own network is told.
"""

import sys
from collections.abc import Mapping
from functools import cache
from types import ModuleType

from amends.core import plugins
from amends.core.errors import Refused
from amends.core.ports import Notifier
from amends.core.translating import _


def kinds() -> tuple[str, ...]:
    """Return the names of the alert channels that there is a file for."""
    return plugins.names(sys.modules[__name__])


@cache
def load() -> Mapping[str, ModuleType]:
    """Return every channel's module; the first call takes a moment, so a worker makes it before the first alert does."""
    return plugins.discover(sys.modules[__name__])


def kind_of(target: str) -> str:
    """Return which channel takes `target`; `Refused` where it is no address at all."""
    scheme, mark, rest = target.strip().partition("://")
    if not mark or not rest:
        raise Refused(_("An alert channel is an address such as webhook+https://…, smtp://…?to=… or slack://…"))
    found = load()
    claimed = (kind for kind, module in found.items() if scheme.lower() in module.SCHEMES)
    return next(claimed, "") or next(kind for kind, module in found.items() if not module.SCHEMES)


def _module_of(target: str) -> ModuleType:
    return load()[kind_of(target)]


def build(target: str, *, outward: bool = False) -> Notifier:
    """Return the notifier for `target`, which tells nothing to our own network with `outward`; `Refused` says what is wrong with it."""
    try:
        return _module_of(target).build(target.strip(), outward=outward)
    except ValueError as error:
        raise Refused(_("This address cannot be read: %(error)s") % {"error": error}) from error


def masked(target: str) -> str:
    """Return `target` as it may be shown: where it goes, without keys and passwords."""
    return _module_of(target).masked(target.strip())
