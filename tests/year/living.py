"""Makes a year up: each case lives by chance, and what is true of it is kept as it lives. Here: what we do, and how likely all is."""

import random
from collections.abc import Callable, Mapping

from tests.year.customer import Customer
from tests.year.standing import AFTER, AGENTS, TEAMS, TOPICS, Over, Standing
from tests.year.truth import DAY, HOUR, NOW, RULES, SECOND, Look, Rung, Stretch


class Living(Customer):
    """One case by chance, as it is dealt with at the desk."""

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
        newest = self.newest
        mood = "negative" if newest.mood == "neutral" else "neutral"
        if newest.mood != "positive" and not newest.gone:
            newest.mood, newest.corrected, self.life.mood = mood, True, mood
            self._do("correct", key=newest.key, mood=mood)

    def fail_to_answer(self) -> None:
        """An answer that does not go out stops nothing; who wrote it has the case from then on."""
        self._pass()
        self._write()
        self._do("fail")

    def change_nothing(self) -> None:
        self._pass()
        self._do(self.chance.choice(("note", "bot")))

    def raise_alarm(self) -> None:
        """An alarm rings for the case, once by a rule; somebody acknowledges it, or says that it was none, or nobody does."""
        self._pass()
        rule, raised = self.chance.choice(RULES), self.at
        if any(one.rule == rule for one in self.life.alarms):
            return
        self._do("alarm", rule=rule)
        useless = self.chance.choice((None, False, True))
        if useless is not None:
            self._pass(HOUR)
            self._do("judge", useless=useless)
        self.life.alarms.append(Rung(rule=rule, raised=raised, useless=useless))


Step = Callable[[Living], None]
_ANY: list[tuple[Step, int]] = [
    (Living.give_to_team, 3),
    (Living.give_to_agent, 3),
    (Living.name_topic, 3),
    (Living.correct_mood, 3),
    (Living.edit, 3),
    (Living.withdraw, 8),
    (Living.join, 2),
    (Living.raise_alarm, 2),
    (Living.be_forgotten, 1),
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
    "resolved": [
        (Living.undo, 8),
        (Living.thank, 15),
        (Living.complain_again, 20),
        (Living.open_again, 6),
        (Living.be_asked, 25),
        (Living.complain_elsewhere, 8),
        (Living.be_forgotten, 2),
    ],
    "dismissed": [(Living.bring_back, 4), (Living.complain_again, 4)],
}


def a_year(cases: int, seed: int) -> list[Standing]:
    """Return the cases of a year as they lived, those of other handles too."""
    chance = random.Random(seed)  # noqa: S311
    lived = [Living(number, chance).live() for number in range(cases)]
    return [*lived, *(one.twin for one in lived if one.twin)]
