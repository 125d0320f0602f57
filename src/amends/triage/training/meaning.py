"""What texts are about, by the base model: the embeddings that the network learns to keep while it learns moods. Step of `train`.

A network that is taught moods only forgets topics. So for part of the texts it also learns to say what the base model said of them, its
embedding less the mean of all (distillation as in Hinton et al. 2015, arXiv 1503.02531, on vectors).
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from rich.progress import track
from torch import Tensor, nn
from transformers import AutoModel

from amends.triage.training.mixture import OWN, Row
from amends.triage.training.network import by_length, padded, quickly

BATCH = 128
SHARE = 6
ALWAYS = frozenset({OWN, "banking77"})


def taught(row: Row) -> bool:
    """Say whether a row teaches its meaning: ours and those of topics all do, of the others one in six."""
    return row.source in ALWAYS or zlib.crc32(row.text.encode("utf-8", "replace")) % SHARE == 0


def meanings(folder: Path, cache: Path, texts: Sequence[Sequence[int]], padding: int) -> Tensor:
    """Return the base model's embeddings [n, width] of tokenised texts, less their mean, of length 1; kept in `cache` (.npy)."""
    if cache.exists():
        return torch.from_numpy(np.load(cache)).float()
    network = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    found = torch.zeros(len(texts), network.config.hidden_size)
    for chosen in track(by_length(texts, BATCH), description="what the base model says"):
        found[chosen] = _asked(network, [texts[i] for i in chosen], padding)
    centred = nn.functional.normalize(found - found.mean(0), dim=1)
    np.save(cache, centred.numpy().astype(np.float16))
    return centred


@torch.no_grad()
def _asked(network: nn.Module, texts: Sequence[Sequence[int]], padding: int) -> Tensor:
    numbers, mask = padded(texts, padding)
    with quickly():
        hidden = network(input_ids=numbers, attention_mask=mask).last_hidden_state
    kept = mask.unsqueeze(-1).float()
    return (hidden.float() * kept).sum(1) / kept.sum(1)
