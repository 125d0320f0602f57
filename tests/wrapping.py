"""Finds the words of a template that no catalogue can reach: text and attributes outside `_()`, `ngettext` and `{% trans %}`."""

import re
from collections.abc import Iterator
from typing import Any

from jinja2 import Environment, nodes

WATCHED = ("title", "aria-label", "placeholder", "alt", "hx-confirm")
JINJA = re.compile(r"\{#.*?#\}|\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAG = re.compile(r"<(/?)([a-zA-Z!][\w-]*)([^<>]*)>")
QUIET = re.compile(r"<(code|pre|script|style|svg)\b[^<>]*>.*?</\1>", re.DOTALL)
ATTRIBUTE = re.compile(r"""\b(?P<name>[\w-]+)=(?P<quote>["'])(?P<value>.*?)(?P=quote)""", re.DOTALL)
WORD = re.compile(r"[^\W\d_]{2,}")
ENTITY = re.compile(r"&\w+;|&#\d+;")
NAMES = frozenset({"Amends", "p90"})
UNSEEN = re.compile(r"\{% block (screen|news) %\}.*?\{% endblock %\}", re.DOTALL)
LANGUAGE = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701 - it reads templates only, and makes no HTML
MASK = 0xE000
ADDRESS = re.compile("[\ue000-\uf8ff]*/")


def unwrapped(source: str) -> Iterator[str]:
    """Yield each text that people see in English whatever they speak."""
    pieces: list[str] = []
    masked = JINJA.sub(lambda found: _masked(found.group(), pieces), UNSEEN.sub("", source))
    seen = _attributes(masked) if "<" in masked else []
    plain = TAG.sub("\n", QUIET.sub("\n", masked))
    for text in [*seen, *re.split(r"\n\s*", plain)]:
        if _words(text) and not ADDRESS.match(text):
            yield " ".join(_unmasked(text, pieces).split())
        yield from (told for piece in _of(text, pieces) for told in _constants(piece))


def _masked(piece: str, pieces: list[str]) -> str:
    pieces.append(piece)
    return chr(MASK + len(pieces) - 1)


def _unmasked(text: str, pieces: list[str]) -> str:
    return "".join(pieces[ord(one) - MASK] if MASK <= ord(one) < MASK + len(pieces) else one for one in text)


def _of(text: str, pieces: list[str]) -> list[str]:
    return [pieces[ord(one) - MASK] for one in text if MASK <= ord(one) < MASK + len(pieces)]


def _attributes(masked: str) -> list[str]:
    tags = TAG.finditer(masked)
    return [one["value"] for tag in tags for one in ATTRIBUTE.finditer(tag.group(3)) if one["name"] in WATCHED]


def _words(text: str) -> list[str]:
    return [word for word in WORD.findall(ENTITY.sub("", text)) if word not in NAMES and not word.isupper()]


def _constants(piece: str) -> Iterator[str]:
    """Yield the words that an expression itself may say, as in `{{ "on" if x else "off" }}`."""
    if not piece.startswith("{{"):
        return
    parsed: Any = LANGUAGE.parse(piece).body
    for output in parsed:
        for expression in output.nodes:
            yield from _said(expression)


def _said(expression: nodes.Node) -> Iterator[str]:
    if isinstance(expression, nodes.Const):
        if isinstance(expression.value, str) and _words(expression.value):
            yield expression.value
    elif isinstance(expression, nodes.CondExpr):
        yield from _said(expression.expr1)
        if expression.expr2 is not None:
            yield from _said(expression.expr2)
    elif isinstance(expression, nodes.Or | nodes.And):
        yield from _said(expression.left)
        yield from _said(expression.right)
