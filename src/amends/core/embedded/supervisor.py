"""Keeps the parts of an installation alive: starts them in order, starts again what dies, stops all of it in order.

Servers come up first and go last; programs are ours and are asked to stop all at once. Runs in the main thread, which the kernel
watches for the children: when this process dies, however it dies, they go with it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Protocol

from amends.core.embedded.program import Program, turn_over
from amends.core.errors import SettingsWrong

FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
STEADY_AFTER = 60.0
BEAT = 0.2
TIDY_EVERY = 60.0


class Part(Protocol):
    """A server or a program that can be started again after it died."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        ...

    @property
    def log(self) -> Path | None:
        """The file it writes to, if any."""
        ...

    def start(self) -> object:
        """Start it."""
        ...

    def stop(self) -> None:
        """End it."""
        ...


@dataclass(kw_only=True, slots=True)
class _Watch:
    part: Part
    since: float
    wait: float = FIRST_WAIT
    again_at: float | None = None


class Supervisor:
    """Watches over `servers` and `programs`; `say` hears what happened, one sentence each, `changed` that a process id did."""

    def __init__(self, *, say: Callable[[str], None], changed: Callable[[], None]) -> None:
        self._say = say
        self._changed = changed
        self._servers: list[Part] = []
        self._programs: list[Program] = []
        self._watches: list[_Watch] = []
        self._tidy_at = 0.0

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of the parts that run."""
        return {watch.part.name: watch.part.pid for watch in self._watches if watch.part.pid}

    def add_server(self, server: Part) -> None:
        """Watch over a server that was just started."""
        self._servers.append(server)
        self._watch(server)

    def start(self, programs: Sequence[Program]) -> None:
        """Start `programs` and watch over them."""
        for program in programs:
            program.start()
            self._programs.append(program)
            self._watch(program)

    def run(self, until: Event) -> None:
        """Watch until `until` is set."""
        while not until.wait(BEAT):
            self._look_round()

    def wait_for(self, ready: Callable[[], bool], *, until: Event, timeout: float) -> bool:
        """Watch until `ready` says yes, and return True; False where `until` was set or `timeout` seconds passed before that."""
        deadline = time.monotonic() + timeout
        while not until.wait(BEAT / 4) and time.monotonic() < deadline:
            if ready():
                return True
            self._look_round()
        return False

    def stop(self) -> None:
        """End everything: programs first and together, then the servers, the last one up first."""
        for program in self._programs:
            program.ask_to_stop()
        for part in (*self._programs, *reversed(self._servers)):
            part.stop()

    def _watch(self, part: Part) -> None:
        self._watches.append(_Watch(part=part, since=time.monotonic()))
        self._changed()

    def _look_round(self) -> None:
        now = time.monotonic()
        for watch in self._watches:
            self._look(watch, now)
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_EVERY
            for watch in self._watches:
                turn_over(watch.part.log)

    def _look(self, watch: _Watch, now: float) -> None:
        if watch.part.pid:
            if now - watch.since > STEADY_AFTER:
                watch.wait = FIRST_WAIT
        elif watch.again_at is None:
            watch.again_at = now + watch.wait
            why = f" ({watch.part.log} may say why)" if watch.part.log else ""
            self._say(f"{watch.part.name} has stopped{why}; starting it again in {watch.wait:.0f} s")
        elif now >= watch.again_at:
            self._start_again(watch, now)

    def _start_again(self, watch: _Watch, now: float) -> None:
        watch.since, watch.again_at, watch.wait = now, None, min(watch.wait * 2, LONGEST_WAIT)
        try:
            watch.part.start()
        except (SettingsWrong, OSError) as error:
            self._say(f"{watch.part.name} does not start: {error}")
        self._changed()
