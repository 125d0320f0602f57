"""The words that a person wrote in an e-mail, without the history and the signature below them. Pure.

Nothing is cut where nothing would be left, and in a forwarded mail the history is what it is about. What is cut stays in the post's `raw`.
"""

import re

from amends.core import reading
from amends.core.html_text import LONGEST, text_of

FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|doorst)\s*:", re.IGNORECASE)
ANSWER = re.compile(r"\s*(?:re|aw|sv|vs|antw|antwort|odp|res|ynt|ref)(?:\[\d+\])?\s*:", re.IGNORECASE)
DIVIDER = re.compile(r"[-_*]{2,}\s*[^-_*]{0,60}[-_*]{2,}|_{10,}")
ORIGINAL = ("original", "ursprüngliche", "origine", "oorspronkelijk", "opprinnelig", "ursprungligt", "oryginalna", "mensaje", "mensagem")
SENDER = re.compile(r"[*\s]*(?:from|von|de|da|van|från|fra|od|lähettäjä)[*\s]*:.*", re.IGNORECASE)
SENT = re.compile(
    r"[*\s]*(?:sent|date|gesendet|datum|envoyé|enviado(?: el)?|fecha|inviato|data|verzonden|skickat|sendt|dato|wysłano|lähetetty)"
    r"[*\s]*:.*",
    re.IGNORECASE,
)
DEVICE = re.compile(
    r"(?:sent from my|get outlook for|sent via|von meinem .{1,40} gesendet|gesendet von|envoyé de(?:puis)? mon|enviado desde|"
    r"inviato da|verzonden vanaf|skickat från|sendt fra)\b.{0,80}",
    re.IGNORECASE,
)
HISTORY = (
    "//blockquote[@type='cite']",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' gmail_quote ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' moz-cite-prefix ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' yahoo_quoted ')]",
    "//*[@id='divRplyFwdMsg' or @id='appendonsend']",
    "//*[@id='divRplyFwdMsg' or @id='appendonsend']/following-sibling::*",
)
BLOCK_HEADERS, LONGEST_SIGNATURE, LONGEST_ATTRIBUTION = 5, 15, 400


def said(subject: str, plain: str, html: str, *, answers: bool) -> str:
    """Return the subject (where it says something new) and what was written; `answers` says that the mail names another."""
    written = plain.strip()
    history = bool(FORWARD.match(subject))
    if not written and html:
        written = text_of(html if history else without_history(html))
    cut = written if history else without_signature(without_quotes(written))
    headline = "" if answers and ANSWER.match(subject) else subject.strip()
    return "\n\n".join(filter(None, (headline, cut)))


def without_history(html: str) -> str:
    """Return `html` without what mail programs mark as the mail that is answered."""
    import lxml.html  # noqa: PLC0415 - only where mail is read
    from lxml.etree import LxmlError  # noqa: PLC0415

    try:
        tree = lxml.html.fromstring(f"<div>{reading.text(html)[:LONGEST]}</div>")
        for path in HISTORY:
            for element in tree.xpath(path):
                if element.getparent() is not None:
                    element.drop_tree()
        left = str(lxml.html.tostring(tree, encoding="unicode"))
    except (LxmlError, ValueError, RecursionError, AssertionError):
        return html
    return left if text_of(left) else html


def without_quotes(text: str) -> str:
    """Return `text` up to the history at its end: quoted lines with who wrote them, or a copy of the mail's head."""
    lines = text.splitlines()
    end = next((at for at in range(len(lines)) if _begins_copy(lines, at)), len(lines))
    kept = _without_last_quote(lines[:end])
    return _joined(kept) or _joined(lines[:end]) or text.strip()


def without_signature(text: str) -> str:
    """Return `text` without what follows the line of two dashes, or a device's advertisement in the last line."""
    lines = text.splitlines()
    marks = [at for at, line in enumerate(lines) if line.rstrip() == "--"]
    if marks and len(lines) - marks[-1] <= LONGEST_SIGNATURE:
        lines = lines[: marks[-1]]
    while lines and (not lines[-1].strip() or DEVICE.fullmatch(lines[-1].strip())):
        lines.pop()
    return _joined(lines) or text.strip()


def _begins_copy(lines: list[str], at: int) -> bool:
    """Tell whether a copy of an earlier mail begins at this line: a divider that says so, or a head with sender and date."""
    line = lines[at].strip()
    if SENDER.fullmatch(line):
        return any(SENT.fullmatch(other.strip()) for other in lines[at + 1 : at + BLOCK_HEADERS])
    if len(line) > LONGEST_ATTRIBUTION or not DIVIDER.fullmatch(line):
        return False
    return any(word in line.casefold() for word in ORIGINAL) or any(SENDER.fullmatch(other.strip()) for other in lines[at + 1 : at + 3])


def _without_last_quote(lines: list[str]) -> list[str]:
    """Return the lines before the last quote where nothing is written below it; answers between quoted lines stay as they are."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    if not any(line.lstrip().startswith(">") for line in lines[end:]):
        return lines
    return lines[: _before_attribution(lines, end)]


def _before_attribution(lines: list[str], end: int) -> int:
    """Return where the line above a quote begins that says who wrote it (`On … wrote:`); mail programs break it in up to three."""
    if not end or not lines[end - 1].rstrip().endswith(":") or len(lines[end - 1]) > LONGEST_ATTRIBUTION:
        return end
    begins = [end - 1]
    while len(begins) < 3 and begins[-1] and lines[begins[-1] - 1].strip():  # noqa: PLR2004
        begins.append(begins[-1] - 1)
    told = {begin: " ".join(lines[begin:end]) for begin in begins}
    dated = [begin for begin in begins if sum(sign.isdigit() for sign in told[begin]) >= 4]  # noqa: PLR2004
    signed = [begin for begin in begins if "@" in told[begin]]
    return next(iter((*dated, *signed)), end)


def _joined(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip()
