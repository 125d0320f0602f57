"""Floods: many customers of one brand at once, for load and fault tests."""

import random
import threading
import time
from dataclasses import dataclass

from amends.core.clock import Clock
from amends.sandbox import people, publishing
from amends.sandbox.publishing import Press, keep_account
from amends.sandbox.records import Draft, Network, Origin
from amends.sandbox.script import Brand, Person, Scenario, Template

BEAT = 0.05
CROWD = 400
_TITLE = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class Flood:
    """`count` posts about `brand` on `network`, `per_second` of them a second."""

    network: Network
    brand: str
    count: int
    per_second: float


class Floods:
    """The floods that run, each in a thread of its own."""

    def __init__(self, press: Press, scenario: Scenario, clock: Clock, seed: int) -> None:
        """Stand ready."""
        self._press, self._scenario, self._clock, self._seed = press, scenario, clock, seed
        self._left: dict[int, int] = {}
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def running(self) -> int:
        """Return how many posts are still to come."""
        return sum(self._left.values())

    def start(self, flood: Flood) -> None:
        """Begin a flood; returns at once."""
        number = len(self._threads)
        self._left[number] = flood.count
        thread = threading.Thread(target=self._run, args=(flood, number), name=f"sandbox-flood-{number}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """End all floods where they are."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _run(self, flood: Flood, number: int) -> None:
        began, done = time.monotonic(), 0
        while done < flood.count and not self._stop.wait(BEAT):
            goal = min(int((time.monotonic() - began) * flood.per_second) + 1, flood.count)
            with self._press.store.together():
                for _ in range(done, min(goal, done + CROWD)):
                    self._publish(flood, number, done)
                    done += 1
            self._left[number] = flood.count - done
        self._left[number] = 0

    def _publish(self, flood: Flood, number: int, index: int) -> None:
        now = self._clock().timestamp()
        dice = random.Random(f"{self._seed} {now} {number} {index}")  # noqa: S311 (no secret)
        brand = self._scenario.brands[flood.brand]
        template = dice.choice(_templates(self._scenario, brand))
        text = filled(template, self._scenario.lists, dice)
        is_thread = flood.network is Network.REDDIT
        handle = f"{dice.choice(_HANDLES)}{dice.randrange(CROWD):03d}"
        person = Person(key=handle, x=handle, reddit=handle, bluesky=handle, name=handle.title(), language=template.language)
        draft = Draft(
            author=keep_account(self._press.store, people.person_account(person, flood.network, 0)),
            text=text if is_thread else f"@{people.handle_on(brand, flood.network)} {text}",
            title=text[:_TITLE] if is_thread else "",
            subreddit=brand.subreddit if is_thread else "",
            language=template.language,
            mood=template.mood,
            kind=template.kind,
            origin=Origin.FLOOD,
        )
        publishing.publish(self._press, draft, now)


_HANDLES = ("kavi", "selam", "ravi", "simran", "lucia", "deepa", "anura", "hana", "mateo", "jas", "nila", "tomas", "ruwan", "liya", "arun")


def _templates(scenario: Scenario, brand: Brand) -> list[Template]:
    found = [template for template in scenario.templates if template.brand == brand.key]
    return found or [Template(brand=brand.key, language="en", mood="negative", kind="outage", text="still not working, case {n}")]


def filled(template: Template, lists: dict[str, list[str]], dice: random.Random) -> str:
    """Return a template's text with its braces filled."""
    text = template.text.replace("{n}", str(dice.randrange(10_000, 100_000)))
    for name, choices in lists.items():
        text = text.replace(f"{{{name}}}", dice.choice(choices))
    return text
