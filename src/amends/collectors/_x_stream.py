"""Listen to X's filtered stream: keep one rule for the watch, read the open answer line by line, hand over pages.

Place in the path: X -> `core.network.OpenWire` -> `core.lines.Lines` -> `listen` -> ingest. tweepy manages the rules; its stream is not
used, since one malformed line ends it for good and it reconnects by itself. That is the supervisor's; what a cut loses the search finds.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import tweepy

from amends.collectors._x_answers import judge
from amends.collectors._x_client import API, Api, OpenXWire, told_by
from amends.collectors._x_items import FIELDS, digits
from amends.collectors._x_posts import posts_from
from amends.core import reading
from amends.core.clock import Clock
from amends.core.errors import NetworkError, PaymentRequired, QueryRefused, Unreachable
from amends.core.lines import Lines
from amends.core.ports import Account, Page
from amends.core.translating import N_
from amends.core.watching import Watch

ADDRESS = f"{API}2/tweets/search/stream"
LONGEST_SILENCE = 45.0
PATIENCE = 5.0
MOST_BACKFILL = 5
USED_UP = ("UsageCap", "usage-cap", "CreditsDepleted")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule of the app's stream; `is_ours` says that this watch made it."""

    id: str
    value: str
    is_ours: bool


def listen(api: Api, account: Account, clock: Clock, watch: Watch, stopping: Callable[[], bool]) -> Iterator[Page]:
    """Yield the posts of a search as X pushes them, and an empty page after five seconds of silence; X gives a sign every twenty."""
    api.must_be_app()
    rule = keep_rule(api, watch.query)
    wire = OpenXWire(clock=clock, judge=judge, routes=api.routes, time_out=max(api.time_out, LONGEST_SILENCE))
    with Lines(wire.request("GET", ADDRESS, params=_asked(account), headers=_as_app(api))) as lines:
        while not stopping():
            yield page_of(lines.take(PATIENCE), rule, account, clock())
    if rule.is_ours:
        with suppress(NetworkError):
            told_by(_rules(api), "delete_rules", [rule.id])


def keep_rule(api: Api, query: str) -> Rule:
    """Return the rule for a query: the one that is there, whoever made it (X takes none twice), else a new one."""
    client, tag = _rules(api), tag_of(query)
    there = reading.mappings(told_by(client, "get_rules").get("data"))
    found = next((rule for rule in there if reading.text(rule.get("value")) == query), None)
    if found is None:
        answer = told_by(client, "add_rules", tweepy.StreamRule(value=query, tag=tag))
        found = next(iter(reading.mappings(answer.get("data"))), None) or _refused(answer)
    return Rule(id=reading.name(found.get("id")), value=query, is_ours=reading.text(found.get("tag")) == tag)


def tag_of(query: str) -> str:
    """Return the tag that says that a rule is this watch's."""
    return f"amends {sha256(query.encode()).hexdigest()[:12]}"


def page_of(lines: list[bytes], rule: Rule, account: Account, now: datetime) -> Page:
    """Return the posts in some lines that our rule found; `Unreachable` or `PaymentRequired` where X says that it hangs up."""
    told = [line for line in lines if line and not _is_for_others(line, rule)]
    harvest = posts_from(b"\n".join(told), account) if told else None
    return Page(
        posts=harvest.posts if harvest else (),
        cursor={"at": now.isoformat()},
        reads=len(harvest.posts) if harvest else 0,
        troubles=harvest.troubles if harvest else (),
    )


def _is_for_others(line: bytes, rule: Rule) -> bool:
    """Tell whether a line holds a post that only other rules of the app found; raise where it holds X's farewell."""
    try:
        document = reading.mapping(json.loads(line))
    except (ValueError, RecursionError):
        return False
    if "data" not in document and document.get("errors"):
        raise _farewell(line)
    found_by = {digits(found.get("id")) for found in reading.mappings(document.get("matching_rules"))}
    return bool(found_by) and rule.id not in found_by


def _farewell(line: bytes) -> NetworkError:
    words = [
        reading.text(error.get("detail")) or reading.text(error.get("title"))
        for error in reading.mappings(reading.mapping(json.loads(line)).get("errors"))
    ]
    said = " ".join(filter(None, words)) or N_("X ended the stream.")
    return PaymentRequired(said) if any(sign.encode() in line for sign in USED_UP) else Unreachable(said)


def _refused(answer: Any) -> dict[str, object]:
    """Raise what X says of a rule that it does not take."""
    errors = reading.mappings(answer.get("errors"))
    words = [word for error in errors for word in (error.get("title"), error.get("detail"), *reading.sequence(error.get("details")))]
    raise QueryRefused(" ".join(filter(None, map(reading.text, words))) or N_("X does not take this query as a rule of its stream."))


def _rules(api: Api) -> Any:
    client = tweepy.StreamingClient(api.bearer_token, return_type=dict)  # pyright: ignore[reportArgumentType]
    client.session = api.wire
    return client


def _asked(account: Account) -> dict[str, str]:
    """Return the fields to come along, as X's parameters, and how many lost minutes to make up for where our contract has that."""
    fields = {name.replace("_", "."): ",".join(listed) for name, listed in FIELDS.items()}
    minutes = int(account.number("backfill_minutes", 0))
    return fields | ({"backfill_minutes": str(min(minutes, MOST_BACKFILL))} if minutes else {})


def _as_app(api: Api) -> dict[str, str]:
    """Return our credentials, and the wish for lines that nobody packs: a packed one may wait for the next."""
    return {"Authorization": f"Bearer {api.bearer_token}", "Accept-Encoding": "identity"}
