"""What a test needs of the machine: absent, it is skipped with the reason; in CI, where .ci/run installs it, its absence is a failure."""

import os
import shutil
from pathlib import Path

import pytest


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
