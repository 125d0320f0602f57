"""The translators, one file each. `build(choice)` asks every file whether the choice is its own; there is no list to edit.

A translator's module has `claim(choice) -> Translator | None`. What is translated is somebody's words: no translator writes it to a log.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType

from amends.core import plugins
from amends.core.ports import Translator


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What the company set: the address of a translator that speaks LibreTranslate's language, or the name of a local model."""

    url: str = ""
    key: str = field(default="", repr=False)
    model: str = ""


@cache
def load() -> Mapping[str, ModuleType]:
    """Return every translator's module."""
    return plugins.discover(sys.modules[__name__])


def build(choice: Choice) -> Translator | None:
    """Return the translator that was chosen, or None; `SettingsWrong` where the choice is no good."""
    claimed = (module.claim(choice) for module in load().values())
    return next((found for found in claimed if found is not None), None)
