"""The stream of news for open screens: one LISTEN per process, one look at the database per moment of news, many screens.

Place in the path: event committed -> NOTIFY -> here -> every open screen. Whatever a process hears within `GATHER` seconds is told as
one bulletin: the counters, and the rows of the touched cases, rendered once for all. A screen that was away names the last event it
knows and gets what it missed; one that reads too slowly is told to look again as a whole.
"""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass

from amends.core.database import DatabaseGone, listen
from amends.core.log import logger
from amends.inbox.rules.rights import Scope
from amends.inbox.store.counts import Count, summed
from amends.inbox.store.inbox_list import CaseRow

log = logger(__name__)

GATHER = 0.08
HEARTBEAT = 15.0
LONGEST_STREAM = 300.0
BACKLOG = 50
MOST_CASES = 60
PATIENCE = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A row of the list and its HTML."""

    row: CaseRow
    html: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bulletin:
    """What changed: `last` is the newest event it covers, `counts` the counters, `rows` the touched cases.

    `events` is the newest event of each touched case, by which an open case knows whether it shows that already.
    """

    last: int
    counts: Sequence[Count]
    rows: Sequence[Drawn]
    events: dict[int, int]

    def told(self, scope: Scope) -> str:
        """Return the message as it goes over the stream to a screen that sees so much."""
        seen = [one for one in self.rows if scope.holds(team_id=one.row.team_id, source_id=one.row.source_id)]
        news = {
            "counts": summed(self.counts, scope),
            "rows": {one.row.id: one.html for one in seen},
            "events": {one.row.id: self.events[one.row.id] for one in seen},
        }
        return f"id: {self.last}\nevent: news\ndata: {json.dumps(news)}\n\n"


def look_again(last: int) -> str:
    """Return the message after which a screen fetches itself anew."""
    return f"id: {last}\nevent: again\ndata: {{}}\n\n"


Tell = Callable[[Mapping[int, int], int], Bulletin]


class Live:
    """The news of one process. `tell` makes a bulletin of cases, each with its newest event; it is called in a worker thread."""

    def __init__(self, url: str, tell: Tell) -> None:
        self._url = url
        self._tell = tell
        self._screens: dict[asyncio.Queue[str], Scope] = {}
        self._touched: dict[int, int] = {}
        self._last = 0
        self._heard = asyncio.Event()
        self._listening = threading.Event()
        self._stopping = threading.Event()

    def bulletin(self, touched: Mapping[int, int], last: int) -> Bulletin:
        """Return what is to be told of these cases now."""
        return self._tell(touched, last)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Listen for as long as this block lasts; it begins when we do listen, or after `PATIENCE` seconds without a database."""
        loop = asyncio.get_running_loop()
        thread = threading.Thread(target=self._listen, args=(loop,), name="live-listen", daemon=True)
        thread.start()
        teller = asyncio.create_task(self._keep_telling())
        await asyncio.to_thread(self._listening.wait, PATIENCE)
        try:
            yield
        finally:
            self._stopping.set()
            teller.cancel()
            for queue in self._screens:
                queue.put_nowait("")

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen until we stop; a database that went away is asked again each second."""
        while not self._stopping.is_set():
            try:
                self._hand_over(loop)
            except DatabaseGone as error:
                log.warning("live_listen_lost", reason=str(error).strip())
                self._stopping.wait(1.0)

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand every notification to the loop. Nobody knows what came before we listened, so screens look again at its beginning."""
        for place, payload in enumerate(listen(self._url, "amends_events", timeout=1.0)):
            if self._stopping.is_set():
                return
            if place == 0:
                loop.call_soon_threadsafe(self._say, look_again(self._last))
                self._listening.set()
            elif payload:
                loop.call_soon_threadsafe(self._hear, payload)

    def _hear(self, payload: str) -> None:
        news = json.loads(payload)
        event = int(news.get("last") or 0)
        self._last = max(self._last, event)
        self._touched |= {case_id: max(event, self._touched.get(case_id, 0)) for case_id in news.get("cases") or ()}
        self._heard.set()

    async def _keep_telling(self) -> None:
        while True:
            await self._heard.wait()
            await asyncio.sleep(GATHER)
            self._heard.clear()
            touched, self._touched = self._touched, {}
            if self._screens and touched:
                await self._tell_all(touched)

    async def _tell_all(self, touched: Mapping[int, int]) -> None:
        """Tell every screen of the touched cases; a flood of them is told as "look again"."""
        if len(touched) > MOST_CASES:
            self._say(look_again(self._last))
            return
        try:
            bulletin = await asyncio.to_thread(self._tell, touched, self._last)
        except DatabaseGone:
            self._say(look_again(self._last))
            return
        told = {scope: bulletin.told(scope) for scope in set(self._screens.values())}
        for queue, scope in self._screens.items():
            self._put(queue, told[scope])

    def _say(self, message: str) -> None:
        """Tell every screen the same."""
        for queue in self._screens:
            self._put(queue, message)

    def _put(self, queue: asyncio.Queue[str], message: str) -> None:
        """Lay `message` into a screen's queue; one that is full is emptied first, and its screen looks again."""
        if queue.full():
            while not queue.empty():
                queue.get_nowait()
            message = look_again(self._last)
        queue.put_nowait(message)

    async def stream(self, first: str, scope: Scope) -> AsyncGenerator[str]:
        """Yield `first`, then every message for a screen that sees so much, with heartbeats between, until it is to be opened anew."""
        queue: asyncio.Queue[str] = asyncio.Queue(BACKLOG)
        self._screens[queue] = scope
        loop = asyncio.get_running_loop()
        ends = loop.time() + LONGEST_STREAM
        try:
            yield "retry: 2000\n\n" + first
            while loop.time() < ends and not self._stopping.is_set():
                try:
                    yield await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._screens.pop(queue, None)
