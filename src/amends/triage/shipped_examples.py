"""The sentences that Amends brings along: examples of twelve topics, and prototypes of noise beside ordinary posts, in eight languages.

They lie in `shipped/*.tsv`, written by us. Place in the path: here -> `inbox.actions.plant` -> database, where companies change them.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from amends.triage.noise import Noise

FOLDER = Path(__file__).with_name("shipped")
ORDINARY, CARE = "ordinary", "care"
NAMES = {
    "billing": "Bills and payments",
    "refund": "Refunds",
    "delivery": "Delivery",
    "outage": "Outages",
    "app": "App and website",
    "account": "Account and sign-in",
    "product": "Product quality",
    "service": "Staff and waiting times",
    "contract": "Contract and cancelling",
    "price": "Prices and offers",
    "fraud": "Fraud and data leaks",
    "travel": "Trips and bookings",
}
"""What each shipped topic is called on screen, by its key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShippedExample:
    """A sentence about the topic whose key is `topic`; one that is about two stands there twice."""

    topic: str
    language: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Prototype:
    """A sentence of a `kind`: one of `Noise`, `care` for what a desk works on, `ordinary` for what is about nothing in particular."""

    kind: str
    text: str


KINDS = frozenset({ORDINARY, CARE, *Noise})


def examples() -> list[ShippedExample]:
    """Return the examples of every shipped topic."""
    return [ShippedExample(**row) for row in _rows("topics.tsv")]


def prototypes() -> list[Prototype]:
    """Return every prototype."""
    return [Prototype(**row) for row in _rows("prototypes.tsv")]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
