"""The shipped model, loaded once a process. Used by worker and CLI; load it after forking, not before."""

from functools import cache
from pathlib import Path

from amends.core.ports import Classifier
from amends.triage.models import encoder

SHIPPED = Path(__file__).parent / "weights"


@cache
def default_classifier() -> Classifier:
    """Return the shipped classifier; raise `ModelMissing` where its files are absent or damaged (the next call tries again)."""
    return encoder.build(SHIPPED)
