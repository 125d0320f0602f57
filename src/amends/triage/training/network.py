"""The network: one encoder, three heads, one embedding. Used by `train` and `export`; at work the same graph runs in onnxruntime.

In its later stages the network learns with the rounding it will run with: every matrix product sees its input on 256 steps and its weights
on 128 (seven bits, since processors without VNNI overflow on eight), as Jacob et al. 2018 (arXiv 1712.05877) describe. The range of each
input is learnt once and shipped, so that a post is read the same whatever other posts stand beside it.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# pyright: reportIncompatibleMethodOverride=false
# (The extra `train` is not in every venv.)

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel

from amends.triage.signals import Signal
from amends.triage.training.mixture import INTENTS, MOODS

DROPOUT = 0.1
STEPS = 255
WEIGHT_MOST = 63
RANGE_MEMORY = 0.98
SLOW_AT_BFLOAT16 = frozenset({"DEFAULT", "NO AVX", "AVX2"})
Weights = dict[str, Tensor]


class Rounded(nn.Linear):
    """A linear layer that can learn on rounded numbers; `low` and `high` are the range of its input, as seen so far."""

    low: Tensor
    high: Tensor

    def __init__(self, inner: int, outer: int) -> None:
        super().__init__(inner, outer)
        self.register_buffer("low", torch.zeros(()))
        self.register_buffer("high", torch.zeros(()))
        self.rounding = False

    def forward(self, x: Tensor) -> Tensor:
        """Return the product, of rounded numbers where `rounding` is on."""
        if not self.rounding:
            return super().forward(x)
        if self.training:
            self._watch(x.detach())
        scale, zero = self.input_step()
        rounded = torch.fake_quantize_per_tensor_affine(x.float(), scale, zero, 0, STEPS)
        weight = torch.fake_quantize_per_channel_affine(
            self.weight, self.weight_step(), torch.zeros(len(self.weight), dtype=torch.int32), 0, -WEIGHT_MOST, WEIGHT_MOST
        )
        return nn.functional.linear(rounded, weight, self.bias)

    def input_step(self) -> tuple[Tensor, Tensor]:
        """Return the size of one step of the input and the number that stands for zero."""
        scale = (self.high - self.low).clamp_min(1e-6) / STEPS
        return scale, torch.round(-self.low / scale).clamp(0, STEPS).to(torch.int32)

    def weight_step(self) -> Tensor:
        """Return the size of one step of each row of the weights."""
        return self.weight.detach().float().abs().amax(1).clamp_min(1e-8) / WEIGHT_MOST

    def _watch(self, x: Tensor) -> None:
        low, high = x.min().float().clamp_max(0), x.max().float().clamp_min(0)
        if not bool(self.high > self.low):
            self.low.copy_(low)
            self.high.copy_(high)
        self.low.lerp_(low, 1 - RANGE_MEMORY)
        self.high.lerp_(high, 1 - RANGE_MEMORY)


class Triage(nn.Module):
    """Mood, intent and urgency signals from the mean of the last hidden states, and an embedding of what the text is about."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        width = self.encoder.config.hidden_size
        self.mood = nn.Linear(width, len(MOODS))
        self.intent = nn.Linear(width, len(INTENTS))
        self.signals = nn.Linear(width, len(Signal))
        self.meaning = nn.Linear(width, width)
        self.dropout = nn.Dropout(DROPOUT)
        for layer in self.encoder.encoder.layer:
            _round_linears(layer)

    def round(self) -> None:
        """Learn and answer on rounded numbers from now on."""
        for _, layer in rounded(self):
            layer.rounding = True

    def heads(self, hidden: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return logits of mood [b, 3], intent [b, 5] and signals [b, 7], and the embedding [b, width] of length 1."""
        mean = self.mean(hidden, mask)
        seen = self.dropout(mean)
        return self.mood(seen), self.intent(seen), self.signals(seen), nn.functional.normalize(self.meaning(mean), dim=1)

    def mean(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return the mean of the last hidden states [b, width], padding left out."""
        kept = mask.unsqueeze(-1).float()
        return (hidden.float() * kept).sum(1) / kept.sum(1)

    def forward(self, numbers: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return what `heads` says of a padded batch."""
        return self.heads(self.encoder(input_ids=numbers, attention_mask=mask).last_hidden_state, mask)


def mean_of(files: Sequence[Path]) -> Weights:
    """Return the mean of the weights in some files, of networks that started alike."""
    states = [torch.load(path) for path in files]
    return {name: torch.stack([state[name].float() for state in states]).mean(0).to(one.dtype) for name, one in states[0].items()}


def rounded(network: nn.Module) -> Iterator[tuple[str, Rounded]]:
    """Yield the layers that can be rounded, with their names."""
    yield from ((name, layer) for name, layer in network.named_modules() if isinstance(layer, Rounded))


def _round_linears(module: nn.Module) -> None:
    """Put `Rounded` layers with the same weights in the place of the linear ones inside `module`."""
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            layer = Rounded(child.in_features, child.out_features)
            layer.weight, layer.bias = child.weight, child.bias
            setattr(module, name, layer)
        else:
            _round_linears(child)


def quickly() -> AbstractContextManager[object]:
    """Return a context whose products are of bfloat16, but where the processor is slow at them: forty times, with AVX2 alone."""
    quick = torch.backends.cpu.get_cpu_capability() not in SLOW_AT_BFLOAT16
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=quick)


def by_length(texts: Sequence[Sequence[int]], size: int) -> list[list[int]]:
    """Return the numbers of texts, sorted by length, in batches of `size`."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    return [order[start : start + size] for start in range(0, len(order), size)]


def padded(texts: Sequence[Sequence[int]], padding: int) -> tuple[Tensor, Tensor]:
    """Return token numbers [b, longest] and their mask."""
    longest = max(len(text) for text in texts)
    numbers = torch.full((len(texts), longest), padding, dtype=torch.long)
    mask = torch.zeros((len(texts), longest), dtype=torch.long)
    for row, text in enumerate(texts):
        numbers[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = 1
    return numbers, mask
