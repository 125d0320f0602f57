"""What the customer of a made-up case does: writes, thanks, rewords, deletes, complains elsewhere, asks to be forgotten."""

import random
from datetime import datetime, timedelta

from tests.year.standing import ODD, TWINS, Over, Standing, Written
from tests.year.truth import BEGINS, DAY, ENDS, HOUR, NOW, SECOND


class Customer(Standing):
    """One case by chance, as its customer goes about it."""

    twin: "Twin | None" = None

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

    @property
    def newest(self) -> Written:
        """Return the post that the mood of the case is that of."""
        return max(reversed(self.posts), key=lambda post: post.published)

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

    def edit(self) -> None:
        """The customer words the newest post anew, and its mood turns; that of the first one stays, so that the complaint does."""
        self._pass()
        newest = self.newest
        if newest.mood == "positive" or newest.corrected or newest.gone or newest is self.posts[0]:
            return
        newest.mood = self.life.mood = "negative" if newest.mood == "neutral" else "neutral"
        self._do("edit", key=newest.key, mood=newest.mood)

    def withdraw(self) -> None:
        """The customer deletes a post, which changes no number: what happened has happened."""
        self._pass()
        there = [post for post in self.posts[1:] if post is not self.newest and not post.gone]
        if there:
            gone = self.chance.choice(there)
            gone.gone = True
            self._do("withdraw", key=gone.key)

    def complain_elsewhere(self) -> None:
        """The customer complains with another handle, in a thread of its own: to the same brand, which is a relapse, or to another."""
        if self.twin is not None:
            return
        self._pass(20 * DAY)
        self.twin = Twin(self, self.chance)
        open_still = any(look.outcome is None for look in self.episode.looks.values())
        self.at = self.twin.at
        self._do("link", twin=self.twin.life.number)
        if self.twin.life.brand == self.life.brand and open_still:
            self._end_looks("relapsed")
            self.life.agent = self.resolver if self.life.agent is None else self.life.agent
            [heard] = self.twin.life.episodes
            self._begin(heard.published, heard.seen)
            self.episode.triaged = heard.triaged

    def be_forgotten(self) -> None:
        """The customer asks to be forgotten: an open case is over and not resolved, and what happened stays in the numbers."""
        if self.twin is not None:
            return
        self._pass()
        self._do("erase", agent=0)
        self.erased, self.life.member = True, False
        if self.status != "resolved":
            self.status, self.since = "resolved", None
            self.episode.forgotten = self.at
            self._end_waits()
        self._settle(NOW)
        raise Over

    def join(self) -> None:
        """The customer becomes a member, by which a segment finds them."""
        self._pass()
        if not self.life.member:
            self.life.member = True
            self._do("join")


class Twin(Customer):
    """A case of another handle of the same customer, of which nobody does anything."""

    def __init__(self, other: Customer, chance: random.Random) -> None:
        super().__init__(other.life.number + TWINS, chance)
        self.life.language, self.life.of = other.life.language, other.life
        self.at = other.at
        published = self.at + timedelta(microseconds=chance.randrange(1_000_000))
        self.at = published + chance.randrange(1, 90) * SECOND
        seen = self.at
        self._see(published, "negative")
        self._hear(published, seen, "negative")
