"""Sentences that the database keeps and each reader is told in their own language.

What is kept is the English text, marked with `N_` where it is written, and behind it what stands in it; so a log, a program and a
database of yesterday read it too. What is no text of ours is told as it was kept. What goes to pagers and programs as well is kept as
plain English, and `recognised` by its text.
"""

import json
import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from amends.core.translating import gettext
from amends.core.written import listed, number

Value = str | int | list[str]
_BEHIND = "\x1f"
"""What no keyboard writes stands between the text and its values."""
_OURS = re.compile(r"(?:[^%]|%%|%\(\w+\)s)*")
"""Texts of ours name their values and nothing more; in words of others a width of a billion places would be written out."""


def keep(text: str, **values: Value) -> str:
    """Return `text` to be kept with what stands in it: words, whole numbers, or a list of sentences that are kept themselves."""
    return f"{text}{_BEHIND}{json.dumps(values, ensure_ascii=False)}" if values else text


def told(kept: str) -> str:
    """Return a kept sentence in the language that is spoken now, its numbers and lists as that language writes them."""
    text, behind, values = kept.partition(_BEHIND)
    if not behind:
        return gettext(text)
    try:
        return filled(text, json.loads(values)) if _OURS.fullmatch(text) else kept
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):  # words of a network, or of somebody, that hold our sign
        return kept


def recognised(plain: str, texts: Sequence[str], *, sentences: Collection[str]) -> str:
    """Return a sentence that was made of one of `texts`, or is a text itself, in the language that is spoken now.

    `sentences` are the names of values that are such sentences themselves; the others are somebody's words and stay.
    """
    for text in texts:
        if found := _pattern(text).fullmatch(plain):
            values = found.groupdict()
            within = {name: recognised(values[name], texts, sentences=sentences) for name in values.keys() & sentences}
            return gettext(text) % (values | within)
    return gettext(plain)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Return what a text looks like once its values are in it."""
    parts = re.split(r"%\((\w+)\)s", text)
    return re.compile("".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)), re.DOTALL)


def filled(text: str, values: dict[str, Any]) -> str:
    """Return `text` in the language that is spoken now, with its values."""
    return gettext(text) % {name: _value(value) for name, value in values.items()}


def _value(value: Value) -> str:
    if isinstance(value, list):
        return listed(map(told, value))
    return number(value) if isinstance(value, int) else value
