"""Plays the scenario: publishes its entries at their time, lets customers react to our replies, and floods on request.

The scenario's time runs `pace` minutes a second while the player is not paused. How far it came is kept in the same transaction as each
post, so that a killed sandbox goes on where it was, nothing twice and nothing skipped.
"""

import random
import threading
from dataclasses import dataclass

from amends.core.clock import Clock
from amends.sandbox import messages, people, publishing
from amends.sandbox.faults import Faults
from amends.sandbox.publishing import Press
from amends.sandbox.records import Account, Draft, Network, Origin, PublicPost, Temper
from amends.sandbox.script import Deed, Entry, Scenario
from amends.sandbox.store import Row

TICK = 0.05
SOONEST, LATEST = 4, 45
NIGHT, DAWN = 120, 5
PRIVATE = "dm:"


@dataclass(kw_only=True, slots=True)
class _Hands:
    """The thread that moves the player, and what stops it."""

    stop: threading.Event
    thread: threading.Thread | None = None


class Player:
    """Moves the scenario's time and publishes what is due."""

    def __init__(self, press: Press, scenario: Scenario, clock: Clock, *, faults: Faults, pace: float, seed: int) -> None:
        """Stand ready at the minute that was reached last; `start` sets the time in motion."""
        self.pace, self.seed = pace, seed
        self._press, self._scenario, self._clock, self._faults = press, scenario, clock, faults
        self._lock = threading.RLock()
        self._world = float(press.store.fact("world", str(scenario.begin)))
        self._played = int(press.store.fact("played", "0"))
        self._seen = clock().timestamp()
        self.paused = False
        self._hands = _Hands(stop=threading.Event())

    @property
    def minute(self) -> float:
        """Return the scenario's present minute; it counts on over the scenario's repetitions."""
        return self._world

    @property
    def played(self) -> int:
        """Return how many entries were played."""
        return self._played

    def start(self) -> None:
        """Let time run in a thread of its own."""
        self._seen = self._clock().timestamp()
        self._hands.thread = threading.Thread(target=self._run, name="sandbox-player", daemon=True)
        self._hands.thread.start()

    def stop(self) -> None:
        """Stop the time; returns when nothing is being published any more."""
        self._hands.stop.set()
        if self._hands.thread is not None:
            self._hands.thread.join(timeout=5)

    def _run(self) -> None:
        while not self._hands.stop.wait(TICK):
            now = self._clock().timestamp()
            minutes = 0.0 if self.paused else (now - self._seen) * self.pace
            self._seen = now
            if minutes:
                self.step(minutes + self._quiet())

    def _quiet(self) -> float:
        """Return the minutes of a night that may be skipped: nobody watching a demo wants to wait for the morning."""
        waiting = (self._next_at() or self._world) - self._world
        return waiting - DAWN if waiting > NIGHT else 0.0

    def step(self, minutes: float) -> int:
        """Let `minutes` of the scenario pass and publish what falls due; returns how many entries and reactions that were."""
        with self._lock:
            goal, done = self._world + minutes, 0
            while (entry_at := self._next_at()) is not None and entry_at <= goal:
                self._play_next(entry_at)
                done += 1
            self._world = goal
            return done + self._react(goal)

    def _next_at(self) -> float | None:
        entries = self._scenario.entries
        if not entries:
            return None
        loop, index = divmod(self._played, len(entries))
        return loop * self._scenario.length + entries[index].minute

    def _play_next(self, at: float) -> None:
        loop, index = divmod(self._played, len(self._scenario.entries))
        store = self._press.store
        with store.together():
            self._do(self._scenario.entries[index], loop)
            store.remember("played", str(self._played + 1))
            store.remember("world", str(at))
        self._played += 1

    def _do(self, entry: Entry, loop: int) -> None:
        if entry.fault is not None:
            self._faults.add(entry.fault)
            return
        target = self._target(entry, loop) if entry.target else None
        if entry.target and (target is None or target.deleted):
            return
        if target is not None and entry.deed in {Deed.EDIT, Deed.DELETE, Deed.REMOVE, Deed.LOCK}:
            self._change(entry, target, loop)
            return
        post = publishing.publish(self._press, self._draft(entry, target, loop), self._clock().timestamp())
        if entry.label:
            self._press.store.write(
                "insert or replace into labels values (:label, :network, :id)",
                label=f"{entry.label}~{loop}",
                network=post.network,
                id=post.id,
            )

    def _target(self, entry: Entry, loop: int) -> PublicPost | None:
        found = self._press.store.rows("select post_id from labels where label = :label", label=f"{entry.target}~{loop}")
        return self._press.store.post(entry.network, found[0]["post_id"]) if found else None

    def _change(self, entry: Entry, target: PublicPost, loop: int) -> None:
        now, store = self._clock().timestamp(), self._press.store
        if entry.deed is Deed.EDIT:
            publishing.edit(store, target, people.varied(entry.text, loop, self.seed), now)
        elif entry.deed is Deed.LOCK:
            store.write("update posts set locked = 1 where seq = :seq", seq=target.seq)
        else:
            publishing.delete(store, target, now, by="moderator" if entry.deed is Deed.REMOVE else "author")

    def _draft(self, entry: Entry, target: PublicPost | None, loop: int) -> Draft:
        author = people.account_of(self._press.store, self._scenario, entry, loop)
        text = people.varied(entry.text, loop, self.seed)
        is_reply, is_share = entry.deed is Deed.REPLY, entry.deed is Deed.SHARE
        return Draft(
            author=author,
            text=people.answering(author, target, text) if is_reply else people.shared(target, text) if is_share else text,
            title=people.varied(entry.title, loop, self.seed) or (target.title if target and is_share else ""),
            subreddit=entry.subreddit or (target.subreddit if target else ""),
            parent_id=target.id if target and is_reply else "",
            quoted_id=target.id if target and entry.deed is Deed.QUOTE else "",
            shared_id=target.id if target and is_share else "",
            media=entry.media,
            language=target.language if target and is_share else entry.language,
            mood=entry.mood,
            kind=entry.kind,
            origin=Origin.SCENARIO,
        )

    def answered(self, answer: PublicPost) -> None:
        """Take note that the company answered somebody, who will react in their own time."""
        parent = self._press.store.post(answer.network, answer.parent_id)
        if parent is not None:
            self._expect(answer.network, answer.id, parent.author)

    def written(self, receiver: Account, message: Row) -> None:
        """Take note that the company wrote to somebody in private, who will answer in their own time."""
        self._expect(Network.X, f"{PRIVATE}{message['id']}", receiver)

    def _expect(self, network: Network, answer_id: str, author: Account) -> None:
        if author.brand or author.temper is Temper.SILENT:
            return
        after = random.Random(f"{self.seed} {answer_id}").uniform(SOONEST, LATEST)  # noqa: S311 (no secret)
        self._press.store.write(
            "insert or ignore into due (at, network, answer_id, author_id) values (:at, :network, :answer, :author)",
            at=self._world + after,
            network=network,
            answer=answer_id,
            author=author.id,
        )

    def _react(self, minute: float) -> int:
        due = self._press.store.rows("select * from due where at <= :minute order by at", minute=minute)
        for row in due:
            with self._press.store.together():
                self._press.store.write("delete from due where id = :id", id=row["id"])
                self._reaction(Network(row["network"]), row["answer_id"], row["author_id"])
        return len(due)

    def _reaction(self, network: Network, answer_id: str, author_id: str) -> None:
        store = self._press.store
        author, answer = store.account(network, account_id=author_id), store.post(network, answer_id)
        if author is not None and answer_id.startswith(PRIVATE):
            messages.answer(store, author, int(answer_id.removeprefix(PRIVATE)), self._clock().timestamp())
        if author is None or answer is None or answer.deleted:
            return
        before = store.posts(
            "p.network = :network and p.root_id = :root and p.author_id = :who and p.origin = 'reaction'",
            network=network,
            root=answer.root_id,
            who=author_id,
        )
        draft = people.reaction(self._scenario, author, answer, len(before), random.Random(f"{self.seed} {answer_id}"))  # noqa: S311
        if draft is not None:
            publishing.publish(self._press, draft, self._clock().timestamp())
