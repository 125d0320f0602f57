"""Libraries that another one takes along where it finds them, and that we do not use through it."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


@contextmanager
def absent(name: str) -> Generator[None]:
    """Let what is imported in this block find no library `name`, unless it is loaded already; afterwards it is there as before."""
    modules: dict[str, Any] = sys.modules
    if name in modules:
        yield
        return
    modules[name] = None  # as the import system wants it: "importing it raises ModuleNotFoundError"
    try:
        yield
    finally:
        del modules[name]
