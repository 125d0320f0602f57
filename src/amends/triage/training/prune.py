"""Cut the base's vocabulary from 250,000 pieces to those our languages need. Third step: base folder -> smaller folder, same network.

A Unigram segmentation that uses only kept pieces stays the best one after the cut, since the candidates that remain are a subset; so
text made of kept pieces is read exactly as before.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import AutoModel, PreTrainedTokenizerFast

WHOLE_SCRIPTS = frozenset({"SINHALA", "TAMIL", "ETHIOPIC", "KANNADA", "GURMUKHI", "DEVANAGARI", "TELUGU", "MALAYALAM"})
HUGE_SCRIPTS = frozenset({"CJK", "HANGUL"})
LATIN = frozenset({"LATIN"})
SPACE_MARK = "▁"
CHUNK = 4_000


@cache
def _script(char: str) -> str:
    """Return the first word of a letter's Unicode name, such as LATIN; "" for all that is no letter or mark."""
    return unicodedata.name(char, "?").split()[0] if unicodedata.category(char)[0] in "LM" else ""


def _scripts(piece: str) -> frozenset[str]:
    return frozenset(_script(char) for char in piece if char != SPACE_MARK) - {""}


def _counted(tokenizer: Tokenizer, texts: Sequence[str]) -> Counter[int]:
    seen: Counter[int] = Counter()
    for start in range(0, len(texts), CHUNK):
        for encoding in tokenizer.encode_batch(texts[start : start + CHUNK]):
            seen.update(encoding.ids)
    return seen


def _wanted(vocabulary: Sequence[Sequence[str | float]], seen: Counter[int]) -> Iterable[int]:
    """Yield piece numbers, the most needed first; many come more than once."""
    pieces = [str(piece) for piece, _ in vocabulary]
    usable = [i for i, piece in enumerate(pieces) if not piece.startswith("<unused")]
    common = sorted(usable, key=lambda i: -float(vocabulary[i][1]))
    single = [i for i in common if len(pieces[i].replace(SPACE_MARK, "")) <= 1]
    yield from (i for i, times in seen.items() if times > 1)
    yield from (i for i in single if _scripts(pieces[i]) <= WHOLE_SCRIPTS | LATIN)
    yield from (i for i in usable if _scripts(pieces[i]) and _scripts(pieces[i]) <= WHOLE_SCRIPTS)
    yield from (i for i in single if not _scripts(pieces[i]) & HUGE_SCRIPTS)
    yield from (i for i in common if i in seen)
    yield from (i for i in common if _scripts(pieces[i]) <= LATIN)


def _kept(special: set[int], wanted: Iterable[int], size: int) -> list[int]:
    """Return the piece numbers to keep, in their old order, so that low numbers stay the common pieces."""
    kept = set(special)
    for number in wanted:
        if len(kept) >= size:
            break
        kept.add(number)
    return sorted(kept)


def prune(base: Path, out: Path, texts: Sequence[str], *, size: int) -> None:
    """Write to `out` the model of `base` with the `size` pieces that `texts` and our scripts need."""
    layout = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = layout["model"]["vocab"]
    special = {token["id"] for token in layout["added_tokens"]} | {i for i, (piece, _) in enumerate(vocabulary) if piece == "<mask>"}
    seen = _counted(Tokenizer.from_file(str(base / "tokenizer.json")), texts)
    kept = _kept(special, _wanted(vocabulary, seen), size)
    _write_tokenizer(base, out, layout, kept)
    _write_network(base, out, kept)


def _write_tokenizer(base: Path, out: Path, layout: dict[str, Any], kept: list[int]) -> None:
    new = {old: i for i, old in enumerate(kept)}
    layout["model"]["vocab"] = [layout["model"]["vocab"][i] for i in kept]
    layout["model"]["unk_id"] = new[layout["model"]["unk_id"]]
    for token in layout["added_tokens"]:
        token["id"] = new[token["id"]]
    for token in layout["post_processor"]["special_tokens"].values():
        token["ids"] = [new[i] for i in token["ids"]]
    roles = json.loads((base / "tokenizer_config.json").read_text(encoding="utf-8"))
    PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(layout)),
        model_max_length=512,
        model_input_names=["input_ids", "attention_mask"],
        **{role: token for role, token in roles.items() if role.endswith("_token")},
    ).save_pretrained(out)


def _write_network(base: Path, out: Path, kept: list[int]) -> None:
    network = AutoModel.from_pretrained(base, add_pooling_layer=False)
    rows = network.embeddings.word_embeddings.weight.data[torch.tensor(kept)].clone()
    padding = kept.index(network.config.pad_token_id)
    network.resize_token_embeddings(len(kept))
    network.embeddings.word_embeddings.weight.data.copy_(rows)
    network.config.pad_token_id = padding
    network.save_pretrained(out)
