"""What a link of a handle to a customer stands on, and what the person themselves gave for it. Networks restrict such links. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from amends.core.translating import N_
from amends.inbox.rules.ids import PostId
from amends.inbox.rules.words import LinkBasis


class EvidenceKind(StrEnum):
    """What shows that a handle is a customer's."""

    TOLD_US = "told_us"
    EMAIL = "email"
    PHONE = "phone"
    ORDER = "order"
    AGENT = "agent"


class ConsentBasis(StrEnum):
    """What the person gave for the link: their own words, a fact of theirs that was compared, or nothing."""

    OWN_WORDS = "own_words"
    OWN_FACTS = "own_facts"
    WITHOUT = "without"


KINDS: Mapping[str, str] = {
    EvidenceKind.TOLD_US: N_("They told us"),
    EvidenceKind.EMAIL: N_("Same verified e-mail address"),
    EvidenceKind.PHONE: N_("Same verified phone number"),
    EvidenceKind.ORDER: N_("In private, they named an order and an address or phone number of its buyer"),
    EvidenceKind.AGENT: N_("A colleague decided"),
}
CONSENTS: Mapping[str, str] = {
    ConsentBasis.OWN_WORDS: N_("the person said so themselves"),
    ConsentBasis.OWN_FACTS: N_("the person gave us what was compared"),
    ConsentBasis.WITHOUT: N_("the person was not asked"),
}
_CONSENT_OF: Mapping[EvidenceKind, ConsentBasis] = {
    EvidenceKind.TOLD_US: ConsentBasis.OWN_WORDS,
    EvidenceKind.EMAIL: ConsentBasis.OWN_FACTS,
    EvidenceKind.PHONE: ConsentBasis.OWN_FACTS,
    EvidenceKind.ORDER: ConsentBasis.OWN_FACTS,
    EvidenceKind.AGENT: ConsentBasis.WITHOUT,
}
_OF_BASIS: Mapping[str, EvidenceKind] = {LinkBasis.TOLD_US: EvidenceKind.TOLD_US}


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One thing that shows it; `post_id` is where it was said."""

    kind: EvidenceKind
    note: str = ""
    post_id: PostId | None = None

    @property
    def consent(self) -> ConsentBasis:
        """What the person gave for it."""
        return _CONSENT_OF[self.kind]


def of_basis(basis: str, note: str, post_id: PostId | None = None) -> Sequence[Evidence]:
    """Return the evidence that an agent gives on the case page, by the ground they name."""
    return (Evidence(kind=_OF_BASIS.get(basis, EvidenceKind.AGENT), note=note, post_id=post_id),)
