"""The stream of news for open screens: one LISTEN per process, one look at the database per moment of news, many screens.

Place in the path: event committed -> NOTIFY -> here -> every open screen. Whatever a process hears within `GATHER` seconds is told as
one bulletin, made once for all screens of a language and scope (`bulletins.py`). A screen that was away names the last event it knows
and gets what it missed; one that reads too slowly is told to look again as a whole, and let go where it does not even read that.
"""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from amends.api.bulletins import Audience, Teller, look_again, message
from amends.core.database import DatabaseGone, listen
from amends.core.log import logger

log = logger(__name__)

GATHER = 0.08
GATHER_PRESENCE = 0.3
GATHER_ALARMS = 0.5
FORGET_EVERY = 5.0
HEARTBEAT = 15.0
LONGEST_STREAM = 60.0
"""Who may hear what is asked when a stream opens: so long does somebody hear on at most whose session ran out of time."""

BACKLOG = 50
MOST_CASES = 60
PATIENCE = 3.0
ENDS = ""


@dataclass(eq=False, kw_only=True)
class Screen:
    """An open screen: whose it is, what it may be told in which language, and what it was not sent yet."""

    audience: Audience = field(default_factory=Audience)
    agent_id: int = 0
    queue: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(BACKLOG))
    is_behind: bool = False

    def say(self, text: str, last: int) -> bool:
        """Lay a message down; False where the screen has read nothing since it was told to look again."""
        if not self.queue.full():
            self.queue.put_nowait(text)
            return True
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(ENDS if self.is_behind else look_again(last))
        still_there, self.is_behind = not self.is_behind, True
        return still_there

    def end(self, last: int) -> None:
        """Say nothing more of what is still to be said, and end, so that whoever may hear on looks and opens the stream anew."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(look_again(last))
        self.queue.put_nowait(ENDS)


class Live:
    """The news of one process."""

    def __init__(self, url: str, teller: Teller) -> None:
        self.teller = teller
        self._url = url
        self._screens: set[Screen] = set()
        self._touched: dict[int, int] = {}
        self._present: set[int] = set()
        self._last = 0
        self._heard, self._seen, self._rung = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._listening, self._stopping = threading.Event(), threading.Event()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Listen for as long as this block lasts; it begins when we do listen, or after `PATIENCE` seconds without a database."""
        loop = asyncio.get_running_loop()
        thread = threading.Thread(target=self._listen, args=(loop,), name="live-listen", daemon=True)
        thread.start()
        tasks = [
            asyncio.create_task(self._keep(self._heard, GATHER, self._tell_news)),
            asyncio.create_task(self._keep(self._seen, GATHER_PRESENCE, self._tell_presence)),
            asyncio.create_task(self._keep(self._rung, GATHER_ALARMS, self._tell_alarms)),
            asyncio.create_task(self._keep_forgetting()),
        ]
        await asyncio.to_thread(self._listening.wait, PATIENCE)
        try:
            yield
        finally:
            self._stopping.set()
            for task in tasks:
                task.cancel()
            for screen in list(self._screens):
                screen.say(ENDS, self._last)

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
                loop.call_soon_threadsafe(self._look_again)
                self._listening.set()
            elif payload:
                loop.call_soon_threadsafe(self._hear, payload)

    def _hear(self, payload: str) -> None:
        """Take in one notification: events, who is where, that alarms changed, that somebody sees more or less, or a word for one agent."""
        news = json.loads(payload)
        event = int(news.get("last") or 0)
        self._last = max(self._last, event)
        if cases := news.get("cases"):
            self._touched |= {case_id: max(event, self._touched.get(case_id, 0)) for case_id in cases}
            self._heard.set()
        if present := news.get("present"):
            self._present.update(present)
            self._seen.set()
        if news.get("alarms"):
            self._rung.set()
        if agent_id := news.get("sight"):
            self._let_go(agent_id)
        for agent_id, facts in (news.get("notices") or {}).items():
            self._say(message("notice", facts), lambda screen, agent_id=int(agent_id): screen.agent_id == agent_id)

    async def _keep(self, heard: asyncio.Event, gather: float, tell: Callable[[], Awaitable[None]]) -> None:
        while True:
            await heard.wait()
            await asyncio.sleep(gather)
            heard.clear()
            await self._safely(tell)

    async def _keep_forgetting(self) -> None:
        """Forget every few seconds who gave no sign of life, as long as a screen shows anybody."""
        while True:
            await asyncio.sleep(FORGET_EVERY)
            if self._screens:
                await self._safely(lambda: asyncio.to_thread(self.teller.forget_who_left))

    async def _safely(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do `act`; whatever goes wrong ends in a log line, since nobody would begin this anew."""
        try:
            await act()
        except DatabaseGone:
            log.warning("live_database_gone")
        except Exception:
            log.exception("live_failed")

    async def _tell_news(self) -> None:
        """Tell every screen of the touched cases; a flood of them is told as "look again"."""
        touched, self._touched = self._touched, {}
        if not self._screens or not touched:
            return
        if len(touched) > MOST_CASES:
            self._look_again()
            return
        last = self._last
        await self._tell(lambda audiences: self.teller.news(touched, last, audiences))

    async def _tell_presence(self) -> None:
        present, self._present = self._present, set()
        if self._screens and present:
            await self._tell(lambda audiences: self.teller.presence(present, audiences))

    async def _tell_alarms(self) -> None:
        """Tell every screen that alarms changed; each asks for what it may see of them."""
        self._say(message("alarms", {}), lambda _screen: True)

    async def _tell(self, make: Callable[[set[Audience]], Mapping[Audience, str]]) -> None:
        """Make the messages in a thread and lay each into the screens it is for; who came meanwhile has heard it already or looks again."""
        try:
            told = await asyncio.to_thread(make, {screen.audience for screen in self._screens})
        except DatabaseGone:
            self._look_again()
            return
        for screen in list(self._screens):
            self._lay(screen, told.get(screen.audience) or look_again(self._last))

    def _look_again(self) -> None:
        self._say(look_again(self._last), lambda _screen: True)

    def _say(self, text: str, is_for: Callable[[Screen], bool]) -> None:
        for screen in list(self._screens):
            if is_for(screen):
                self._lay(screen, text)

    def _lay(self, screen: Screen, text: str) -> None:
        if not screen.say(text, self._last):
            self._screens.discard(screen)

    def _let_go(self, agent_id: int) -> None:
        """End the streams of somebody whose session ended, or who may see more or less by now."""
        for screen in [one for one in self._screens if one.agent_id == agent_id]:
            self._screens.discard(screen)
            screen.end(self._last)

    async def stream(self, first: Callable[[], str], screen: Screen) -> AsyncGenerator[str]:
        """Yield what `first` returns, then every message, with heartbeats between, until the stream is old enough to be opened anew.

        The screen hears from before `first` looks, so that nothing falls between; what it then hears twice does no harm.
        """
        self._screens.add(screen)
        loop = asyncio.get_running_loop()
        ends = loop.time() + LONGEST_STREAM
        try:
            yield "retry: 2000\n\n" + await asyncio.to_thread(first)
            while loop.time() < ends and not self._stopping.is_set():
                try:
                    text = await asyncio.wait_for(screen.queue.get(), HEARTBEAT)
                except TimeoutError:
                    text = ": still here\n\n"
                if text == ENDS:
                    return
                screen.is_behind = False
                yield text
        finally:
            self._screens.discard(screen)
