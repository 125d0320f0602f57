"""Makes a year up: each case lives by chance, and what is true of it is kept as it lives. Nothing of the product is asked here.

A life is a list of deeds in time (`Deed`), which `playing` does at a desk, and the truth that they come to (`Life`).
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.year.truth import BEGINS, DAY, ENDS, HOUR, MINUTE, NOW, SECOND, Episode, Life, Look, Stretch

SOURCES = (("x", "lanka-air", "lankaair"), ("reddit", "tern-air", "tern"), ("x", "tern-air", "ternair"))
UNREAD = 2
"""The source that is never read again, so that silence there says nothing."""
LANGUAGES = ("en", "en", "ta", "si")
TEAMS, AGENTS, TOPICS = 3, 2, 3
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


class Over(Exception):
    """The year is over for this case."""


class Living:
    """One case by chance."""

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
        self.resolver, self.agrees, self.solved, self.can_undo = 0, chance.random() < 0.25, False, False

    def live(self) -> "Living":
        """Let it happen."""
        try:
            self._open()
            for _ in range(self.chance.choice((2, 4, 6, 9))):
                steps = _STEPS[self.status]
                [step] = self.chance.choices([step for step, _ in steps], [weight for _, weight in steps])
                step(self)
            self._settle(NOW)
        except Over:
            pass
        return self

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
        if self.solved or glad:
            return "held"
        return "unknown" if self.life.source == UNREAD else "silent"

    # What the customer does.

    def _open(self) -> None:
        published = BEGINS + self.chance.randrange(366 * 86_400) * SECOND
        if self.chance.random() < 0.2:
            published = self.chance.choice(ODD) + self.chance.randrange(20 * 3600) * SECOND
        self.at = min(published, ENDS - SECOND)
        self._say("negative")

    def _say(self, mood: str, *, published: datetime | None = None) -> None:
        """Let the customer write; we see it a while later, or a little before it is published by the network's clock."""
        published = published or self.at + timedelta(microseconds=self.chance.randrange(1_000_000))
        late = self.chance.choices((90 * self.chance.random() + 0.001, -2, 40_000, 900_000), (90, 3, 5, 1))[0]
        self._go_to(max(self.at, published + late * SECOND))
        seen = self.at
        self._see(published, mood)
        self._hear(published, seen, mood)

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
                self._end_looks("relapsed")
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

    def write_again(self) -> None:
        self._pass()
        self._say(self.chance.choice(("negative", "neutral", "positive")))

    def write_late(self) -> None:
        """A post reaches us after later ones; it crossed our answer, or was published before the first that we saw."""
        self._pass(2 * HOUR)
        earliest = max((episode.ended for episode in self.life.episodes if episode.ended), default=BEGINS)
        newest = max(self.sent or earliest, earliest) if self.status == "waiting" else self.since
        assert newest
        published = newest - self.chance.randrange(2, 900) * SECOND
        if published > max([earliest, *(wait.end for wait in self.episode.waits if wait.end and self.status == "open")]):
            self._say(self.chance.choice(("negative", "neutral")), published=published)

    def thank(self) -> None:
        self._pass(40 * DAY)
        self._say("positive")

    def complain_again(self) -> None:
        self._pass(50 * DAY)
        self._say("negative")

    def be_asked(self) -> None:
        """The customer is asked by mail two days after the end, and answers with a mark, with a yes, or with a no."""
        if not self.agrees or self.episode.number > 1 or self.at > (self.episode.resolved or NOW) + 2 * DAY:
            return
        self.agrees = False
        self._go_to((self.episode.resolved or NOW) + 2 * DAY)
        self._do("ask")
        self._pass(20 * DAY)
        solved = self.chance.choice((None, True, True, False))
        self.episode.csat = 1 + self.chance.randrange(5)
        self._do("rate", csat=self.episode.csat, solved=solved)
        if solved:
            self.solved = True
            self._say_of_looks("held")
        elif solved is False:
            self._say_of_looks("relapsed", also_open=True)
            if self.life.agent is None:
                self.life.agent = self.resolver
            self._begin(self.at, self.at)

    def _say_of_looks(self, outcome: str, *, also_open: bool = False) -> None:
        for look in self.episode.looks.values():
            if look.outcome or also_open:
                look.outcome = outcome

    def _end_looks(self, outcome: str) -> None:
        for look in self.episode.looks.values() if self.life.episodes else ():
            look.outcome = look.outcome or outcome

    # What we do.

    def answer(self) -> None:
        """An agent answers. The network's clock may differ from ours by a little, or by a lot."""
        self._pass()
        self._write()
        self._send(self.chance.choices((0, -4, 3, -7200), (80, 8, 8, 4))[0])

    def answer_and_resolve(self) -> None:
        self._pass()
        agent = self._write(then_resolve=True)
        pauses = list(self.episode.pauses)
        self._send(0)
        self.episode.pauses = pauses
        self._end(agent, can_undo=False)

    def answer_across(self) -> None:
        """The customer writes while our answer is on its way."""
        self._pass()
        self._write()
        published = self.at + 5 * SECOND
        self.at += 20 * SECOND
        self._see(published, "negative")
        self._wait(min(self.since or published, published))
        self.at += 30 * SECOND
        self._send(0)
        del self.episode.pauses[-1]
        self._wait(published)

    def _write(self, *, then_resolve: bool = False) -> int:
        """Let an agent write an answer; whoever had not the case gets it."""
        agent = self.chance.randrange(AGENTS)
        self._do("write", agent=agent, then_resolve=then_resolve)
        self.life.agent = agent if self.life.agent is None else self.life.agent
        return agent

    def _send(self, skew: float) -> None:
        at = self.at + skew * SECOND
        self.at += SECOND
        self._do("send", dated=at)
        episode = self.episode
        earlier = [pause.end for pause in episode.pauses if pause.end]
        waited, self.sent = self.since, max(at, self.sent or at)
        if waited is None:
            return
        episode.answered = episode.answered or at
        for wait in episode.waits[-1:]:
            wait.end = max(at, wait.begin) if wait.end is None else wait.end
        self.status, self.since = "waiting", None
        episode.pauses.append(Stretch(begin=max([at, waited, *earlier])))

    def resolve(self) -> None:
        self._pass()
        self._do("resolve", agent=(agent := self.chance.randrange(AGENTS)))
        self._end(agent)

    def _end(self, agent: int, *, can_undo: bool = True) -> None:
        self.resolver, self.can_undo = agent, can_undo
        self.before = (self.status, self.since)
        self.status, self.since = "resolved", None
        self.episode.resolved = self.at
        self.episode.looks = {days: Look(due=self.at + after) for days, after in AFTER.items()}
        self._end_waits()

    def _end_waits(self) -> None:
        for wait in self.episode.waits[-1:]:
            if wait.end is None:
                wait.end, wait.void = max(self.at, wait.begin), True

    def undo(self) -> None:
        """The end is taken back within the two minutes that there are for it."""
        resolved = self.episode.resolved
        if resolved is None or not self.can_undo or self.at > resolved:
            return
        self.at = resolved + 100 * SECOND
        self._do("undo")
        self.episode.resolved, self.episode.looks = None, {}
        self._go_on()

    def _go_on(self) -> None:
        self.status, self.since = self.before
        for wait in self.episode.waits[-1:]:
            if wait.void:
                wait.end, wait.void = None, False

    def dismiss(self) -> None:
        self._pass()
        self._do("dismiss")
        self.before = (self.status, self.since)
        self.status, self.since = "dismissed", None
        self.episode.dismissed = self.at
        self._end_waits()

    def bring_back(self) -> None:
        self._pass()
        self._do("reopen")
        self.episode.dismissed = None
        self._go_on()

    def open_again(self) -> None:
        self._pass(40 * DAY)
        self._do("reopen")
        self._end_looks("unknown")
        self._begin(self.at, self.at)

    # What changes no clock, but the groups and filters that the case is counted in.

    def give_to_team(self) -> None:
        self._pass()
        team = self.chance.randrange(TEAMS)
        if (self.life.team, self.life.agent) != (team, None):
            self.life.team, self.life.agent = team, None
            self._do("move", team=team)

    def give_to_agent(self) -> None:
        self._pass()
        self.life.agent = self.chance.randrange(AGENTS)
        self._do("assign", agent=self.life.agent)

    def name_topic(self) -> None:
        self._pass()
        topic = self.chance.randrange(TOPICS)
        self.life.topics.add(topic)
        self._do("topic", topic=topic)

    def correct_mood(self) -> None:
        """An agent says that the newest post is not what the model took it for."""
        self._pass()
        newest = max(reversed(self.posts), key=lambda post: post.published)
        mood = "negative" if newest.mood == "neutral" else "neutral"
        if newest.mood != "positive":
            newest.mood = self.life.mood = mood
            self._do("correct", key=newest.key, mood=mood)

    def fail_to_answer(self) -> None:
        """An answer that does not go out stops nothing; who wrote it has the case from then on."""
        self._pass()
        self._write()
        self._do("fail")

    def change_nothing(self) -> None:
        self._pass()
        self._do(self.chance.choice(("note", "bot")))


