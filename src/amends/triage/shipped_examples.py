"""The sentences that Amends brings along: examples of twelve topics, and prototypes of noise beside ordinary posts, in eight languages.

They lie in `shipped/*.tsv`, written by us. Place in the path: here -> `inbox.actions.plant` -> database, where companies change them.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from amends.core.translating import N_
from amends.triage.noise import Noise

FOLDER = Path(__file__).with_name("shipped")
ORDINARY, CARE = "ordinary", "care"
NAMES = {
    "billing": N_("Bills and payments"),
    "refund": N_("Refunds"),
    "delivery": N_("Delivery"),
    "outage": N_("Outages"),
    "app": N_("App and website"),
    "account": N_("Account and sign-in"),
    "product": N_("Product quality"),
    "service": N_("Staff and waiting times"),
    "contract": N_("Contract and cancelling"),
    "price": N_("Prices and offers"),
    "fraud": N_("Fraud and data leaks"),
    "travel": N_("Trips and bookings"),
}
"""What each shipped topic is called, by its key; screens say it in the language of whoever looks (`called.topic`)."""


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


def sentences() -> list[str]:
    """Return all of them."""
    return [one.text for one in (*examples(), *prototypes())]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
