"""The replay: what the shipped model said of its original data, so that learning from agents costs nothing of it.

Embeddings and chances only, no text. Written beside the weights by `training/replay.py`, read when a head is fitted.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amends.core.errors import ModelMissing
from amends.triage import card
from amends.triage.arrays import DAMAGED
from amends.triage.head import Numbers

FILE = "replay.npz"
SHIPPED = Path(__file__).parent / "weights"  # as in `loading`, which would bring the model's libraries along
UNKNOWN = -1
TRAIN, REPORT = "train", "report"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Replay:
    """Rows of original data: `mood` [n, 3] and `intents` [n, 5] as shipped, labels as indices (-1: not known), `source` the set's name."""

    embedding: Numbers
    mood: Numbers
    intents: Numbers
    mood_label: NDArray[np.int64]
    intent_label: NDArray[np.int64]
    language: NDArray[np.str_]
    source: NDArray[np.str_]
    split: NDArray[np.str_]

    def of(self, split: str) -> "Replay":
        """Return the rows of one split."""
        return self.where(self.split == split)

    def where(self, chosen: NDArray[np.bool_]) -> "Replay":
        """Return the chosen rows."""
        return Replay(**{name: getattr(self, name)[chosen] for name in Replay.__dataclass_fields__})


def write_replay(path: Path, replay: Replay) -> None:
    """Write `replay` to a file of about 400 bytes a row."""
    scale = np.float32(np.abs(replay.embedding).max(initial=1e-6) / 127)
    arrays = {name: getattr(replay, name) for name in Replay.__dataclass_fields__} | {
        "embedding": np.round(replay.embedding / scale).astype(np.int8),
        "scale": scale,
        "mood": replay.mood.astype(np.float16),
        "intents": replay.intents.astype(np.float16),
        "mood_label": replay.mood_label.astype(np.int8),
        "intent_label": replay.intent_label.astype(np.int8),
    }
    np.savez_compressed(path, allow_pickle=False, **arrays)


def read_replay(path: Path) -> Replay:
    """Return what `write_replay` wrote; `ModelMissing` where the file is absent or damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {name: np.asarray(file[name]) for name in file.files}
        replay = _decoded(found)
    except FileNotFoundError as error:
        raise ModelMissing(f"The triage model has no {path.name} in {path.parent}, so nothing can be learnt from corrections.") from error
    except DAMAGED as error:
        raise ModelMissing(f"The triage model's {path} is damaged: {error}.") from error
    if len({len(getattr(replay, name)) for name in Replay.__dataclass_fields__}) != 1:
        raise ModelMissing(f"The triage model's {path} is damaged: its columns differ in length.")
    return replay


def _decoded(found: dict[str, NDArray[np.generic]]) -> Replay:
    return Replay(
        embedding=found["embedding"].astype(np.float32) * np.float32(found["scale"]),
        mood=found["mood"].astype(np.float32),
        intents=found["intents"].astype(np.float32),
        mood_label=found["mood_label"].astype(np.int64),
        intent_label=found["intent_label"].astype(np.int64),
        language=found["language"].astype(np.str_),
        source=found["source"].astype(np.str_),
        split=found["split"].astype(np.str_),
    )


@cache
def replay_of(name: str) -> Replay:
    """Return the replay of the model in the folder `name`, the shipped one for ""; `ModelMissing` where it has none, as on the hub."""
    folder = Path(name) if name else SHIPPED
    if (folder / card.FILE).exists():
        card.check_file(folder, card.read_card(folder), FILE)
    return read_replay(folder / FILE)
