"""However posts come between two pages of Bluesky's notifications, whose place is a bare time: a walk that goes on reads every one."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from amends.collectors._bluesky_items import Item, tid
from amends.collectors._bluesky_walk import begun, mark, step
from amends.core.ports import Cursor

BEGIN = datetime(2026, 2, 20, 12, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
LIMIT = 10

steps = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(1, LIMIT - 1), st.integers(0, 50)),
        st.tuples(st.just("wait"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("fetch"), st.integers(1, 3), st.just(0)),
    ),
    max_size=60,
)


@dataclass(kw_only=True)
class Listing:
    """A listing in memory: the newest first by the time that the author claims, and on from a place by `<` of that time alone."""

    now: datetime = BEGIN
    items: list[Item] = field(default_factory=list[Item])
    cursor: Cursor | None = None
    got: set[str] = field(default_factory=set[str])
    requests: int = 0

    def publish(self, count: int, late: timedelta) -> None:
        """Let posts appear now whose authors' clocks are `late`."""
        for _ in range(count):
            at, key = self.now - late, tid(self.now, len(self.items) % 1024)
            record: dict[str, object] = {"text": "x", "createdAt": mark(at)}
            self.items.append(Item(uri=f"at://did:plc:cy/app.bsky.feed.post/{key}", record=record, view={}, raw={}, indexed_at=at))

    def fetch(self) -> bool:
        """Read one page; tell whether there is more."""
        walk = begun(self.cursor, BEGIN - timedelta(hours=1))
        listed = sorted(self.items, key=lambda item: item.record["createdAt"], reverse=True)  # pyright: ignore[reportArgumentType, reportCallIssue]
        page = [item for item in listed if not walk.place or str(item.record["createdAt"]) < walk.place][:LIMIT]
        taken = step(walk, page, str(page[-1].record["createdAt"]) if page else "", LIMIT, self.now)
        assert taken.missed is None
        self.cursor, self.requests = taken.onward.cursor(), self.requests + 1
        self.got |= {item.uri for item in taken.new}
        return bool(taken.onward.place)

    def drain(self) -> None:
        """Read until there is no more."""
        before = self.requests
        while self.fetch():
            assert self.requests < before + 300


@given(steps)
def test_every_post_is_read_though_many_share_a_moment_and_some_clocks_are_slow(actions: list[tuple[str, int, int]]) -> None:
    listing = Listing()
    for action, much, late in actions:
        if action == "publish":
            # At most one page may share a millisecond, whose clock is late or not; see the test of more.
            listing.now += 60 * MILLISECOND
            listing.publish(much, timedelta(milliseconds=late) if listing.cursor is None else timedelta())
        elif action == "wait":
            listing.now += timedelta(seconds=much)
        else:
            for _ in range(much):
                listing.fetch()
    # A walk under way does not see what appears above it: the next one does.
    listing.drain()
    listing.drain()
    assert listing.got == {item.uri for item in listing.items}


def test_a_post_by_a_slow_clock_is_read_though_it_appears_below_what_was_read() -> None:
    listing = Listing()
    listing.publish(3, timedelta())
    listing.drain()
    listing.now += timedelta(minutes=1)
    listing.publish(1, timedelta(minutes=50))
    listing.drain()
    assert len(listing.got) == 4


def test_a_long_walk_is_not_walked_again() -> None:
    listing = Listing()
    for _ in range(300):
        listing.now += MILLISECOND
        listing.publish(4, timedelta())
    listing.drain()
    assert len(listing.got) == 1200
    before = listing.requests
    listing.drain()
    assert listing.requests == before + 1


def test_more_of_one_millisecond_than_a_page_holds_is_named_and_the_walk_goes_on() -> None:
    listing = Listing()
    listing.publish(1, timedelta(minutes=1))
    listing.publish(LIMIT + 3, timedelta())
    walk = begun(None, BEGIN - timedelta(hours=1))
    listed = listing.items[:0:-1]
    first = step(walk, listed[:LIMIT], str(listed[0].record["createdAt"]), LIMIT, listing.now)
    assert first.onward.place == mark(BEGIN + MILLISECOND)
    second = step(first.onward, listed[:LIMIT], str(listed[0].record["createdAt"]), LIMIT, listing.now)
    assert second.onward.place == mark(BEGIN)
    assert second.missed is not None
    assert (second.missed.since, second.missed.until) == (BEGIN, BEGIN + MILLISECOND)
