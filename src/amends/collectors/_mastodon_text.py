"""Turn the HTML of a status into the words that people read. Pure.

Mastodon shows line breaks as they are, hides the ends of a long link, and marks mentions and hashtags with links of their own; other
software sends what it likes. Nothing that is hidden from readers comes out, except that a link is given whole. Tags are found by a pattern
and not by Python's HTML parser, which takes minutes for a few hundred kilobytes of `<a<a<a`.
"""

import html
import re
from dataclasses import dataclass, field

LONGEST_CONTENT = 200_000
DEEPEST = 50
TAG = re.compile(r"(<[/!?a-zA-Z][^<>]*>)")
NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,20})")
ATTRIBUTE = re.compile(r"""\s(class|href)=("[^"]*"|'[^']*'|[^\s"'<>]+)""", re.IGNORECASE)
LINK = re.compile(r"https?://\S+\Z", re.IGNORECASE)
PARAGRAPHS = frozenset({"p", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "div", "table"})
LINES = frozenset({"br", "li", "tr"})
UNREAD = frozenset({"script", "style", "template", "title"})
EMPTY = frozenset({"br", "img", "hr", "wbr", "input"})
HIDDEN = frozenset({"invisible", "quote-inline"})


def text_of(content: str) -> str:
    """Return the text of a status's `content`; what is longer than any status is cut off."""
    reader = _Reader()
    for part in TAG.split(content[:LONGEST_CONTENT]):
        if not TAG.fullmatch(part):
            reader.hear(html.unescape(part))
        elif name := NAME.match(part):
            (reader.close if part.startswith("</") else reader.open)(name[1].lower(), part)
    return reader.text()


@dataclass(kw_only=True, slots=True)
class _Link:
    """A link that is open: where it leads, its text with what is hidden, and without."""

    href: str
    whole: str = ""
    seen: str = ""

    def text(self) -> str:
        """Return the address where the link shows no more than that (cut or not), else what it shows."""
        if LINK.match(self.whole) and self.href.startswith(self.whole):
            return self.whole
        shown = self.seen.removesuffix("…")
        cut = shown != self.seen and shown and shown in self.href
        return self.href if cut and LINK.match(self.href) else self.seen


@dataclass(kw_only=True, slots=True)
class _Reader:
    """Collects the text; `tags` are the open elements, each with whether nobody sees what is in it."""

    parts: list[str] = field(default_factory=list[str])
    tags: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    link: _Link | None = None

    def hear(self, words: str) -> None:
        """Take a piece of text."""
        seen = "" if any(hidden for _, hidden in self.tags) else words
        if self.link is None:
            self.parts.append(seen)
        else:
            self.link.whole += words
            self.link.seen += seen

    def open(self, name: str, tag: str) -> None:
        """Take an opening tag."""
        told = {key.lower(): html.unescape(value.strip("\"'")) for key, value in ATTRIBUTE.findall(tag)}
        self.parts.append("\n" if name in LINES else "\n\n" if name in PARAGRAPHS else "")
        if name == "a":
            self._end_link()
            self.link = _Link(href=told.get("href", ""))
        if name not in EMPTY and len(self.tags) < DEEPEST:
            self.tags.append((name, name in UNREAD or not HIDDEN.isdisjoint(told.get("class", "").split())))

    def close(self, name: str, _: str) -> None:
        """Take a closing tag, and close what was left open inside."""
        self.parts.append("\n\n" if name in PARAGRAPHS else "")
        if name == "a":
            self._end_link()
        if any(name == known for known, _ in self.tags):
            while self.tags.pop()[0] != name:
                pass

    def text(self) -> str:
        """Return what was read, with at most one empty line between paragraphs."""
        self._end_link()
        return re.sub(r"\n{3,}", "\n\n", "".join(self.parts)).strip("\n")

    def _end_link(self) -> None:
        if self.link is not None:
            self.parts.append(self.link.text())
        self.link = None
