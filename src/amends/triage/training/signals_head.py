"""Teach the urgency signals last, on the finished encoder: they are rare, and the stages, busy with moods, leave them half learnt.

Between train and export: the finished weights -> the same with a signals head fitted to the end (logistic regression, convex).
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from transformers import AutoTokenizer

from amends.triage.signals import Signal
from amends.triage.tokens import shorten
from amends.triage.training.mixture import Row
from amends.triage.training.network import Triage, by_length, padded
from amends.triage.training.recipe import TOKENS

BATCH = 64
STRENGTH = 0.1
ROUNDS = 500


def refit(folder: Path, weights: Path, rows: Sequence[Row]) -> Path:
    """Write the weights with a signals head fitted on the rows that name their signals, and return the new file."""
    known = [row for row in rows if row.signals is not None]
    network = Triage(folder)
    network.load_state_dict(torch.load(weights))
    network.round()
    seen = means(network.eval(), folder, [row.text for row in known])
    for at, signal in enumerate(Signal):
        truth = [signal in (row.signals or ()) for row in known]
        if any(truth):
            fitted = LogisticRegression(C=STRENGTH, max_iter=ROUNDS, class_weight="balanced").fit(seen, truth)
            network.signals.weight.data[at] = torch.from_numpy(fitted.coef_[0].astype(np.float32))
            network.signals.bias.data[at] = float(fitted.intercept_[0])
    out = weights.with_name("final.pt")
    torch.save(network.state_dict(), out)
    return out


@torch.no_grad()
def means(network: Triage, folder: Path, texts: Sequence[str]) -> NDArray[np.float32]:
    """Return what the heads see of each text [n, width]."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    numbers = [shorten(found, TOKENS) for found in tokenizer(list(texts))["input_ids"]]
    found = np.zeros((len(texts), network.mood.in_features), np.float32)
    for chosen in by_length(numbers, BATCH):
        ids, mask = padded([numbers[i] for i in chosen], tokenizer.pad_token_id)
        found[chosen] = network.mean(network.encoder(input_ids=ids, attention_mask=mask).last_hidden_state, mask).numpy()
    return found
