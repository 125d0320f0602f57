"""E-mails as `Post`s. Pure.

A thread is known by the first id of its References, a mail by its Message-ID and a digest of what it says: mails are never edited, so
another mail with a Message-ID that we know is another mail (a form that counts badly, or somebody who forges). Only our own mails, as they
lie in our folder of sent mail, are known by the bare Message-ID, which is what answers name. `posts_from` reads what
`_mail_message.fields_of` kept, with `sent` where it lay in that folder.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from amends.collectors._mail_message import addresses
from amends.collectors._mail_text import said
from amends.core import reading
from amends.core.harvest import Fields, harvest, parsed, raw
from amends.core.network_words import Lack
from amends.core.ports import Account, Harvest
from amends.core.post import Author, Media, Post, Visibility
from amends.core.translating import N_

NETWORK = "mail"
TITLE = "E-mail"
MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
LONGEST_ID = 250
DIGEST = re.compile(r"#[0-9a-f]{32}$")
MOST_ADDRESSES = 10
EARLY, LATE = timedelta(days=7), timedelta(minutes=10)
MACHINE = re.compile(r"(?:mailer-daemon|postmaster|bounces?|no-?_?\.?reply|do-?_?not-?_?reply|noreply)(?:[-+._].*)?", re.IGNORECASE)
BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
NO_ID = N_("The mail has no Message-ID that an answer could name: answer it in your mail program.")
LISTED = N_("The mail came over a mailing list or to many at once: an answer from here would go to nobody, or to all.")
AUTOMATIC = N_("A program sent this mail (a bounce, a note of absence, a notice): nobody would read an answer.")
UNREAD = N_("The mail names no address where an answer could be sent to and would be read.")


def posts_from(body: object, account: Account) -> Harvest:
    """Return the posts in a list of mails (`{"mails": […]}`), or in one."""
    told = parsed(body)
    mails = reading.mapping(told).get("mails", [told])
    return harvest(reading.sequence(mails), lambda fields: _post(fields, account))


def _post(fields: Fields, account: Account) -> Post:
    headers = reading.mapping(fields.get("headers"))
    received = reading.moment(fields.get("received"))
    if received is None:
        raise ValueError(Lack.TIME)
    own = own_addresses(account)
    author = _author(headers, own)
    named = ids_in(headers.get("message-id"))
    is_own = author.external_id in own
    external_id = external_id_of(fields, is_own=is_own)
    parents = parents_of(fields)
    why_not = why_no_reply(fields, own) if named and len(named[0]) <= LONGEST_ID else NO_ID
    return Post(
        network=NETWORK,
        external_id=external_id,
        author=author,
        text=_text(fields, headers, answers=bool(parents)),
        published_at=_written(headers.get("date"), received),
        permalink="",
        root_id=next(iter(map(id_of, (*parents, *named))), external_id),
        parent_id=id_of(parents[-1]) if parents else None,
        raw=raw(fields),
        language_hint=_language(headers),
        mentions=tuple(address for _, address in addresses_in(headers, "to", "cc") if address in own),
        media=_attached(fields),
        visibility=Visibility.DIRECT,
        is_own=is_own,
        can_reply=not why_not,
        why_no_reply=why_not,
    )


def own_addresses(account: Account) -> frozenset[str]:
    """Return the addresses that are ours, in lower case."""
    given = [account.handle, *account.options.get("addresses", "").split(",")]
    return frozenset(filter(None, (address.strip().lower() for address in given)))


def ids_in(value: object) -> list[str]:
    """Return the message ids in a header, without their brackets."""
    return MESSAGE_ID.findall(reading.text(value))


def id_of(message_id: str) -> str:
    """Return a Message-ID as ids hold it: itself, or a hash of one that is longer than any index takes."""
    return message_id if len(message_id) <= LONGEST_ID else f"hash:{hashlib.sha256(message_id.encode()).hexdigest()}"


def external_id_of(fields: Fields, *, is_own: bool) -> str:
    """Return the id under which a mail is kept."""
    named = ids_in(reading.mapping(fields.get("headers")).get("message-id"))
    if named and is_own and fields.get("sent") is True:
        return id_of(named[0])
    return f"{id_of(named[0])}#{_digest(fields)[:32]}" if named else f"hash:{_digest(fields)}"


def message_id_of(external_id: str) -> str:
    """Return the Message-ID of a mail that is kept under this id."""
    return DIGEST.sub("", external_id)


def parents_of(fields: Fields) -> list[str]:
    """Return the ids of the mails above this one, the first of the thread first, the one that it answers last."""
    headers, about = reading.mapping(fields.get("headers")), reading.mapping(fields.get("about"))
    above = [*ids_in(headers.get("references")), *ids_in(headers.get("in-reply-to"))[:1]]
    if not above and fields.get("report") is True:
        above = [*ids_in(about.get("references")), *ids_in(about.get("message-id"))[:1]]
    itself = ids_in(headers.get("message-id"))
    return [one for one in dict.fromkeys(reversed(above)) if one not in itself][::-1]


def answer_to(fields: Fields, own: Iterable[str]) -> list[str]:
    """Return the addresses that an answer goes to: those that the mail asks for, else its sender's; never our own.

    An address with signs beyond ASCII falls out: many mail servers have no way to it.
    """
    headers = reading.mapping(fields.get("headers"))
    asked, senders = (
        [address for _, address in addresses_in(headers, name) if address.isascii() and address not in own] for name in ("reply-to", "from")
    )
    return list(dict.fromkeys(asked or senders))[:MOST_ADDRESSES]


def addresses_in(headers: Fields, *names: str) -> list[tuple[str, str]]:
    """Return the names and addresses in these headers."""
    return [found for name in names for found in addresses(headers.get(name))]


def why_no_reply(fields: Fields, own: Iterable[str]) -> str:
    """Return why a mail cannot be answered, nothing where it can."""
    headers = reading.mapping(fields.get("headers"))
    told = {name: reading.text(value).strip().lower() for name, value in headers.items()}
    ours = any(address in own for _, address in addresses_in(headers, "from"))
    to = answer_to(fields, own)
    if (
        fields.get("report") is True
        or not told.get("auto-submitted", "no").startswith("no")
        or told.get("return-path") == "<>"
        or "x-autoreply" in told
    ):
        return AUTOMATIC
    if "list-id" in told or "list-unsubscribe" in told or told.get("precedence") in BULK:
        return LISTED
    if "x-auto-response-suppress" in told and not headers.get("reply-to"):
        return AUTOMATIC
    unread = not to or all(MACHINE.fullmatch(address.partition("@")[0]) for address in to)
    return UNREAD if unread and not ours else ""


def _author(headers: Fields, own: Iterable[str]) -> Author:
    """Return the sender; of what a form on our own site sends in our name, whom the answer is to go to."""
    senders, asked = addresses_in(headers, "from"), addresses_in(headers, "reply-to")
    others = [found for found in asked if found[1] not in own]
    chosen = others if others and all(address in own for _, address in senders) else senders
    if not chosen:
        raise ValueError(Lack.SENDER)
    name, address = chosen[0]
    return Author(external_id=address, handle=address, name=name)


def _text(fields: Fields, headers: Fields, *, answers: bool) -> str:
    plain, html = reading.text(fields.get("plain")), reading.text(fields.get("html"))
    found = said(reading.text(headers.get("subject")), plain, html, answers=answers)
    if not found and not fields.get("attached"):
        raise ValueError(Lack.WORDS)
    return found


def _attached(fields: Fields) -> tuple[Media, ...]:
    """Return what is attached by its name; there is no address to fetch it from."""
    found = reading.mappings(fields.get("attached"))
    kinds = [reading.text(one.get("type")).partition("/")[0] for one in found]
    known = [kind if kind in {"image", "audio", "video"} else "file" for kind in kinds]
    return tuple(Media(kind=kind, url="", alt=reading.text(one.get("name"))) for kind, one in zip(known, found, strict=True))


def _written(value: object, received: datetime) -> datetime:
    """Return when a mail says that it was written, or when it came in where that cannot be."""
    try:
        told = parsedate_to_datetime(reading.text(value))
        written = (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return received
    return written if received - EARLY <= written <= received + LATE else received


def _language(headers: Fields) -> str:
    return reading.text(headers.get("content-language")).partition(",")[0].partition("-")[0].strip().lower()[:3]


def _digest(fields: Fields) -> str:
    """Return what is the same for the same head and words, wherever the mail lies."""
    headers = reading.mapping(fields.get("headers"))
    same = [headers.get(name) for name in ("date", "from", "reply-to", "to", "subject")] + [fields.get("plain"), fields.get("html")]
    return hashlib.sha256(json.dumps(same).encode()).hexdigest()
