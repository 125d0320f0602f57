"""One e-mail, as bytes, taken apart without believing it: headers, the words, the names of what is attached. Pure.

Place in the path: IMAP -> `fields_of` -> `_mail_posts` -> `Post`. The parser of the old policy is used on purpose: it takes whatever comes,
where the newer one raises for some broken headers.
"""

import codecs
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from amends.core import reading
from amends.core.harvest import Fields

HEADERS = (
    "message-id",
    "in-reply-to",
    "references",
    "date",
    "subject",
    "from",
    "reply-to",
    "to",
    "cc",
    "content-language",
    "auto-submitted",
    "precedence",
    "list-id",
    "list-unsubscribe",
    "x-auto-response-suppress",
    "x-autoreply",
    "return-path",
)
LONGEST_HEADER, LONGEST_TEXT, MOST_PARTS = 20_000, 1_000_000, 200
HEAD_END = re.compile(rb"\r?\n\r?\n")
LONGEST_HEAD, LARGE = 256 * 1024, 64 * 1024
REPORT = "multipart/report"
ADDRESSED = frozenset({"from", "reply-to", "to", "cc"})
"""Headers whose encoded words are read after they were taken apart: a name may hold a comma, or something like an address."""

NO_CHARSETS = frozenset({"ascii", "idna", "punycode", "unicode-escape", "raw-unicode-escape"})
UNREADABLE = "(The body of this mail is too odd to be read: open it in your mail program.)"


def fields_of(body: bytes, received: datetime) -> Fields:
    """Return what is kept of a mail that came in at `received`; of one whose body cannot be taken apart, its head."""
    try:
        return _fields(message_from_bytes(body, policy=policy.compat32), received)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError):
        head = HEAD_END.split(body[:LONGEST_HEAD], maxsplit=1)[0]
        told = _headers(message_from_bytes(head + b"\n\n", policy=policy.compat32))
        return {"id": told.get("message-id", ""), "headers": told, "received": received.isoformat(), "plain": UNREADABLE}


def _fields(message: Message, received: datetime) -> Fields:
    plain: list[str] = []
    html: list[str] = []
    attached: list[object] = []
    about: dict[str, str] = {}
    for part in _parts(message):
        kind, name = part.get_content_type(), _line(part.get_filename() or "")
        if kind in {"message/rfc822", "text/rfc822-headers"}:
            about = about or _about(part)
        elif kind in {"text/plain", "text/html"} and not name and part.get_content_disposition() != "attachment":
            (plain if kind == "text/plain" else html).append(_text(part))
        elif not part.is_multipart():
            attached.append({"type": kind, "name": name})
    headers = _headers(message)
    return {
        "id": headers.get("message-id", ""),
        "headers": headers,
        "received": received.isoformat(),
        "plain": "\n\n".join(plain)[:LONGEST_TEXT],
        "html": "\n".join(html)[:LONGEST_TEXT],
        "attached": attached,
        "about": about,
        "report": message.get_content_type() == REPORT,
    }


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts of a mail, and a mail inside it as one part whose own parts are passed over."""
    waiting, found = [message], 0
    while waiting and found < MOST_PARTS:
        part = waiting.pop(0)
        found += 1
        yield part
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting = [one for one in inside if isinstance(one, Message)] + waiting


def _about(part: Message) -> dict[str, str]:
    """Return the ids of the mail that a bounce is about."""
    inside = part.get_payload()
    if isinstance(inside, list):
        told = next((one for one in inside if isinstance(one, Message)), None)
    else:
        told = message_from_bytes(_bytes(part), policy=policy.compat32)
    return {name: _line(told.get(name, "")) for name in ("message-id", "references")} if told is not None else {}


def _headers(message: Message) -> dict[str, object]:
    return {name: _line(message[name], decode=name not in ADDRESSED) for name in HEADERS if message[name] is not None}


def _text(part: Message) -> str:
    return reading.text(decoded(_bytes(part)[: 4 * LONGEST_TEXT], part.get_content_charset() or ""))


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def decoded(body: bytes, charset: str) -> str:
    """Return the text of bytes that claim to be in `charset`, which may be a lie; half a sign at the end of large ones falls out."""
    for name in (charset, "utf-8"):
        try:
            # What is no charset at all (`zlib`) raises here.
            "a".encode(name or "utf-8")
            if name and codecs.lookup(name).name not in NO_CHARSETS:
                return codecs.getincrementaldecoder(name)().decode(body, final=len(body) < LARGE)
        except (LookupError, ValueError):
            continue
    return body.decode("cp1252", "replace")


def _line(value: object, *, decode: bool = True) -> str:
    """Return a header in one line, its encoded words read; `value` is a `Header` where it holds bytes that are no ASCII."""
    told = " ".join(str(value)[:LONGEST_HEADER].split())
    return " ".join(reading.text(_read(told) if decode else told).split())


def _read(told: str) -> str:
    """Return a header with its encoded words read; where one of them is broken it stays, and the others are read."""
    try:
        parts = decode_header(told)
    except (HeaderParseError, ValueError):
        words = told.split()
        return told if len(words) < 2 else " ".join(map(_read, words))  # noqa: PLR2004
    return "".join(part if isinstance(part, str) else decoded(part, charset or "") for part, charset in parts)


def addresses(value: object) -> list[tuple[str, str]]:
    """Return the names and addresses in a header, addresses in lower case; what is none falls out."""
    found = getaddresses([reading.text(value)])
    return [(_line(name), address.strip().lower()) for name, address in found if is_address(address)]


def is_address(address: str) -> bool:
    """Tell whether this is one address that a mail can be sent to."""
    local, at, domain = address.strip().rpartition("@")
    return bool(local and at and domain) and not any(
        sign.isspace() or sign in '<>,;:\\"()[]' or not sign.isprintable() for sign in address.strip()
    )
