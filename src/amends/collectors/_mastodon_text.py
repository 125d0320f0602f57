"""Turn the HTML of a status into the words that people read. Pure.

Mastodon shows line breaks as they are, hides the ends of a long link, and marks mentions and hashtags with links of their own; other
software sends what it likes. Nothing that is hidden from readers comes out, except that a link is given whole.
"""

import re
from html.parser import HTMLParser

from typing_extensions import override

LONGEST_CONTENT = 200_000
LINK = re.compile(r"https?://\S+\Z", re.IGNORECASE)
PARAGRAPHS = frozenset({"p", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "div", "table"})
LINES = frozenset({"br", "li", "tr"})
UNREAD = frozenset({"script", "style", "template", "title"})
EMPTY = frozenset({"br", "img", "hr", "wbr", "input", "area", "embed", "source", "track", "link", "meta", "base", "col"})
HIDDEN = frozenset({"invisible", "quote-inline"})


def text_of(content: str) -> str:
    """Return the text of a status's `content`; what is longer than any status is cut off."""
    reader = _Reader()
    reader.feed(content[:LONGEST_CONTENT])
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects text; `_hidden` counts the open elements that nobody sees, `_link` holds the parts of the link that is open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0
        self._link: list[tuple[str, bool]] | None = None
        self._href = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._break(tag)
        if tag in EMPTY:
            return
        hidden = tag in UNREAD or not HIDDEN.isdisjoint(told.get("class", "").split())
        self._open.append((tag, hidden))
        self._hidden += hidden
        if tag == "a" and self._link is None:
            self._link, self._href = [], told.get("href", "")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag not in (name for name, _ in self._open[-50:]):
            return
        found = ""
        while found != tag:
            found, hidden = self._open.pop()
            self._hidden -= hidden
            self._end(found)

    @override
    def handle_data(self, data: str) -> None:
        if self._link is not None:
            self._link.append((data, bool(self._hidden)))
        elif not self._hidden:
            self._parts.append(data)

    def text(self) -> str:
        """Return what was read, with at most one empty line between paragraphs."""
        self._end("a")
        return re.sub(r"\n{3,}", "\n\n", "".join(self._parts)).strip("\n")

    def _break(self, tag: str) -> None:
        if tag in LINES:
            self._parts.append("\n")
        elif tag in PARAGRAPHS:
            self._parts.append("\n\n")

    def _end(self, tag: str) -> None:
        if tag in PARAGRAPHS:
            self._parts.append("\n\n")
        if tag != "a" or self._link is None:
            return
        link, self._link = self._link, None
        whole, seen = "".join(part for part, _ in link), "".join(part for part, hidden in link if not hidden)
        shortened = LINK.match(self._href) and seen.rstrip("…") and seen.rstrip("…") in self._href and seen.endswith("…")
        self._parts.append(whole if LINK.match(whole) and self._href.startswith(whole) else self._href if shortened else seen)