Step = Callable[[Living], None]
_ANY: list[tuple[Step, int]] = [
    (Living.give_to_team, 3),
    (Living.give_to_agent, 3),
    (Living.name_topic, 3),
    (Living.correct_mood, 3),
]
_STEPS: Mapping[str, list[tuple[Step, int]]] = {
    "open": [
        *_ANY,
        (Living.answer, 50),
        (Living.answer_and_resolve, 8),
        (Living.answer_across, 6),
        (Living.write_again, 8),
        (Living.write_late, 5),
        (Living.resolve, 8),
        (Living.dismiss, 4),
        (Living.fail_to_answer, 2),
        (Living.change_nothing, 3),
    ],
    "waiting": [
        *_ANY,
        (Living.resolve, 50),
        (Living.write_again, 25),
        (Living.write_late, 6),
        (Living.answer, 4),
        (Living.answer_and_resolve, 4),
        (Living.dismiss, 2),
    ],
    "resolved": [(Living.undo, 8), (Living.thank, 15), (Living.complain_again, 20), (Living.open_again, 6), (Living.be_asked, 25)],
    "dismissed": [(Living.bring_back, 4), (Living.complain_again, 4)],
}


def a_year(cases: int, seed: int) -> list[Living]:
    """Return the cases of a year as they lived."""
    chance = random.Random(seed)  # noqa: S311
    return [Living(number, chance).live() for number in range(cases)]
