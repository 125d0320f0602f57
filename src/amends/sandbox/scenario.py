"""Reads a scenario: plain text files that say who posts what, where and when. The format is documented in docs/sandbox.md.

A wrong line raises `ScenarioWrong` with its file and line number.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from amends.core.errors import Refused
from amends.sandbox.faults import Fault, Mode
from amends.sandbox.people import handle_on
from amends.sandbox.records import Network, Temper
from amends.sandbox.script import DAY, Brand, Deed, Entry, Person, Scenario, Template

MOODS = {"negative", "neutral", "positive"}
_DONE_TO = tuple(deed for deed in Deed if deed not in {Deed.POST, Deed.FAULT})
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)$")


class ScenarioWrong(Refused):
    """A scenario file cannot be read."""


@dataclass(frozen=True, slots=True)
class _Block:
    """One head line with the indented lines under it."""

    place: str
    head: list[str]
    body: str

    def wrong(self, why: str) -> ScenarioWrong:
        return ScenarioWrong(f"{self.place}: {why}")


def load(folder: Path | None = None) -> Scenario:
    """Return the scenario of all `*.txt` files in `folder`, or the one that comes with Amends."""
    root = files("amends.sandbox") / "scenarios" / "corvane" if folder is None else folder
    paths = sorted((path for path in root.iterdir() if path.name.endswith(".txt")), key=lambda path: path.name)
    if not paths:
        raise ScenarioWrong(f"{root}: no .txt file here")
    scenario, day = Scenario(), 0
    for path in paths:
        day = 0
        for block in _blocks(path.name, path.read_text(encoding="utf-8")):
            day = _take(scenario, block, day)
    _check(scenario)
    scenario.entries.sort(key=lambda entry: entry.minute)
    return scenario


def _blocks(name: str, text: str) -> Iterator[_Block]:
    lines = [*enumerate(text.splitlines(), 1), (0, "end")]
    head: tuple[int, str] | None = None
    body: list[str] = []
    for number, line in lines:
        if line[:1] in {" ", "\t"} or not line.strip():
            body.append(line)
            continue
        if head is not None and not head[1].startswith("#"):
            yield _block(f"{name}:{head[0]}", head[1], body)
        head, body = (number, line), []


def _block(place: str, head: str, body: list[str]) -> _Block:
    try:
        tokens = shlex.split(head)
    except ValueError as wrong:
        raise ScenarioWrong(f"{place}: {wrong}") from wrong
    return _Block(place, tokens, "\n".join(line.strip() for line in body).strip())


def _take(scenario: Scenario, block: _Block, day: int) -> int:
    word = block.head[0]
    if word == "day":
        return _day(block)
    if _CLOCK.match(word):
        scenario.entries.append(_entry(block, day))
    elif word in _READERS:
        _READERS[word](scenario, block)
    else:
        raise block.wrong(f"`{word}` is neither a time (08:05) nor one of day, {', '.join(_READERS)}")
    return day


def _day(block: _Block) -> int:
    if len(block.head) != 2 or not block.head[1].isdigit() or block.head[1] == "0":  # noqa: PLR2004
        raise block.wrong("a day is written `day 1`")
    return int(block.head[1]) - 1


def _options(block: _Block, words: list[str], known: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in known:
            raise block.wrong(f"`{word}` is not understood; known here: {', '.join(sorted(known))}")
        found[name] = value
    return found


def _brand(scenario: Scenario, block: _Block) -> None:
    known = {"name", "x", "reddit", "subreddit"}
    found = _options(block, block.head[2:], known | {"bluesky"})
    if missing := known - found.keys():
        raise block.wrong(f"a brand needs {', '.join(sorted(missing))}")
    body = dict(line.split(": ", 1) for line in block.body.splitlines() if ": " in line)
    more = {"x_query": body.get("search on x", ""), "reddit_query": body.get("search on reddit", ""), "about": body.get("about", "")}
    more |= {"bluesky_query": body.get("search on bluesky", "")}
    scenario.brands[block.head[1]] = Brand(key=block.head[1], **found, **more)


def _person(scenario: Scenario, block: _Block) -> None:
    found = _options(block, block.head[2:], {"x", "reddit", "bluesky", "name", "lang", "temper", "followers"})
    if found.get("temper", "silent") not in list(Temper):
        raise block.wrong(f"temper is one of {', '.join(Temper)}")
    if not found.get("followers", "0").isdigit():
        raise block.wrong("followers is a number")
    scenario.people[block.head[1]] = Person(
        key=block.head[1],
        x=found.get("x", ""),
        reddit=found.get("reddit", ""),
        name=found.get("name", ""),
        language=found.get("lang", "en"),
        temper=Temper(found.get("temper", "silent")),
        followers=int(found.get("followers", "120")),
        about=block.body,
        bluesky=found.get("bluesky", ""),
    )


def _list(scenario: Scenario, block: _Block) -> None:
    scenario.lists[block.head[1]] = [word.strip() for word in block.body.replace("\n", ",").split(",") if word.strip()]


def _template(scenario: Scenario, block: _Block) -> None:
    if len(block.head) != 5 or block.head[3] not in MOODS:  # noqa: PLR2004
        raise block.wrong("a template is written `template BRAND LANGUAGE MOOD KIND`")
    _, brand, language, mood, kind = block.head
    texts = [line for line in block.body.splitlines() if line]
    scenario.templates += [Template(brand=brand, language=language, mood=mood, kind=kind, text=text) for text in texts]


def _reaction(scenario: Scenario, block: _Block) -> None:
    if len(block.head) != 3 or block.head[2] not in {Temper.THANKS, Temper.AGAIN}:  # noqa: PLR2004
        raise block.wrong("a reaction is written `reaction LANGUAGE thanks` or `reaction LANGUAGE again`")
    key = (block.head[1], Temper(block.head[2]))
    scenario.reactions.setdefault(key, []).extend(line for line in block.body.splitlines() if line)


_READERS = {"brand": _brand, "person": _person, "list": _list, "template": _template, "reaction": _reaction}


def _entry(block: _Block, day: int) -> Entry:
    head, truth = _truth(block)
    if len(head) < 3 or head[1] not in list(Network):  # noqa: PLR2004
        raise block.wrong(f"an entry begins `08:05 NETWORK WHO`; the networks are {', '.join(Network)}")
    if head[2] == Deed.FAULT:
        return Entry(
            minute=_minute(head[0], day), network=Network(head[1]), who="", deed=Deed.FAULT, fault=_fault(block), place=block.place
        )
    found = _options(block, head[3:], {"id", "in", "media", *_DONE_TO})
    deed, target = next(((deed, found[deed]) for deed in _DONE_TO if deed in found), (Deed.POST, ""))
    title, text = _title(block) if head[1] == "reddit" and deed is Deed.POST else ("", block.body)
    return Entry(
        minute=_minute(head[0], day),
        network=Network(head[1]),
        who=head[2],
        deed=deed,
        target=target,
        label=found.get("id", ""),
        subreddit=found.get("in", ""),
        title=title,
        text=text,
        media=found.get("media", ""),
        place=block.place,
        **truth,
    )


def _minute(clock: str, day: int) -> int:
    hour, minute = clock.split(":")
    return day * DAY + int(hour) * 60 + int(minute)


def _fault(block: _Block) -> Fault:
    """Read `08:05 x fault MODE count=3 path=/tweets method=POST wait=2 reset=30`; where it says no count, one request is met."""
    mode, found = block.head[3:4], _options(block, block.head[4:], {"count", "path", "method", "wait", "reset"})
    numbers = {name: found[name] for name in ("count", "wait", "reset") if name in found}
    if not mode or mode[0] not in list(Mode) or not all(value.isdigit() for value in numbers.values()):
        raise block.wrong(f"a fault is written `fault MODE count=3 path=/part method=POST wait=2 reset=30`; modes: {', '.join(Mode)}")
    return Fault(
        id=0,
        network=block.head[1],
        mode=Mode(mode[0]),
        path=found.get("path", ""),
        method=found.get("method", ""),
        count=int(numbers.get("count", "1")),
        wait=float(numbers.get("wait", "20")),
        reset=int(numbers.get("reset", "60")),
    )


def _truth(block: _Block) -> tuple[list[str], dict[str, Any]]:
    opening = next((at for at, word in enumerate(block.head) if word.startswith("[")), None)
    if opening is None:
        return block.head, {}
    words = " ".join(block.head[opening:]).strip("[]").split()
    if len(words) not in {2, 3} or words[1] not in MOODS:
        raise block.wrong("the brackets hold language, mood and kind: [en negative delay]")
    return block.head[:opening], {"language": words[0], "mood": words[1], "kind": words[2] if words[2:] else ""}


def _title(block: _Block) -> tuple[str, str]:
    title, _, text = block.body.partition("\n")
    return title, text.strip()


_WORDLESS = {Deed.SHARE, Deed.DELETE, Deed.REMOVE, Deed.LOCK, Deed.FAULT}
_HANDLES = {
    Network.X: re.compile(r"\w{1,15}$", re.ASCII),
    Network.REDDIT: re.compile(r"[\w-]{3,20}$", re.ASCII),
    Network.MASTODON: re.compile(r"\w{1,15}$", re.ASCII),
    Network.BLUESKY: re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+$"),
}


def _check(scenario: Scenario) -> None:
    labels: dict[str, Entry] = {}
    for entry in scenario.entries:
        if entry.label in labels:
            raise ScenarioWrong(f"{entry.place}: id={entry.label} is taken by {labels[entry.label].place}")
        labels |= {entry.label: entry} if entry.label else {}
    for entry in scenario.entries:
        for why in (_text_fault(entry), _target_fault(entry, labels.get(entry.target)), _author_fault(scenario, entry)):
            if why:
                raise ScenarioWrong(f"{entry.place}: {why}")


def _text_fault(entry: Entry) -> str:
    if not entry.text and not entry.title and entry.deed not in _WORDLESS:
        return "there is no text under this line"
    if entry.deed is Deed.POST and entry.network is Network.REDDIT and not entry.subreddit:
        return "a post on Reddit needs in=SUBREDDIT"
    if entry.deed is Deed.EDIT and entry.network is Network.BLUESKY:
        return "nobody can edit a post on Bluesky"
    return ""


def _target_fault(entry: Entry, target: Entry | None) -> str:
    if entry.deed in {Deed.POST, Deed.FAULT}:
        return ""
    if target is None:
        return f"there is no post with id={entry.target}"
    if target.network is not entry.network:
        return f"{entry.target} is on another network"
    return f"{entry.target} comes later than this line" if target.minute > entry.minute else ""


def _author_fault(scenario: Scenario, entry: Entry) -> str:
    if entry.deed is Deed.FAULT:
        return ""
    known = scenario.brands.get(entry.who) or scenario.people.get(entry.who)
    handle = handle_on(known, entry.network) if known else entry.who
    if not handle:
        return f"{entry.who} has no account on {entry.network}"
    return "" if _HANDLES[entry.network].match(handle) else f"{handle} cannot be a handle on {entry.network}"
