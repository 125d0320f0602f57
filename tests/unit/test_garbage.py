"""Garbage is looked for seldom, not never."""

import gc
import weakref
from collections.abc import Generator

import pytest

from amends.core import garbage


class Circle:
    """Something that holds itself, which only a look for garbage frees."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before() -> Generator[None]:
    """Give the tests beside this one their usual looks back."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_is_there_is_looked_at_no_more() -> None:
    there = weakref.ref(Circle())
    kept = Circle()
    garbage.look_seldom()
    assert there() is None
    begun = weakref.ref(kept)
    del kept
    gc.collect()
    assert begun() is not None


def test_what_comes_later_is_freed_after_a_while() -> None:
    garbage.look_seldom()
    first = weakref.ref(Circle())
    few = [[] for _ in range(garbage.MADE_BETWEEN // 5)]
    assert first() is not None
    many = [[] for _ in range(garbage.MADE_BETWEEN)]
    assert first() is None
    assert len(few) + len(many) > garbage.MADE_BETWEEN
