"""What the page of the search asks for, as its address carries it, and what it found in words: pieces of text, those marked that fit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request

from amends.core.errors import Refused
from amends.core.personal.finding import mask
from amends.core.personal.kinds import Kind
from amends.core.translating import N_, Table, _
from amends.inbox.actions.search_index import WITHOUT_CASE
from amends.inbox.rules.search_words import MOST_WORDS, Needle, Piece, around, excerpt, sought
from amends.inbox.store.searching import Hit, Place, Wanted

LONGEST = 500
KINDS = Table(
    {
        "post": N_("Posts"),
        WITHOUT_CASE: N_("Posts without a case"),
        "reply": N_("Replies"),
        "note": N_("Notes"),
        "customer": N_("Customers"),
    }
)
KIND = Table({"post": N_("Post"), "reply": N_("Reply"), "note": N_("Note")})


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The address of a search, each part as it was typed or chosen."""

    q: str = ""
    kind: str = ""
    network: str = ""
    lang: str = ""
    since: str = ""
    until: str = ""
    below: str = ""

    def query(self, **changes: str) -> str:
        """Return the query of an address that asks this, changed by `changes`; it begins with its newest."""
        said = asdict(self) | {"below": ""} | changes
        return "?" + urlencode({name: value for name, value in said.items() if value})

    def everywhere(self) -> str:
        """Return the query of an address that asks for the same words without a filter."""
        return "?" + urlencode({"q": self.q})

    def wanted(self) -> Wanted:
        """Return what is looked for; `Refused` where no such thing can be."""
        if len(self.q) > LONGEST:
            raise Refused(_("That is too much to search for at once: at most %(most)s characters.") % {"most": LONGEST})
        if self.kind and self.kind not in KINDS:
            raise Refused(_("There is no such kind of text; choose one of the list."))
        return Wanted(
            sought=sought(self.q),
            kind=self.kind,
            network=self.network,
            language=self.lang,
            since=_day(self.since),
            until=_day(self.until, ends=True),
            after=_place(self.below),
        )


def asked(request: Request) -> Asked:
    """Return what the address asks for; NUL is nobody's word."""
    return Asked(**{field.name: request.query_params.get(field.name, "").replace("\x00", "").strip() for field in fields(Asked)})


Asking = Annotated[Asked, Depends(asked)]


def marked(hit: Hit, needles: Sequence[Needle]) -> list[Piece]:
    """Return the words of a hit around what was found, without personal data: lists travel further than cases."""
    return excerpt(mask(around(hit.text, needles), hit.language, keep={Kind.ORDER}), needles)


def below(hits: Sequence[Hit]) -> str:
    """Return where the page behind these hits begins."""
    last = hits[-1]
    return f"{last.row_id}~{last.kind}~{last.at.isoformat()}"


def is_cut(text: str) -> bool:
    """Tell whether more words were typed than are sought."""
    return len(text.split()) > MOST_WORDS


def _day(text: str, *, ends: bool = False) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC) + timedelta(days=ends)
    except (ValueError, OverflowError) as error:
        raise Refused(_("“%(text)s” is no day; write it as 2026-03-31.") % {"text": text}) from error


def _place(text: str) -> Place | None:
    if not text:
        return None
    number, _tilde, rest = text.partition("~")
    kind, _tilde, at = rest.partition("~")
    try:
        return Place(row_id=int(number) % 2**63, kind=kind, at=datetime.fromisoformat(at).astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise Refused(_("This marker does not belong to this list; begin again at its first page.")) from error
