"""Where a made-up case stands: its time, its posts, its looks, and what is true of it as things happen. Nothing of the product is asked.

A life is a list of deeds in time (`Deed`), which `playing` does at a desk, and the truth that they come to (`Life`).
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.year.truth import BEGINS, DAY, HOUR, MINUTE, NOW, SECOND, Episode, Life, Look, Stretch

SOURCES = (("x", "lanka-air", "lankaair"), ("reddit", "tern-air", "tern"), ("x", "tern-air", "ternair"))
UNREAD = 2
"""The source that is never read again, so that silence there says nothing."""
LANGUAGES = ("en", "en", "ta", "si")
TEAMS, AGENTS, TOPICS = 3, 2, 3
TWINS = 1_000_000
"""The case of another handle has a number so much higher."""
AFTER = {7: 7 * DAY, 30: 30 * DAY}
PATIENCE = HOUR + SECOND
# Moments around which clocks and calendars are changed: leap day, summer time in Berlin and on Lord Howe Island.
ODD = tuple(
    datetime(2028, month, day, hour, tzinfo=UTC)
    for month, day, hour in ((2, 28, 20), (2, 29, 6), (3, 25, 18), (3, 26, 0), (4, 1, 14), (9, 30, 14), (10, 28, 20), (10, 29, 0))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """Something that happens in the case `life` at a moment, and what it takes."""

    at: datetime
    life: int
    verb: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(kw_only=True, slots=True)
class Written:
    """A post of the customer's."""

    key: str
    published: datetime
    mood: str
    corrected: bool = False
    gone: bool = False


class Over(Exception):
    """The year is over for this case."""


class Standing:
    """One case by chance: where it stands, and what is true of it."""

    def __init__(self, number: int, chance: random.Random) -> None:
        source = chance.randrange(len(SOURCES))
        network, brand, _handle = SOURCES[source]
        self.chance = chance
        self.life = Life(number=number, source=source, network=network, brand=brand, language=chance.choice(LANGUAGES))
        self.deeds: list[Deed] = []
        self.posts: list[Written] = []
        self.at, self.status = BEGINS, ""
        self.since: datetime | None = None
        self.sent: datetime | None = None
        self.before: tuple[str, datetime | None] = "", None
        self.erased = False
        self.resolver, self.agrees, self.solved, self.can_undo = 0, chance.random() < 0.25, False, False

    @property
    def episode(self) -> Episode:
        return self.life.episodes[-1]

    def _do(self, verb: str, **facts: Any) -> None:
        self.deeds.append(Deed(at=self.at, life=self.life.number, verb=verb, facts=facts))

    def _pass(self, most: timedelta = 4 * DAY) -> None:
        """Let time pass, mostly little of it; what is due in the meantime happens."""
        self._go_to(self.at + MINUTE + most * self.chance.random() ** 5 + timedelta(microseconds=self.chance.randrange(1_000_000)))

    def _go_to(self, at: datetime) -> None:
        self._settle(min(at, NOW))
        if at >= NOW:
            raise Over
        self.at = at

    def _settle(self, until: datetime) -> None:
        """Let the looks that are due by then be taken."""
        lag = PATIENCE if self.life.source == UNREAD else timedelta(0)
        for look in self.episode.looks.values() if self.life.episodes else ():
            if look.outcome is None and self.status == "resolved" and look.due + lag <= until:
                self.at = look.due + lag
                look.outcome = self._found(look)
                self._do("look")

    def _found(self, look: Look) -> str:
        resolved = self.episode.resolved
        assert resolved
        sent = self.sent if self.sent and self.sent < resolved else resolved
        glad = any(post.mood == "positive" and sent < post.published <= look.due for post in self.posts)
        if self.erased:
            return "unknown"
        if self.solved or glad:
            return "held"
        return "unknown" if self.life.source == UNREAD else "silent"

    def _see(self, published: datetime, mood: str) -> None:
        """Let us see a post and read it; the mood of a case is that of its newest one."""
        key, triaged = f"{self.life.number}-{len(self.posts)}", self.at + self.chance.random() * 3 * SECOND
        self._do("post", key=key, published=published, mood=mood, triaged=triaged)
        self.at = triaged
        if all(published >= post.published for post in self.posts):
            self.life.mood = mood
        self.posts.append(Written(key=key, published=published, mood=mood))

    def _hear(self, published: datetime, seen: datetime, mood: str) -> None:
        if self.status in {"", "resolved", "dismissed"}:
            if mood == "negative":
                resolved = self.episode.resolved if self.life.episodes else None
                self._end_looks("unknown" if resolved and published <= resolved else "relapsed")
                self._begin(published, seen)
            return
        if self.since and published < self.since and self.episode.answered is None:
            self.episode.published = min(self.episode.published, published)
        self._wait(min(self.since or published, published))

    def _begin(self, published: datetime, seen: datetime) -> None:
        self.life.episodes.append(Episode(number=len(self.life.episodes) + 1, published=published, seen=seen, triaged=self.at))
        self.status, self.since, self.sent, self.solved = "open", published, None, False

    def _wait(self, since: datetime) -> None:
        """Let the customer wait for us since then: our waiting for them ends, and after an answer the next one is called for."""
        self.status, self.since = "open", since
        for pause in self.episode.pauses[-1:]:
            pause.end = max(pause.begin, min(since, pause.end or since))
        if self.episode.answered:
            waits = self.episode.waits
            if waits and waits[-1].end is None:
                waits[-1].begin = since
            else:
                waits.append(Stretch(begin=since))

    def _end_looks(self, outcome: str) -> None:
        for look in self.episode.looks.values() if self.life.episodes else ():
            look.outcome = look.outcome or outcome

    def _end_waits(self) -> None:
        for wait in self.episode.waits[-1:]:
            if wait.end is None:
                wait.end, wait.void = max(self.at, wait.begin), True
