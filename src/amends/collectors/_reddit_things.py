"""Open a body of Reddit's API and find the things in it: submissions, comments, messages, and stubs of hidden comments. Pure.

Place in the path: Reddit's JSON -> `things` -> `_reddit_posts.posts_from`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from amends.core import reading
from amends.core.network_words import Lack, Said

Fields = dict[str, object]
Body = bytes | Mapping[str, object] | Sequence[object]

COMMENT, SUBMISSION, MESSAGE = "t1", "t3", "t4"
SHORT = re.compile(r"[0-9a-z]+")


def things(body: Body, troubles: list[str], *, messages: bool = False) -> Iterator[tuple[str, Fields]]:
    """Return the submissions and comments in `body`, however deep; `more` stubs are none.

    Private messages are none either, unless they are asked for or `body` is one: no public listing ever makes a post of one.
    """
    for value in _values(body, troubles) if isinstance(body, bytes) else [body]:
        alone = _kind(reading.mapping(value), _open(value)[0]) == MESSAGE
        yield from (found for found in _walk(value, troubles) if found[0] != MESSAGE or messages or alone)


def hidden_in(body: Body) -> list[str]:
    """Return the names of the comments that a thread hides behind "more comments", first those on top."""
    ahead: list[object] = [body]
    found: list[str] = []
    while ahead:
        thing = ahead.pop(0)
        if isinstance(thing, list):
            ahead.extend(thing)
            continue
        fields, inside = _open(thing)
        if reading.mapping(thing).get("kind") == "more":
            found.extend(name for name in map(reading.text, reading.sequence(fields.get("children"))) if SHORT.fullmatch(name))
        ahead.extend(inside)
    return found


def _values(body: bytes, troubles: list[str]) -> Iterator[object]:
    try:
        yield json.loads(body)
    except (ValueError, RecursionError):
        for number, line in enumerate(body.splitlines(), start=1):
            try:
                if line.strip():
                    yield json.loads(line)
            except (ValueError, RecursionError):
                troubles.append(Said.LINE % {"line": number, "why": Lack.JSON})


def _walk(value: object, troubles: list[str]) -> Iterator[tuple[str, Fields]]:
    """Walk with a list of what is still to do, so that no depth of answers is too deep."""
    ahead = [value]
    while ahead:
        thing = ahead.pop()
        if isinstance(thing, list):
            ahead.extend(reversed(thing))
            continue
        fields, inside = _open(thing)
        kind = _kind(reading.mapping(thing), fields)
        if kind:
            yield kind, fields
        elif not inside and not isinstance(thing, dict):
            troubles.append(Lack.OBJECT)
        ahead.extend(reversed(inside))


def _open(thing: object) -> tuple[Fields, list[object]]:
    """Return a thing's own fields and the things inside it: a listing's children, a comment's answers, what a post made."""
    outer = reading.mapping(thing)
    fields = reading.mapping(outer.get("data")) or outer
    made = reading.mapping(reading.mapping(outer.get("json")).get("data"))
    if outer.get("kind") == "more":
        return fields, []
    answers = [fields["replies"]] if isinstance(fields.get("replies"), dict) else []
    return fields, [*reading.sequence(fields.get("children")), *reading.sequence(made.get("things")), *answers]


def _kind(outer: Fields, fields: Fields) -> str:
    kind = reading.text(outer.get("kind")) or reading.text(fields.get("name")).partition("_")[0]
    return kind if kind in {COMMENT, SUBMISSION, MESSAGE} else ""
