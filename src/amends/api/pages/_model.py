"""What the model in force says of itself, read from its card alone: the web process never loads the model."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from amends.api.labels import written
from amends.core.errors import ModelMissing
from amends.core.translating import _
from amends.triage.calibration import EVERY_LANGUAGE, calibration_of
from amends.triage.card import FILE, Card, read_card
from amends.triage.replay import SHIPPED


@dataclass(frozen=True, kw_only=True, slots=True)
class Believed:
    """A language and how far the model may be believed in it: a person looks below `threshold`, above it `precision` are right.

    `share` of the posts that this was measured on lay below; `is_own` tells whether the language has posts of its own to measure on.
    """

    code: str
    name: str
    threshold: float
    precision: float
    share: float
    is_own: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Speaking:
    """The model that `AMENDS_TRIAGE_MODEL` names: its card, or in words why there is none (`trouble` where it should have one)."""

    name: str
    card: Card | None = None
    trouble: str = ""

    @property
    def believed(self) -> list[Believed]:
        """Every language of the model, by name."""
        return sorted((_believed(self.card, code) for code in self.card.languages), key=lambda one: one.name) if self.card else []


def _believed(card: Card, code: str) -> Believed:
    found = calibration_of(card.calibrations, code)
    return Believed(
        code=code,
        name=written(code),
        threshold=found.confidence,
        precision=found.precision,
        share=found.share,
        is_own=found is not card.calibrations[EVERY_LANGUAGE],
    )


def speaking(name: str) -> Speaking:
    """Return the model in the folder `name`, the shipped one for ""; one from the hub has no card."""
    folder = Path(name) if name else SHIPPED
    try:
        return Speaking(name=name, card=_card(folder, (folder / FILE).stat().st_mtime_ns))
    except OSError as error:
        return Speaking(
            name=name, trouble="" if name else _("The triage model has no %(file)s: %(why)s.") % {"file": FILE, "why": error.strerror}
        )
    except ModelMissing as error:
        return Speaking(name=name, trouble=str(error))


@lru_cache(maxsize=2)
def _card(folder: Path, _changed_at: int) -> Card:
    """Return the card; its files are fingerprinted once, and again when the card changes."""
    return read_card(folder)
