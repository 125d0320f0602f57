"""Turn a network's HTML into the text that people read. Pure; nothing in the HTML is followed or fetched.

Place in the path: collector's `posts_from` -> here -> `Post.text`.
"""

import re

import lxml.html
from inscriptis import Inscriptis
from lxml.etree import LxmlError

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
    try:
        tree = lxml.html.fromstring(f"<div>{cleaned}</div>")
        _write_links_out(tree)
        found = Inscriptis(tree).get_text()
    except (LxmlError, ValueError, RecursionError):
        found = ""
    lines = [line.strip() for line in reading.text(found).splitlines()]
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip() or _without_tags(cleaned)


def _without_tags(html: str) -> str:
    """Return the words of what no parser takes, such as a tower of a thousand tags."""
    return " ".join(TAG.sub(" ", html).split())


def _write_links_out(tree: lxml.html.HtmlElement) -> None:
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
