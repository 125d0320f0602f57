"""Runs the demo in a process of its own, lets days of the invented company pass in half a minute, and holds the desk to account."""

import json
import threading
import time
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import httpx

from amends.cli.checking.doors import Doors, Stuck
from amends.cli.checking.screen import Screen
from amends.cli.checking.story import answer_some, tell_story
from amends.cli.checking.verdict import Count, brands_of_sources, count, latencies
from amends.cli.checks.finding import Level
from amends.cli.doctor import find_patient, findings_on
from amends.cli.running.away import away
from amends.cli.running.cast import ADA, token_for
from amends.cli.running.installation import say
from amends.cli.running.state import State
from amends.core.clock import utc_now
from amends.core.database import connect
from amends.core.embedded.places import scratch_dir
from amends.core.errors import SettingsWrong

LONGEST_START = 240.0
"""Seconds until everything runs, on a machine that has other things to do."""
PATIENCE = 60.0
"""Seconds from there to the verdict, unless another number is said; stopping takes some more."""
PUBLISHING = 30.0
"""Seconds for which the scenario's days pass; the rest is for what is on its way."""
LAST_LOOK = 8.0
"""Seconds before the end when the story must have ended."""
PACE = 90.0
FLOODS = (
    {"network": "x", "brand": "telvanta", "count": 90, "per_second": 6},
    {"network": "reddit", "brand": "cestoro", "count": 60, "per_second": 4},
)
STEP = 0.25
QUICK = {"AMENDS_POLL_SECONDS": "1", "AMENDS_PROOF_AFTER": "PT1S", "AMENDS_FOLLOW_UP_AFTER": "PT6S", "AMENDS_UNDO_SECONDS": "0"}
DEMO = ("demo", "--no-colleague", "--pace", "0")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """All that the check found."""

    story: str
    count: Count
    cases: dict[str, int]
    customers: int
    alerts: int
    replies_visible: int
    replies_doubled: int
    latency_ms: dict[str, Any]

    @property
    def well(self) -> bool:
        """Whether nothing was lost or doubled and the story held."""
        return self.story == "held" and not (self.count.missing or self.count.doubled or self.replies_doubled)

    def as_line(self) -> str:
        """Return it as the one line of JSON."""
        return json.dumps(
            {
                "published": self.count.published,
                "collected": self.count.collected,
                "missing": len(self.count.missing),
                "doubled": len(self.count.doubled) + self.replies_doubled,
                "triaged": self.count.triaged,
                "cases": self.cases,
                "customers": self.customers,
                "alerts": self.alerts,
                "replies_visible": self.replies_visible,
                "story": self.story,
                "latency_ms": self.latency_ms,
            }
        )


def check_demo(data: Path | None, *, fresh: bool, pace: float | None, patience: float | None, as_json: bool) -> int:
    """Return 0 where every published post was collected once and the story held within `patience` seconds, else 1.

    The data goes away unless `data` says where.
    """
    with ExitStack() as stack:
        place = data.resolve() if data else stack.enter_context(scratch_dir()) / "data"
        demo = stack.enter_context(away((*DEMO, *(("--fresh",) if fresh else ())), data=place, env=QUICK))
        say("Starting the demo …")
        state = demo.wait_until_ready(timeout=LONGEST_START)
        outcome = examine(state, deadline=time.monotonic() + (patience or PATIENCE), pace=pace or PACE)
        if not outcome.well:
            _say_why(place)
        say("Stopping …")
    report(outcome)
    if as_json:
        click.echo(outcome.as_line())
    return 0 if outcome.well else 1


def examine(state: State, *, deadline: float, pace: float) -> Outcome:
    """Return what comes of a running demo at a scenario speed of `pace` minutes a second."""
    since = time.time()
    with _doors(state, deadline) as doors:
        screen = Screen(state.address)
        with _time_passing(doors, pace):
            story = _story(doors, screen)
        say("Waiting for what is still on its way …")
        _settle(doors)
        screen.close()
        return _outcome(doors, story, screen, since)


