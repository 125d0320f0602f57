"""Any sequence-classification model of transformers: a folder, or a name on the hub. Place in the path: like the encoder, one file further.

Needs the extra `hub` (torch). Its labels are read as moods; what it does not know (intents, signals, an embedding) it does not say, so
topics and learning from corrections rest while it is in use. Named by `AMENDS_TRIAGE_MODEL`.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `hub` is not in every venv.)

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amends.core.errors import ModelMissing
from amends.core.ports import Reading, Sentiment, Trust
from amends.triage.language import ANSWERS, ROMANISED, detect_all

BATCH = 16
SURE_ENOUGH = 0.6
"""Of two labels the likelier always has half of the chances, so that half is no confidence."""

MOST_TOKENS = 512
UNLIMITED = 100_000
DIGITS = 8
SHOWN = 3
MOODS = tuple(Sentiment)
NEGATIVE, NEUTRAL, POSITIVE = range(3)
WORDS: Mapping[str, int] = {
    **dict.fromkeys(("negative", "neg", "bad", "very negative", "anger", "sadness", "disgust", "fear", "complaint"), NEGATIVE),
    **dict.fromkeys(("neutral", "neu", "mixed", "none", "surprise"), NEUTRAL),
    **dict.fromkeys(("positive", "pos", "good", "very positive", "joy", "love", "optimism"), POSITIVE),
}
STARS = {1: NEGATIVE, 2: NEGATIVE, 3: NEUTRAL, 4: POSITIVE, 5: POSITIVE}
# What unnamed labels mean by their number, as trainers use to order them.
UNNAMED = {2: (NEGATIVE, POSITIVE), 3: (NEGATIVE, NEUTRAL, POSITIVE), 5: (NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE)}


def build(folder: Path) -> "HubModel":
    """Return the model that lies in `folder`, or that the hub knows under this name; raise `ModelMissing` where it cannot be had."""
    name = str(folder)
    try:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer  # noqa: PLC0415 - takes seconds

        tokenizer = AutoTokenizer.from_pretrained(name)
        network, loaded = AutoModelForSequenceClassification.from_pretrained(name, output_loading_info=True)
    except ImportError as error:
        raise ModelMissing(f"A model from the hub needs the extra `hub`: pip install 'amends[hub]' ({error.name} is missing).") from error
    except Exception as error:  # the library raises OSError, ValueError, KeyError and its own errors for a bad folder or name
        said = str(error).strip().partition("\n")[0]
        raise ModelMissing(
            f"The triage model {name!r} (AMENDS_TRIAGE_MODEL) cannot be loaded. It needs a config.json, weights and a tokenizer in its "
            f"folder, or its right name and a way to the hub. The library says: {said}"
        ) from error
    if len(tokenizer) <= len(tokenizer.all_special_ids):  # the library makes such a one where the files are absent, without a word
        raise ModelMissing(
            f"The triage model {name!r} (AMENDS_TRIAGE_MODEL) has no tokenizer: put its tokenizer.json or vocab.txt beside it."
        )
    if loaded["missing_keys"]:  # the library fills them with chance, so that the model would throw dice
        raise ModelMissing(
            f"The triage model {name!r} (AMENDS_TRIAGE_MODEL) was not trained to classify: "
            f"its weights lack {', '.join(sorted(loaded['missing_keys'])[:SHOWN])}."
        )
    return HubModel(name, tokenizer, network.eval())


class HubModel:
    """A `Classifier` on torch. The complaint's chance is that of a negative mood, the best that a model of moods can say."""

    def __init__(self, name: str, tokenizer: Any, network: Any) -> None:
        self.version = f"hub:{Path(name).name}@{_digest(tokenizer, network)}"
        self.trust = Trust(languages=frozenset([*ANSWERS, *(code + ROMANISED for code in ANSWERS)]), confidence=SURE_ENOUGH)
        self._tokenizer = tokenizer
        self._network = network
        self._moods = label_moods(network.config.id2label)
        self._longest = _longest(tokenizer, network.config)

    def detect(self, texts: Sequence[str], hints: Sequence[str]) -> list[str]:
        """Return the language of each cleaned text, as the shipped model tells them apart."""
        return detect_all(texts, hints)

    def read(self, texts: Sequence[str], languages: Sequence[str]) -> list[Reading | None]:  # noqa: ARG002 - the model reads any
        """Return one reading a text, in order; None where a text cannot be read."""
        found: list[Reading | None] = [None] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            for i, reading in zip(chosen, self._batch([texts[i] for i in chosen]), strict=True):
                found[i] = reading
        return found

    def _batch(self, texts: Sequence[str]) -> list[Reading | None]:
        """Run one batch; where it fails, each text by itself."""
        try:
            return [_reading(row) for row in self._chances([self.cut(text) for text in texts])]
        except Exception:  # noqa: BLE001 - what an unknown model raises is unknown too
            return [None] if len(texts) == 1 else [reading for text in texts for reading in self._batch([text])]

    def _chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        import torch  # noqa: PLC0415 - in the extra `hub` only

        tokens = self._tokenizer(list(texts), padding=True, truncation=True, max_length=self._longest, return_tensors="pt")
        with torch.inference_mode():
            logits = self._network(**tokens).logits.double().numpy()
        each = np.exp(logits - logits.max(1, keepdims=True))
        each /= each.sum(1, keepdims=True)
        return np.stack([each[:, self._moods == mood].sum(1) for mood in range(len(MOODS))], axis=1)

    def cut(self, text: str) -> str:
        """Return as much of a text as the model can read, ending with a whole word where there are any."""
        tokens = self._tokenizer(text[:UNLIMITED], truncation=True, max_length=self._longest, return_offsets_mapping=True)
        end = max((end for _, end in tokens["offset_mapping"]), default=0)
        if end >= len(text.rstrip()):
            return text
        return text[:end].rsplit(" ", 1)[0] or text[:end]


