"""The fields that a query of cases may name, as one table: what kind of value each takes, which values there are, what it means in words.

Place in the path: `query_reading` reads a text by this table, `query_help` suggests from it, `inbox.store.query_sql` has one piece of SQL a
field. Queries of customers have a table of their own (`customer_fields`) and the same reader.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from amends.core.ports import Intent, Sentiment
from amends.core.translating import N_
from amends.inbox.rules.words import CaseStatus
from amends.triage.urgency_weights import Reason


class Kind(StrEnum):
    """What a field's values are: words of a list, names of things we know, free text, or something that can be compared."""

    CHOICE = "choice"
    NAME = "name"
    TEXT = "text"
    NUMBER = "number"
    SPAN = "span"
    DATE = "date"
    ASKED = "asked"  # only the database knows; it is checked when the query is asked

    @property
    def compares(self) -> bool:
        """Whether `>`, `<=` and ranges make sense."""
        return self in {Kind.NUMBER, Kind.SPAN, Kind.DATE, Kind.ASKED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field: `values` are all a choice has, and words beside the names or spans of others; `sign` is its short form (`#17`)."""

    kind: Kind
    means: str
    values: tuple[str, ...] = ()
    sign: str = ""


Fields = Mapping[str, Field]
"""All that a query of one kind may name."""

FIELDS: Fields = {
    "status": Field(kind=Kind.CHOICE, values=tuple(CaseStatus), means=N_("Where the case stands")),
    "network": Field(kind=Kind.NAME, means=N_("The network it came from")),
    "source": Field(kind=Kind.NAME, means=N_("The watched account it came to")),
    "brand": Field(kind=Kind.NAME, means=N_("The brand it is about")),
    "lang": Field(kind=Kind.NAME, means=N_("The language, as a code: en, ta, si")),
    "region": Field(kind=Kind.NAME, values=("none",), means=N_("Where it comes from: a country as LK, or a place as it is called")),
    "mood": Field(kind=Kind.CHOICE, values=tuple(Sentiment), means=N_("How the customer feels")),
    "intent": Field(kind=Kind.CHOICE, values=tuple(Intent), means=N_("What the customer wants")),
    "urgency": Field(kind=Kind.NUMBER, means=N_("Points from 0 to 100")),
    "said": Field(kind=Kind.NUMBER, means=N_("The same by the posts alone, without what our silence adds")),
    "topic": Field(kind=Kind.NAME, values=("none",), means=N_("What it is about")),
    "assignee": Field(kind=Kind.NAME, values=("me", "none"), means=N_("Who has the case")),
    "team": Field(kind=Kind.NAME, values=("mine", "none"), means=N_("The team whose work it is")),
    "incident": Field(kind=Kind.NAME, values=("any", "none"), means=N_("The incident that it belongs to")),
    "customer": Field(kind=Kind.TEXT, means=N_("Part of the customer's name")),
    "segment": Field(kind=Kind.NAME, means=N_("A shared segment that the customer belongs to")),
    "followers": Field(kind=Kind.NUMBER, means=N_("How many follow the customer: 500, 10k, 2m")),
    "episode": Field(kind=Kind.NUMBER, means=N_("How often the case was opened")),
    "age": Field(kind=Kind.SPAN, means=N_("How long ago it was opened: 30min, 2h, 3d, 1w")),
    "waiting": Field(kind=Kind.SPAN, means=N_("How long the customer waits for us")),
    "due": Field(kind=Kind.SPAN, values=("past", "none"), means=N_("How much time is left to answer")),
    "opened": Field(kind=Kind.DATE, means=N_("The day it was opened")),
    "resolved": Field(kind=Kind.DATE, means=N_("The day it was resolved")),
    "is": Field(kind=Kind.CHOICE, values=("unread", "read", "snoozed", "late", "returning"), means=N_("What holds for the case")),
    "has": Field(kind=Kind.CHOICE, values=("note", "reply", "picture", "topic"), means=N_("What the case holds")),
    "needs": Field(kind=Kind.CHOICE, values=("look",), means=N_("What a person must do")),
    "reason": Field(kind=Kind.CHOICE, values=tuple(Reason), means=N_("What makes it urgent")),
    "follow-up": Field(
        kind=Kind.CHOICE,
        values=("due", "planned", "none", "held", "relapsed", "silent", "unknown"),
        means=N_("Whether the answer held; due is within a day or past"),
    ),
    "promise": Field(
        kind=Kind.CHOICE,
        values=("due", "open", "broken", "kept", "none"),
        means=N_("What became of what we promised; due is within a day"),
    ),
    "mentions": Field(kind=Kind.CHOICE, values=("me",), means=N_("Whom a note mentions: me, or a team of mine")),
    "case": Field(kind=Kind.NUMBER, sign="#", means=N_("The number of the case")),
    "handle": Field(kind=Kind.TEXT, sign="@", means=N_("How the customer's handle begins")),
}
ATTRIBUTE = "attr-"
"""An attribute of the customer, as the administrator defined it: `attr-tier:gold`."""
_OF_CUSTOMER = Field(kind=Kind.ASKED, means=N_("An attribute of the customer"))
SIGNS: Mapping[str, str] = {field.sign: name for name, field in FIELDS.items() if field.sign}


def field_of(fields: Fields, name: str) -> Field | None:
    """Return the field called `name`, None where there is none; a query of cases may name any attribute of customers."""
    return fields.get(name) or (_OF_CUSTOMER if fields is FIELDS and name.startswith(ATTRIBUTE) else None)
