"""The model at work, loaded once a process. Used by worker and CLI; load it after forking, not before."""

from functools import cache
from pathlib import Path

from amends.core.errors import ModelMissing
from amends.core.ports import Classifier
from amends.core.settings import read_settings
from amends.triage import card
from amends.triage.models import encoder

SHIPPED = Path(__file__).parent / "weights"
INSTEAD = (
    "Name a folder that `amends triage train` wrote, a folder of a transformers model or org/name on the hub; nothing: the shipped one."
)


def default_classifier() -> Classifier:
    """Return the classifier that `AMENDS_TRIAGE_MODEL` names, the shipped one where it names none.

    Raise `ModelMissing` where its files are absent or damaged (the next call tries again).
    """
    return classifier_of(read_settings().triage_model)


@cache
def classifier_of(name: str) -> Classifier:
    """Return the classifier in a folder of ours, or the transformers model in a folder or on the hub; the shipped one for ""."""
    folder = folder_of(name)
    if folder is not None:
        return encoder.build(folder)
    from amends.triage.models import hub  # noqa: PLC0415 - torch, which it needs, is in the extra `hub` only

    return hub.build(Path(name))


def folder_of(name: str) -> Path | None:
    """Return the folder of ours that a name means, None for a transformers model; `ModelMissing` where it is that of no folder."""
    if not name:
        return SHIPPED
    if any((Path(name) / file).exists() for file in (card.FILE, encoder.MODEL_FILE)):
        return Path(name)
    if _is_path(name) and not Path(name).is_dir():
        raise ModelMissing(f"There is no folder {name}, which AMENDS_TRIAGE_MODEL names. {INSTEAD}")
    return None


def _is_path(name: str) -> bool:
    """Say whether a name can only be that of a folder: on the hub it has one slash at most."""
    return name.startswith((".", "~", "/")) or Path(name).is_absolute() or len(Path(name).parts) > len(("org", "name"))
