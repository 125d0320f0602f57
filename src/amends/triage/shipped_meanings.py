"""What the sentences that Amends brings along mean to a model: read once, when that is made, so that no installation has to.

Place in the path: training -> `meanings.npz` beside the weights -> here -> `inbox.actions.read_examples`. It only saves a first start some
seconds: what is not in it, or was changed since, is read by the model.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

import numpy as np

from amends.core.ports import Classifier
from amends.triage import card
from amends.triage.arrays import DAMAGED
from amends.triage.cleaning import clean, has_words
from amends.triage.language import detect
from amends.triage.matching import Numbers
from amends.triage.replay import SHIPPED

FILE = "meanings.npz"
STEPS = 127


def key(words: str) -> int:
    """Return the number by which cleaned words are found."""
    return int.from_bytes(blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def write(folder: Path, classifier: Classifier, sentences: Iterable[str], *, language_of: Callable[[str], str] = detect) -> None:
    """Write what `classifier`, which lies in `folder`, makes of sentences: a byte a number, true to 1/254 of the largest of each."""
    words = sorted(filter(has_words, set(map(clean, sentences))))
    readings = classifier.read(words, [language_of(one) for one in words])
    meant = {key(one): reading.embedding for one, reading in zip(words, readings, strict=True) if reading and reading.embedding is not None}
    embeddings = np.stack(list(meant.values()))
    scale = np.abs(embeddings).max(axis=1, keepdims=True) / STEPS
    np.savez_compressed(
        folder / FILE,
        allow_pickle=False,
        version=np.str_(classifier.version),
        keys=np.array(list(meant), np.uint64),
        embedding=np.round(embeddings / scale).astype(np.int8),
        scale=scale.astype(np.float32),
    )
    card.write_card(folder, card.read_card(folder))


def meanings_of(name: str, version: str) -> Mapping[int, Numbers]:
    """Return the embeddings that lie beside the model in the folder `name`, the shipped one for "", each by `key`.

    None where none do, or where they are of another version.
    """
    path = (Path(name) if name else SHIPPED) / FILE
    try:
        with np.load(path, allow_pickle=False) as file:
            if file["version"] != version:
                return {}
            embeddings = file["embedding"].astype(np.float32) * file["scale"]
            return dict(zip(file["keys"].tolist(), embeddings, strict=True))
    except DAMAGED:
        return {}
