"""The fields that a query of customers may name: fixed ones, and one for each attribute that the administrator defined (`attr-tier:gold`).

Place in the path: text of a segment -> `query_reading.parse(text, fields)` -> `inbox.store.customer_sql`. An archived attribute can
still be asked, since segments name it; it is not suggested any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from amends.core.ports import Sentiment
from amends.core.translating import N_
from amends.inbox.rules.query import Query, terms_of
from amends.inbox.rules.query_fields import ATTRIBUTE, FIELDS, Field, Fields, Kind
from amends.inbox.rules.signals import Risk, Signal
from amends.inbox.rules.words import Outcome

NONE = "none"

_PURPOSES = ("care", "survey", "occasion")
_IS = ("do-not-contact", "member", "former-member", "waiting", "owned")
_HAS = ("email", "phone", "address", "handle", "loyalty", "birthday", "purchase", "subscription", "organisation", "note")
_FIXED: Fields = {
    "name": Field(kind=Kind.TEXT, means=N_("Part of the customer's name")),
    "tag": Field(kind=Kind.TEXT, values=(NONE,), means=N_("A tag on the customer")),
    "owner": Field(kind=Kind.NAME, values=("me", NONE), means=N_("The colleague the customer knows")),
    "lang": Field(kind=Kind.NAME, means=N_("A language they speak or write, as a code: en, ta, si")),
    "network": Field(kind=Kind.NAME, means=N_("A network where they have a handle")),
    "organisation": Field(kind=Kind.NAME, values=(NONE,), means=N_("An organisation they belong to now")),
    "role": Field(kind=Kind.TEXT, means=N_("Their role in an organisation: board, member")),
    "loyalty": Field(kind=Kind.TEXT, means=N_("How their loyalty number begins")),
    "since": Field(kind=Kind.DATE, means=N_("The day since which we know them")),
    "birthday": Field(kind=Kind.SPAN, means=N_("How long until their next birthday: <7d")),
    "purchases": Field(kind=Kind.NUMBER, means=N_("How many purchases and subscriptions")),
    "bought": Field(kind=Kind.SPAN, means=N_("How long ago they bought last: <30d")),
    "amount": Field(kind=Kind.NUMBER, means=N_("The amount of their dearest purchase, in its own currency")),
    "product": Field(kind=Kind.TEXT, means=N_("Part of the name of something they bought")),
    "renews": Field(kind=Kind.SPAN, means=N_("How long until a subscription or membership renews: <30d")),
    "consent": Field(kind=Kind.CHOICE, values=_PURPOSES, means=N_("For what they consent to be written to")),
    "cases": Field(kind=Kind.NUMBER, means=N_("How many cases there ever were")),
    "open": Field(kind=Kind.NUMBER, means=N_("How many cases are going on")),
    "complained": Field(kind=Kind.SPAN, means=N_("How long ago their last case was opened: <7d")),
    "contact": Field(kind=Kind.SPAN, means=N_("How long ago they wrote, or we answered: >90d")),
    "waiting": Field(kind=Kind.SPAN, means=N_("How long they wait for us: >2h")),
    "mood": Field(kind=Kind.CHOICE, values=tuple(Sentiment), means=N_("How most of their last five posts sound")),
    "follow-up": Field(kind=Kind.CHOICE, values=tuple(Outcome), means=N_("Whether our last answer held")),
    "relapses": Field(kind=Kind.NUMBER, means=N_("How often an answer did not hold")),
    "risk": Field(kind=Kind.CHOICE, values=tuple(Risk), means=N_("How likely they leave, by named signals")),
    "signal": Field(kind=Kind.CHOICE, values=tuple(Signal), means=N_("A signal that holds for them")),
    "is": Field(kind=Kind.CHOICE, values=_IS, means=N_("What holds for the customer")),
    "has": Field(kind=Kind.CHOICE, values=_HAS, means=N_("What the record holds")),
    "handle": Field(kind=Kind.TEXT, sign="@", means=N_("How one of their handles begins")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribute:
    """An attribute as the administrator defined it; `kind` is text, number, date, yes_no, choice or link."""

    key: str
    name: str
    kind: str
    choices: Sequence[str] = ()
    archived: bool = False


_KINDS: Mapping[str, Kind] = {
    "text": Kind.TEXT,
    "link": Kind.TEXT,
    "number": Kind.NUMBER,
    "date": Kind.DATE,
    "yes_no": Kind.CHOICE,
    "choice": Kind.CHOICE,
}


def customer_fields(attributes: Iterable[Attribute] = ()) -> Fields:
    """Return all that a query of customers may name."""
    return {**_FIXED, **{ATTRIBUTE + one.key: _field(one) for one in attributes}}


def _field(attribute: Attribute) -> Field:
    there = ("yes", "no") if attribute.kind == "yes_no" else tuple(attribute.choices) if attribute.kind == "choice" else ()
    return Field(kind=_KINDS[attribute.kind], means=attribute.name, values=(*there, *({NONE} - set(there))))


def suggested(attributes: Iterable[Attribute]) -> Fields:
    """Return the fields that are offered: those of archived attributes are not."""
    return customer_fields(one for one in attributes if not one.archived)


def suggested_of_cases(attributes: Iterable[Attribute]) -> Fields:
    """Return the fields that are offered where cases are asked for: their own, and the attributes of their customers."""
    return {**FIELDS, **{ATTRIBUTE + one.key: _field(one) for one in attributes if not one.archived}}


def archived_in(query: Query, attributes: Iterable[Attribute]) -> list[str]:
    """Return the names of archived attributes that a query asks: their values stand, and nobody keeps them any more."""
    asked = {term.field for term in terms_of(query)}
    return [one.name for one in attributes if one.archived and ATTRIBUTE + one.key in asked]
