"""What agents taught: a small head that refines what the encoder read. Place in the path: `Reading` -> `Head.apply` -> `judge`.

A field's answers are the logarithms of the encoder's own chances, moved by a linear look at the embedding: zero weights change nothing.
A head belongs to one encoder; to the readings of any other it does not apply.
"""

import io
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from amends.core.errors import ModelMissing
from amends.core.ports import Intent, Reading
from amends.triage.arrays import DAMAGED

Numbers = NDArray[np.float32]
LEAST_CHANCE = 1e-5
KNOWN_INTENTS = 0.99  # what the chances of a model that knows all intents come to together, but for rounding


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Layer:
    """The refinement of one field: `weights` [answers, embedding], `bias` [answers], and the temperature that the result is divided by."""

    weights: Numbers
    bias: Numbers
    temperature: float = 1.0

    def chances(self, said: Numbers, embedding: Numbers) -> Numbers:
        """Return refined chances, row by row; `said` [n, answers] are the encoder's, `embedding` is [n, numbers]."""
        return softmax(self.logits(said, embedding) / np.float32(self.temperature))

    def logits(self, said: Numbers, embedding: Numbers) -> Numbers:
        """Return the refined answers before temperature."""
        return np.asarray(logarithm(said) + embedding @ self.weights.T + self.bias, np.float32)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Head:
    """A learnt head: `version` is what verdicts carry, `encoder` the version of the weights whose readings it refines."""

    version: str
    encoder: str
    mood: Layer | None = None
    intents: Layer | None = None

    def apply(self, reading: Reading) -> Reading:
        """Return what `reading` becomes; one without an embedding stays as it is."""
        return self._with_intents(self._with_mood(reading))

    def _with_mood(self, reading: Reading) -> Reading:
        if self.mood is None or reading.embedding is None:
            return reading
        said = np.array([[reading.negative, reading.neutral, reading.positive]], np.float32)
        negative, neutral, positive = self.mood.chances(said, reading.embedding[None])[0].tolist()
        return replace(reading, negative=negative, neutral=neutral, positive=positive)

    def _with_intents(self, reading: Reading) -> Reading:
        said = np.array([[getattr(reading, intent) for intent in Intent]], np.float32)
        if self.intents is None or reading.embedding is None or said.sum() < KNOWN_INTENTS:
            return reading
        found = self.intents.chances(said, reading.embedding[None])[0].tolist()
        return replace(reading, **dict(zip(Intent, found, strict=True)))


def pack(head: Head) -> bytes:
    """Return the weights of a head as an npz file."""
    layers = {"mood": head.mood, "intents": head.intents}
    arrays: dict[str, Numbers] = {}
    for name, layer in layers.items():
        if layer is not None:
            temperature = np.array([layer.temperature], np.float32)
            arrays |= {f"{name}_weights": layer.weights, f"{name}_bias": layer.bias, f"{name}_temperature": temperature}
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def unpack(packed: bytes, *, version: str, encoder: str) -> Head:
    """Return the head that `pack` packed; `ModelMissing` where the bytes are none."""
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as file:
            arrays = {name: np.asarray(file[name], np.float32) for name in file.files}
        return Head(version=version, encoder=encoder, mood=_layer(arrays, "mood"), intents=_layer(arrays, "intents"))
    except DAMAGED as error:
        raise ModelMissing(f"The learnt head {version} is damaged: {error}. Bring another version back on the page Triage.") from error


def _layer(arrays: dict[str, Numbers], name: str) -> Layer | None:
    if f"{name}_weights" not in arrays:
        return None
    temperature = float(arrays[f"{name}_temperature"][0])
    return Layer(weights=arrays[f"{name}_weights"], bias=arrays[f"{name}_bias"], temperature=temperature)


def logarithm(chances: Numbers) -> Numbers:
    """Return the logarithms of chances, none of them infinite."""
    return np.log(np.clip(chances, LEAST_CHANCE, 1.0)).astype(np.float32)


def softmax(logits: Numbers) -> Numbers:
    """Return chances row by row."""
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)
