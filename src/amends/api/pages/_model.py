"""What the shipped model says of itself, read from its card alone: the web process never loads the model."""

from functools import lru_cache

from amends.core.errors import ModelMissing
from amends.triage.card import FILE, Card, read_card
from amends.triage.replay import SHIPPED


def shipped_card() -> tuple[Card | None, str]:
    """Return the card, and in words what is wrong with the model where there is none."""
    try:
        return _card((SHIPPED / FILE).stat().st_mtime_ns), ""
    except OSError as error:
        return None, f"The triage model has no {FILE}: {error.strerror}."
    except ModelMissing as error:
        return None, str(error)


@lru_cache(maxsize=1)
def _card(_changed_at: int) -> Card:
    """Return the card; its files are fingerprinted once, and again when the card changes."""
    return read_card(SHIPPED)
