"""What can be wrong with a translation, as far as a program sees it: a placeholder lost or invented, markup broken, marked as fuzzy."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from babel.messages.catalog import Catalog, Message

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
TAG = re.compile(r"</?\w[^>]*>")
UNSAFE = '"<>'
"""What a translation may not bring along: texts stand in attributes, and in HTML that is not escaped again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """The state of one language; the texts are the English ones."""

    language: str
    texts: int
    translated: int
    untranslated: tuple[str, ...]
    fuzzy: tuple[str, ...]
    wrong: Mapping[str, str]


def check(catalog: Catalog, language: str) -> Checked:
    """Return how far `language` is translated, and what is wrong with it."""
    messages = [message for message in catalog if message.id]
    empty = [message for message in messages if not all(_forms(message.string))]
    fuzzy = [message for message in messages if message.fuzzy and message not in empty]
    faults = {_english(message): fault for message in messages if message not in empty and (fault := fault_of(message))}
    return Checked(
        language=language,
        texts=len(messages),
        translated=len(messages) - len(empty) - len(fuzzy),
        untranslated=tuple(map(_english, empty)),
        fuzzy=tuple(map(_english, fuzzy)),
        wrong=faults,
    )


def fault_of(message: Message) -> str:
    """Return what is wrong with a translation, empty where nothing is."""
    english = _forms(message.id)
    return next((fault for form in _forms(message.string) for fault in _faults(english[-1], form, several=len(english) > 1)), "")


def _faults(english: str, form: str, *, several: bool) -> Iterator[str]:
    wanted, given = set(PLACEHOLDER.findall(english)), set(PLACEHOLDER.findall(form))
    if given - wanted:
        yield f"it names {', '.join(sorted(given - wanted))}, which the English text does not"
    if lost := wanted - given - ({"n"} if several else set[str]()):
        yield f"it leaves out {', '.join(sorted(lost))}"
    if Counter(TAG.findall(english)) != Counter(TAG.findall(form)):
        yield "its markup is not that of the English text"
    if any(one in TAG.sub("", form) and one not in TAG.sub("", english) for one in UNSAFE):
        yield f"it holds one of {UNSAFE}; use quotation marks of the language"
    if "%" in PLACEHOLDER.sub("", form.replace("%%", "")):
        yield "a % stands alone in it; write %%"


def _forms(text: object) -> tuple[str, ...]:
    """Return the forms of a text, one where it has no plural."""
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text or ""),)


def _english(message: Message) -> str:
    return _forms(message.id)[0]
