"""Holds streams open: one for each watch that asks for it, over all worker processes.

Place in the path: network -> `Streaming.listen` -> here -> posts, stream cursor and events in one commit. Who holds a stream has a lease in
the database that each page and each sign of life prolongs: who is killed with -9 loses it, and another one goes on from the last cursor.
"""

import time
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex
from threading import Event, Thread
from typing import cast

from amends.collectors import abilities, networks
from amends.core.database import DatabaseGone
from amends.core.errors import Conflict, NetworkError, Unreachable
from amends.core.log import bound, logger
from amends.core.ports import Page
from amends.core.pushing import Streaming
from amends.inbox.actions import stream
from amends.inbox.store.streams import StreamJob
from amends.worker.context import STOPPING, Context
from amends.worker.names import Task

log = logger(__name__)

PATIENCE = 60.0
LOOK_EVERY = 2.0
MOST = 32
ENDED = "The network ended the stream."
SILENT = "The stream gave no sign of life for a minute, so it was given up."


def kinds_of_streams() -> list[tuple[str, str]]:
    """Return each network with each kind of watch that can be listened to there."""
    return [(name, str(kind)) for name in networks() for kind in sorted(abilities(name).streams)]


@dataclass(kw_only=True)
class Listener:
    """One stream that is open in a thread of its own; `heard_at` is when it last gave a sign of life, by the timer."""

    job: StreamJob
    opened_at: datetime
    heard_at: float
    given_up: Event = field(default_factory=Event)
    thread: Thread = field(init=False)


class Streams:
    """The streams of this process: `step()` opens what nobody holds and gives up what hangs, `stop()` lets all of them go.

    A thread that hangs in its network cannot be ended from outside. It is given up instead: what it still brings is not taken, and it
    counts as one of the `most` threads until it ends.
    """

    def __init__(
        self,
        at: Context,
        *,
        kinds: Collection[tuple[str, str]],
        patience: float = PATIENCE,
        most: int = MOST,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at = at
        self._kinds = kinds
        self._patience = patience
        self._most = most
        self._timer = timer
        self._open: list[Listener] = []
        self._lost: list[Listener] = []

    def step(self) -> None:
        """Look once after everything."""
        self._lost = [one for one in self._lost if one.thread.is_alive()]
        self._open = [one for one in self._open if one.thread.is_alive()]
        for one in [one for one in self._open if self._timer() - one.heard_at > self._patience]:
            self._give_up(one)
        while len(self._open) + len(self._lost) < self._most and (job := self._claim()):
            self._begin(job)

    def stop(self) -> None:
        """Let every stream go, so that another process takes it over at once."""
        for one in self._open:
            one.given_up.set()
            with self._at.pool.transaction() as conn:
                stream.hand_on(conn, one.job, now=self._at.clock())

    def join(self, timeout: float) -> None:
        """Wait until the open streams have ended, at most `timeout` seconds for each."""
        for one in self._open:
            one.thread.join(timeout)

    def _claim(self) -> StreamJob | None:
        with self._at.pool.transaction() as conn:
            return stream.claim_stream(conn, kinds=self._kinds, holder=token_hex(16), now=self._at.clock())

    def _begin(self, job: StreamJob) -> None:
        one = Listener(job=job, opened_at=self._at.clock(), heard_at=self._timer())
        one.thread = Thread(target=self._listen, args=(one,), name=f"stream-{job.watch_id}", daemon=True)
        self._open.append(one)
        one.thread.start()

    def _give_up(self, one: Listener) -> None:
        log.warning("stream_hangs", watch_id=one.job.watch_id, network=one.job.network)
        one.given_up.set()
        self._open.remove(one)
        self._lost.append(one)
        self._end(one, Unreachable(SILENT))

    def _listen(self, one: Listener) -> None:
        """Run one stream from its opening to its end, whatever that is."""
        with bound(watch_id=one.job.watch_id, source_id=one.job.source_id, network=one.job.network):
            log.info("stream_opened")
            try:
                error = Unreachable(ENDED) if self._follow(one) else None
            except NetworkError as raised:
                error = raised
            if not one.given_up.is_set():
                log.info("stream_ended", trouble=type(error).__name__, words=str(error))
                self._end(one, error)

    def _follow(self, one: Listener) -> bool:
        """Take what comes until the network ends it; False where we ended it ourselves."""
        with self._at.collectors.lent(one.job) as collector:
            pages = cast("Streaming", collector).listen(one.job.watch, one.job.cursor, stopping=one.given_up.is_set)
            with _closing(pages):
                for page in pages:
                    one.heard_at = self._timer()
                    if one.given_up.is_set() or not self._take(one, page):
                        return False
        return True

    def _take(self, one: Listener, page: Page) -> bool:
        """Store one page; False where the stream is not ours any more or there is no database: then it ends, and is opened anew."""
        try:
            with self._at.pool.transaction() as conn:
                got, lost = stream.record_stream_page(conn, one.job, page, now=self._at.clock())
        except (Conflict, DatabaseGone) as error:
            log.info("stream_let_go", words=str(error).strip())
            return False
        if got.new or got.edited or got.deleted:
            self._at.wake(Task.RELAY)
            log.info("page_heard", new=got.new, again=got.again, edited=got.edited, deleted=got.deleted, reads=page.reads)
        for trouble in (*page.troubles, *lost):
            log.warning("page_trouble", words=trouble)
        return True

    def _end(self, one: Listener, error: NetworkError | None) -> None:
        """Let go of the stream, for now or (None) for whoever opens it next; without a database the lease runs out by itself."""
        now = self._at.clock()
        try:
            with self._at.pool.transaction() as conn:
                if error is None:
                    stream.hand_on(conn, one.job, now=now)
                else:
                    stream.end_stream(conn, one.job, error, lived=now - one.opened_at, now=now)
        except DatabaseGone as gone:
            log.warning("database_gone", words=str(gone).strip())
        self._at.wake(Task.COLLECT_DUE)


@contextmanager
def _closing(pages: Iterator[Page]) -> Generator[None]:
    """Close the stream at the end where it can be closed, as a generator can, and do not leave that to chance."""
    try:
        yield
    finally:
        close = getattr(pages, "close", None)
        if close is not None:
            close()


def supervise(at: Context, *, stopping: Event = STOPPING) -> None:
    """Keep streams open until this process is asked to stop. Nothing that goes wrong ends this."""
    streams = Streams(at, kinds=kinds_of_streams())
    while not stopping.wait(LOOK_EVERY):
        _without_end(streams.step)
    _without_end(streams.stop)


def _without_end(step: Callable[[], None]) -> None:
    try:
        step()
    except DatabaseGone as error:
        log.warning("database_gone", words=str(error).strip())
    except Exception:
        log.exception("streams_broke")
