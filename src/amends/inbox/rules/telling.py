"""Telling everybody whom an incident touched that it is mended: who is told, who is not and why, and with which words. Pure.

Place in the path: an incident is fixed -> `actions.tell_affected` asks here for each person, once when the answers are proposed and once
more right before one goes -> the replies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, get_args

from amends.core.errors import Refused
from amends.core.translating import N_, Table, _
from amends.inbox.rules import macro_text
from amends.inbox.rules.incidents import is_language, understood
from amends.inbox.rules.words import CaseStatus

VARIABLES = (
    "customer.name",
    "customer.first_name",
    "customer.handle",
    "agent.name",
    "agent.first_name",
    "brand",
    "incident",
    "case.id",
    "lang",
    "network",
)
Pace = Literal[2, 5, 10, 20, 30]
PACES: tuple[Pace, ...] = get_args(Pace)
"""How many answers may go out a minute on one source."""
USUAL_PACE = 10


class State(StrEnum):
    """Where an answer stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    QUEUED = "queued"
    SKIPPED = "skipped"


class Why(StrEnum):
    """Why somebody is not told, or is looked at once more."""

    GONE = "gone"
    DO_NOT_CONTACT = "do_not_contact"
    LEFT = "left"
    CLOSED = "closed"
    ANSWERED = "answered"
    CANNOT_REPLY = "cannot_reply"
    NO_TEXT = "no_text"
    BY_HAND = "by_hand"
    REFUSED = "refused"
    WROTE = "wrote"


WHYS = Table(
    {
        Why.GONE: N_("their record was erased"),
        Why.DO_NOT_CONTACT: N_("they do not want to be contacted"),
        Why.LEFT: N_("their case does not belong to the incident any more"),
        Why.CLOSED: N_("their case is closed"),
        Why.ANSWERED: N_("they were answered since it was fixed"),
        Why.CANNOT_REPLY: N_("the network does not let us reply"),
        Why.NO_TEXT: N_("there is no text in a language of theirs, nor in English"),
        Why.BY_HAND: N_("a colleague left them out"),
        Why.REFUSED: N_("it could not be handed over"),
        Why.WROTE: N_("something was said since; look again"),
    }
)
FOR_GOOD = frozenset({Why.GONE, Why.DO_NOT_CONTACT, Why.LEFT, Why.CANNOT_REPLY})
"""What nobody can overrule by hand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """What deciding needs of somebody: of the newest of their cases in the incident that can be answered."""

    gone: bool
    do_not_contact: bool
    belongs: bool
    status: str
    answered: bool
    can_reply: bool


def why_not(person: Person, *, by_hand: bool = False) -> Why | None:
    """Return why somebody is not told, None where they are; what a colleague may overrule does not count `by_hand`."""
    reasons = {
        Why.GONE: person.gone,
        Why.DO_NOT_CONTACT: person.do_not_contact,
        Why.LEFT: not person.belongs,
        Why.CANNOT_REPLY: not person.can_reply or (by_hand and person.status == CaseStatus.DISMISSED),
        Why.CLOSED: person.status in {CaseStatus.RESOLVED, CaseStatus.DISMISSED},
        Why.ANSWERED: person.answered,
    }
    return next((why for why, holds in reasons.items() if holds and not (by_hand and why not in FOR_GOOD)), None)


def checked(text: str) -> str:
    """Return a template as it is kept; `Refused` says what cannot be filled in."""
    words = text.replace("\r\n", "\n").strip()
    macro_text.check(words, VARIABLES)
    return words


def written(texts: Mapping[str, str], languages: Sequence[str], values: Mapping[str, str | int]) -> str:
    """Return what somebody is told in a language of theirs, or else in English; empty where nothing is written in either."""
    template = understood(texts, languages)
    return macro_text.fill(template, dict.fromkeys(VARIABLES, "") | dict(values)) if template else ""


def languaged(language: str) -> str:
    """Return a language that a text is written in; `Refused` for one that we do not name."""
    if not is_language(language):
        raise Refused(_("Choose one of the languages."))
    return language


def paced(per_minute: int) -> int:
    """Return how many may go a minute on one source; `Refused` for a pace that we do not have."""
    if per_minute not in PACES:
        raise Refused(_("Choose one of the paces: %(paces)s a minute.") % {"paces": ", ".join(str(one) for one in PACES)})
    return per_minute


def since(fixed_at: datetime | None) -> datetime:
    """Return since when it is fixed; `Refused` while it is not."""
    if fixed_at is None:
        raise Refused(_("Say first that it is fixed; nobody is told before."))
    return fixed_at
