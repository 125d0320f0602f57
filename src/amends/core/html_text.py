"""Turn a network's HTML into the text that people read. Pure; nothing in the HTML is followed or fetched.

Place in the path: collector's `posts_from` -> here -> `Post.text`.
"""

import re
from typing import Any

from amends.core import reading

LONGEST = 1_000_000
"""Characters of HTML; what is longer is cut, since no post is, and a parser's work grows with it."""

TAG = re.compile(r"<[^>]*>")
BLANK_LINES = re.compile(r"\n{3,}")
ELLIPSES = ("...", "…")


def text_of(html: str) -> str:
    """Return the text of `html`: entities undone, paragraphs apart, a link that is shown cut short as the page it leads to."""
    cleaned = reading.text(html)[:LONGEST]
    if "<" not in cleaned and "&" not in cleaned:
        return cleaned.strip()
    lines = [line.strip() for line in reading.text(_parsed(cleaned)).splitlines()]
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip() or _without_tags(cleaned)


def _parsed(html: str) -> str:
    """Return the text of `html`, none where no parser takes it. The parsers are loaded here: who only answers posts needs none of them."""
    import lxml.html  # noqa: PLC0415
    from inscriptis import Inscriptis  # noqa: PLC0415
    from lxml.etree import LxmlError  # noqa: PLC0415

    try:
        tree = lxml.html.fromstring(f"<div>{html}</div>")
        _write_links_out(tree)
        return Inscriptis(tree).get_text()
    except (LxmlError, ValueError, RecursionError):
        return ""


def _without_tags(html: str) -> str:
    """Return the words of what no parser takes, such as a tower of a thousand tags."""
    return " ".join(TAG.sub(" ", html).split())


def _write_links_out(tree: Any) -> None:
    for link in tree.iter("a"):
        shown, target = (link.text_content() or "").strip(), reading.link(link.get("href"))
        if target and shown.endswith(ELLIPSES) and target.partition("//")[2].startswith(_bare(shown)):
            for child in list(link):
                link.remove(child)
            link.text = target


def _bare(shown: str) -> str:
    """Return what a shortened address shows of the real one."""
    for ellipsis in ELLIPSES:
        shown = shown.removesuffix(ellipsis)
    return shown.partition("//")[2] or shown