def label_moods(labels: Mapping[int, str]) -> NDArray[np.int64]:
    """Return the mood that each label of a model means; raise `ModelMissing`, naming the labels, where they are not moods."""
    named = [_mood(str(labels[i]).strip().lower()) for i in sorted(labels)]
    if None not in named:
        return np.array(named)
    if all(re.fullmatch(r"label_\d+", str(label).lower()) for label in labels.values()) and len(labels) in UNNAMED:
        return np.array(UNNAMED[len(labels)])
    raise ModelMissing(
        f"The labels of the model named by AMENDS_TRIAGE_MODEL are not moods: {', '.join(map(str, labels.values()))}. "
        "Write negative, neutral or positive for each into `id2label` of its config.json."
    )


def _mood(label: str) -> int | None:
    stars = re.fullmatch(r"([1-5]) stars?", label)
    return STARS[int(stars[1])] if stars else WORDS.get(label)


def _digest(tokenizer: Any, network: Any) -> str:
    """Return what tells a model from another of the same name: the beginning of a digest of its labels, words and weights."""
    whole = hashlib.sha256(json.dumps([sorted(network.config.id2label.items()), sorted(tokenizer.get_vocab().items())]).encode())
    for name, weights in network.state_dict().items():
        whole.update(f"{name} {weights.dtype} {tuple(weights.shape)}".encode())
        whole.update(_bytes(weights))
    return whole.hexdigest()[:DIGITS]


def _bytes(weights: Any) -> Any:
    """Return the bytes of weights of any kind, bfloat16 too, which numpy does not know."""
    import torch  # noqa: PLC0415 - in the extra `hub` only

    return weights.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()


def _longest(tokenizer: Any, config: Any) -> int:
    """Return the longest text in tokens that tokenizer and network both take; RoBERTa and its kin count positions from padding + 1."""
    most = min(int(tokenizer.model_max_length), int(getattr(config, "max_position_embeddings", 0) or MOST_TOKENS), MOST_TOKENS)
    positions_from_padding = "roberta" in str(getattr(config, "model_type", ""))
    return most - (2 if positions_from_padding else 0)


def _reading(chances: NDArray[np.float64]) -> Reading | None:
    negative, neutral, positive = chances.tolist()
    return Reading(negative=negative, neutral=neutral, positive=positive, complaint=negative) if np.isfinite(chances).all() else None
