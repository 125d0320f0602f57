"""Find plug-ins by their files: whatever module lies in a package is one, unless its name begins with an underscore.

Used by the networks, the triage models and the alert channels, so that a new one is a new file and no list is edited.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def names(package: ModuleType) -> tuple[str, ...]:
    """Return the names of the plug-ins in `package`, in alphabetical order, without importing them."""
    return _names(tuple(package.__path__))


@cache
def _names(folders: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(found.name for found in iter_modules(folders) if not found.name.startswith("_")))


def discover(package: ModuleType) -> dict[str, ModuleType]:
    """Return every plug-in of `package` by its name, imported."""
    return {name: import_module(f"{package.__name__}.{name}") for name in names(package)}