def _say_why(place: Path) -> None:
    """Say what doctor finds while the demo still runs."""
    for finding in findings_on(find_patient(place), only=None):
        if finding.level is Level.FAIL:
            say(f"doctor: {finding.what}")


def report(outcome: Outcome) -> None:
    """Say what was found to the person at the terminal."""
    counted = outcome.count
    say(f"{counted.published} posts to collect, {counted.collected} collected, {counted.triaged} triaged")
    say(f"{sum(outcome.cases.values())} cases of {outcome.customers} customers: {outcome.cases}")
    say(f"{outcome.alerts} alerts delivered, {outcome.replies_visible} replies visible in public")
    for hop, spread in outcome.latency_ms.items():
        say(f"published → {hop}: p50 {spread['p50']} ms, p99 {spread['p99']} ms")
    for name, keys in (("missing", counted.missing), ("doubled", counted.doubled)):
        if keys:
            say(f"{name}: {', '.join(keys[:20])}{' …' if len(keys) > 20 else ''}")  # noqa: PLR2004
    say(f"story: {outcome.story}")


@contextmanager
def _doors(state: State, deadline: float) -> Generator[Doors]:
    headers = {"authorization": f"Bearer {_token(state)}"}
    with (
        httpx.Client(base_url=f"{state.address}/api/v1", headers=headers, timeout=30, trust_env=False) as desk,
        httpx.Client(base_url=state.sandbox_url, timeout=30, trust_env=False) as town,
    ):
        yield Doors(desk=desk, town=town, deadline=deadline)


def _token(state: State) -> str:
    with connect(state.database_url) as conn:
        return token_for(conn, ADA, name="check", now=utc_now())


@contextmanager
def _time_passing(doors: Doors, pace: float) -> Generator[None]:
    """Let the scenario's days pass while this lasts, though no longer than `PUBLISHING`, with a flood on each network."""
    over, until = threading.Event(), time.monotonic() + PUBLISHING

    def pass_time() -> None:
        while not over.wait(STEP) and time.monotonic() < until:
            doors.do("/control/step", minutes=pace * STEP)

    for flood in FLOODS:
        doors.do("/control/flood", **flood)
    thread = threading.Thread(target=pass_time, name="time", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _story(doors: Doors, screen: Screen) -> str:
    doors = replace(doors, deadline=doors.deadline - LAST_LOOK)
    try:
        screen.open()
        outcome = tell_story(doors)
        answer_some(doors, count=8)
    except (Stuck, httpx.HTTPError, SettingsWrong) as error:
        return str(error)
    return outcome


def _settle(doors: Doors) -> None:
    """Return when every post is collected and triaged and every reply sent, or when patience ends: the verdict then says what lacks."""
    brand_of = brands_of_sources(doors)

    def nothing_open() -> bool:
        if doors.look("/control/state")["flooding"]:
            return False
        published = doors.look("/control/published")["posts"]
        found = count(published, (posts := list(doors.all_posts())), brand_of)
        return not found.missing and found.triaged == len(posts)

    try:
        doors.until("not everything was collected and triaged in time", nothing_open)
    except Stuck as stuck:
        say(str(stuck))


def _outcome(doors: Doors, story: str, screen: Screen, since: float) -> Outcome:
    published, collected = doors.look("/control/published")["posts"], list(doors.all_posts())
    cases = list(doors.all_cases())
    replies = doors.look("/control/replies")["replies"]
    return Outcome(
        story=story,
        count=count(published, collected, brands_of_sources(doors)),
        cases=dict(Counter(case["status"] for case in cases)),
        customers=len({case["customer_id"] for case in cases}),
        alerts=len({alert["key"] for alert in doors.look("/control/alerts")["alerts"]}),
        replies_visible=sum(not reply["doubled"] for reply in replies),
        replies_doubled=sum(reply["doubled"] for reply in replies),
        latency_ms=latencies(published, collected, screen.shown_at, since=since),
    )
