"""What a test needs of the machine: absent, it is skipped with the reason; in CI, where .ci/run installs it, its absence is a failure."""

import os
import shutil
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Later:
    """A module that takes a second to import, which waits for the first test that uses it: each process of a run collects all tests.

    Where it may be absent, `without` is the reason why its tests are skipped.
    """

    name: str
    without: str = ""

    def __getattr__(self, attribute: str) -> Any:
        """Return what the module has under this name."""
        module = pytest.importorskip(self.name, reason=self.without) if self.without else import_module(self.name)
        return getattr(module, attribute)


def program(*places: str) -> Path:
    """Return the first of `places` (a name on the PATH, or a path) that is there."""
    for place in places:
        found = shutil.which(place)
        if found:
            return Path(found)
    return absent(f"{places[0]} is not installed here")


def absent(reason: str) -> Path:
    """Skip the test for `reason`, or fail it in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and .ci/run should have installed it")
    pytest.skip(reason)
