"""What the words of a romanised text say of its meaning. Place in the path: embedding + cleaned text -> `Lean.drawn` -> `Reading`.

Encoders have read hardly any Tamil or Sinhala in Latin letters and hear little of what it is about. Character n-grams, taught our topics,
hear more: they say how likely each topic is, and the embedding is drawn towards what such texts mean on average in letters that it reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from amends.core.errors import ModelMissing
from amends.triage.arrays import DAMAGED
from amends.triage.calibration import Numbers
from amends.triage.ngrams import Table, read_tables

FILE = "lean.npz"
TABLE = "topics"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Lean:
    """A table whose classes are topics, and where each draws to [topics, numbers]: nowhere (zeros) for that of no topic."""

    table: Table
    towards: Numbers

    def drawn(self, embeddings: Numbers, texts: Sequence[str]) -> Numbers:
        """Return the embeddings of cleaned texts [n, numbers], of length 1, as their words draw them."""
        moved = embeddings + np.exp(self.table.scores(texts)) @ self.towards
        return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def read_lean(folder: Path) -> Lean | None:
    """Return what lies in a model's folder, None where it was made without; raise `ModelMissing` where the file is damaged."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            towards = file["towards"].astype(np.float64)
    except DAMAGED as error:
        raise ModelMissing(f"The file {path} is damaged: {error}.") from error
    return Lean(table=read_tables(path, [TABLE])[TABLE], towards=towards)
