"""A walk through a newest-first listing: the mark moves at its end only, and a parted walk covers what it would have covered whole."""

from hypothesis import given
from hypothesis import strategies as st

from amends.core.walk import REMEMBERED, Walk

ITEMS = st.lists(st.integers(min_value=1, max_value=999), unique=True, max_size=60)


def words(numbers: list[int]) -> list[str]:
    return [f"{number:04}" for number in sorted(numbers, reverse=True)]


def page_at(items: list[str], place: str, size: int) -> list[str]:
    return [item for item in items if not place or item < place][:size]


def step(walk: Walk, items: list[str], size: int) -> tuple[list[str], Walk]:
    """Read one page as a collector does."""
    page = page_at(items, walk.place, size)
    ends = walk.reached(page) or len(page) < size
    return [item for item in page if item > walk.mark], walk.after(page, "" if ends else page[-1])


def finish(walk: Walk, items: list[str], size: int) -> tuple[set[str], Walk]:
    found: set[str] = set()
    while True:
        page, walk = step(walk, items, size)
        found |= set(page)
        if not walk.place:
            return found, walk


def test_the_mark_stays_until_the_walk_is_over() -> None:
    walk = Walk.resume(None, "0100").after(["0300", "0200"], "0200")
    assert (walk.mark, walk.newest, walk.place) == ("0100", "0300", "0200")
    assert walk.after(["0150"], "").mark == "0300"


def test_a_cursor_keeps_the_whole_walk() -> None:
    walk = Walk(mark="1", newest="9", place="p", known=("a", "b@2"), met=("c",))
    assert Walk.resume(walk.cursor()) == walk


def test_an_empty_page_moves_nothing() -> None:
    assert Walk.resume(None, "0100").after([], "") == Walk(mark="0100")


@given(ITEMS, ITEMS, st.integers(1, 7), st.integers(0, 6))
def test_a_walk_parted_anywhere_still_finds_everything(first: list[int], later: list[int], size: int, pages: int) -> None:
    items, walk, found = words(first), Walk(mark="0000"), set[str]()
    for _ in range(pages):
        page, walk = step(walk, items, size)
        found |= set(page)
        if not walk.place:
            break
    new = words([*first, *(1000 + number for number in later)])
    parts = walk.split() or (walk,)
    for part in parts:
        found |= finish(part, new, size)[0]
    assert found == set(new)


def test_after_a_walk_longer_than_memory_the_newest_items_are_still_known() -> None:
    items, walk = words(list(range(1, 2 * REMEMBERED + 1))), Walk(mark="0000", known=("0000",))
    for at in range(0, len(items), 100):
        page = items[at : at + 100]
        assert walk.knows("0000")
        walk = walk.after(page, page[-1] if page[-1] != items[-1] else "", page)
    assert walk == Walk(mark=items[0], known=tuple(items[:REMEMBERED]))


def test_an_item_of_an_earlier_page_or_walk_is_known_and_a_short_walk_forgets_the_oldest_first() -> None:
    before = tuple(words(list(range(1, REMEMBERED + 1))))
    walk = Walk(mark=before[0], known=before).after(["0900"], "0900", ["0900"])
    assert walk.knows("0900")
    assert walk.knows(before[-1])
    assert walk.after(before[:1], "", before[:1]).known == ("0900", *before[:-1])


def test_the_walk_that_is_parted_off_knows_what_was_met() -> None:
    parts = Walk(mark="0100", known=("0100",)).after(["0300"], "0300", ["0300"]).split()
    assert parts is not None
    assert parts[0] == Walk(mark="0300", known=("0300", "0100"))
