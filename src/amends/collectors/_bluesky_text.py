"""Read and write rich text as Bluesky keeps it: plain words, and beside them facets that mark stretches by UTF-8 bytes. Pure.

Place in the path: `_bluesky_posts` reads a record's words with it, `_bluesky_reply` marks the mentions and links of our answers.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import regex

from amends.core import reading

MOST_GRAPHEMES, MOST_BYTES = 300, 3000
BYTES_A_SIGN = MOST_BYTES // MOST_GRAPHEMES
LINK = re.compile(r"https?://[^\s<>\"]+")
AFTER_LINK = ".,;:!?)]\"'"
MENTION = re.compile(r"(?<![\w@.])@((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)")
TAG = re.compile(r"(?<!\S)#(\w*[^\W\d_]\w*)")
HALF = re.compile("[\ud800-\udfff]")
GRAPHEME = regex.compile(r"\X")
KIND = "app.bsky.richtext.facet#"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facet:
    """A stretch of a text, from byte `start` to byte `end`, that leads to a `link`, to the account `did`, or to neither."""

    start: int
    end: int
    link: str = ""
    did: str = ""


def length(text: str) -> int:
    """Return how much of 300 a text takes up: its graphemes, or a tenth of its bytes where these come to an end first."""
    return max(len(GRAPHEME.findall(text)), -(-len(text.encode("utf-8", "replace")) // BYTES_A_SIGN))


def words(text: object, facets: object) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return a record's text with its links written out, and whom it mentions: (account, handle as it stands in the text)."""
    whole = HALF.sub("\N{REPLACEMENT CHARACTER}", text).encode() if isinstance(text, str) else b""
    parts: list[str] = []
    mentioned: list[tuple[str, str]] = []
    place = 0
    for facet in _in_order(whole, facets):
        shown = whole[facet.start : facet.end].decode()
        parts += [whole[place : facet.start].decode(), _written_out(shown, facet.link)]
        place = facet.end
        if facet.did:
            mentioned.append((facet.did, reading.text(shown).strip().lstrip("@")))
    return reading.text("".join([*parts, whole[place:].decode()])), tuple(dict.fromkeys(mentioned))


def _in_order(whole: bytes, facets: object) -> Iterator[Facet]:
    """Yield the facets that mark whole letters of the text, from left to right, none over another."""
    edges = {place for place in range(len(whole)) if whole[place] & 0xC0 != 0x80} | {len(whole)}  # noqa: PLR2004 - inside a letter
    place = 0
    for facet in sorted(map(_facet, reading.mappings(facets)), key=lambda found: (found.start, found.end)):
        if place <= facet.start < facet.end and {facet.start, facet.end} <= edges:
            yield facet
            place = facet.end


def _facet(fields: Mapping[str, object]) -> Facet:
    index = reading.mapping(fields.get("index"))
    features = reading.mappings(fields.get("features"))
    start, end = (reading.whole(index.get(name)) for name in ("byteStart", "byteEnd"))
    return Facet(
        start=-1 if start is None else start,
        end=-1 if end is None else end,
        link=next((link for feature in features if (link := reading.link(feature.get("uri")))), ""),
        did=next((did for feature in features if (did := reading.text(feature.get("did")))), ""),
    )


def _written_out(shown: str, link: str) -> str:
    """Return a link in the place of its shortened form; behind words that say something else, so that everybody sees where it leads."""
    if not link:
        return shown
    begun = _bare(shown).rstrip("\N{HORIZONTAL ELLIPSIS}.").strip()
    if begun and _bare(link).casefold().startswith(begun.casefold()):
        return link
    return f"{shown} ({link})"


def _bare(address: str) -> str:
    return re.sub(r"\Ahttps?://(?:www\.)?", "", address.strip(), flags=re.IGNORECASE)


def marked(text: str, account_of: Callable[[str], str]) -> list[dict[str, object]]:
    """Return the facets of an answer of ours; `account_of` names the account of a handle, nothing where there is none."""
    links = [(found.start(), found.end() - _tail(found[0]), {"uri": found[0].rstrip(AFTER_LINK)}, "link") for found in LINK.finditer(text)]
    inside = [range(begin, end) for begin, end, _, _ in links]
    free = [found for found in MENTION.finditer(text) if not any(found.start() in link for link in inside)]
    named = [(found.start(), found.end(), {"did": did}, "mention") for found in free if (did := account_of(found[1].casefold()))]
    tags = [(found.start(), found.end(), {"tag": found[1]}, "tag") for found in TAG.finditer(text)]
    return [
        _marks(text, begin, end, {"$type": KIND + kind, **what}) for begin, end, what, kind in sorted([*links, *named, *tags], key=_first)
    ]


def _first(found: tuple[int, int, dict[str, str], str]) -> int:
    return found[0]


def _tail(link: str) -> int:
    return len(link) - len(link.rstrip(AFTER_LINK))


def _marks(text: str, begin: int, end: int, feature: dict[str, str]) -> dict[str, object]:
    start = len(text[:begin].encode())
    return {"index": {"byteStart": start, "byteEnd": start + len(text[begin:end].encode())}, "features": [feature]}
