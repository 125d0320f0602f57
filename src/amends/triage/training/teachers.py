"""What finished networks say of the moods of texts: a student learns it beside the labels. Step of `train`.

A student of several networks is nearly as good as their mean, at the cost of one (Hinton et al. 2015, arXiv 1503.02531), and what they say
of a text is worth more than a label where people disagree.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from rich.progress import track
from torch import Tensor
from transformers import AutoTokenizer

from amends.triage.language import detect
from amends.triage.tokens import shorten
from amends.triage.training.mixture import MOODS, Row
from amends.triage.training.network import Triage, by_length, mean_of, padded, quickly
from amends.triage.training.recipe import NOT_ENGLISH, TOKENS

BATCH = 64
ENGLISH = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Teacher:
    """A finished network, the mean of some `files` of weights; `folder` has its shape and tokenizer.

    One of `english` is asked of English texts alone.
    """

    folder: Path
    files: tuple[Path, ...]
    english: bool = False


def moods_heard(teachers: Sequence[Teacher], rows: Sequence[Row], work: Path) -> Tensor:
    """Return the teachers' chances of each mood [n, 3] of rows, kept in `work` for the same rows and teachers.

    That is the mean of all, in English half of it that of the teachers of English. They answer as they learnt, not on rounded numbers.
    """
    texts = [row.text for row in rows]
    names = [path.name for one in teachers for path in one.files]
    kept = work / f"heard-{sha256(repr((names, texts)).encode(errors='replace')).hexdigest()[:16]}.npy"
    if kept.exists():
        return torch.from_numpy(np.load(kept))
    found = _mean([_said(one, texts) for one in teachers if not one.english])
    native = [one for one in teachers if one.english]
    at = [i for i, row in enumerate(rows) if native and is_english(row)]
    if at:
        found[at] = (found[at] + _mean([_said(one, [texts[i] for i in at]) for one in native])) / 2
    half = kept.with_suffix(".half.npy")
    np.save(half, found.numpy())
    half.replace(kept)
    return found


@cache  # several stages ask about the same rows
def is_english(row: Row) -> bool:
    """Say whether a row is in English and in nothing beside it."""
    return row.source not in NOT_ENGLISH and detect(row.text) == ENGLISH


def _mean(said: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(said)).mean(0)


@torch.no_grad()
def _said(teacher: Teacher, texts: Sequence[str]) -> Tensor:
    tokenizer = AutoTokenizer.from_pretrained(teacher.folder)
    network = Triage(teacher.folder).eval()
    network.load_state_dict(mean_of(teacher.files))
    numbers = [shorten(found, TOKENS) for found in tokenizer(list(texts))["input_ids"]]
    found = torch.zeros(len(texts), len(MOODS))
    for chosen in track(by_length(numbers, BATCH), description="what a teacher says"):
        ids, mask = padded([numbers[i] for i in chosen], tokenizer.pad_token_id)
        with quickly():
            mood = network(ids, mask)[0]
        found[chosen] = mood.float().softmax(1)
    return found
