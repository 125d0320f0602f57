"""The network: one encoder, one embedding, two heads. Used by `train` and `export`; at work the same graph runs in onnxruntime."""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel

MOOD_CLASSES = 3
DROPOUT = 0.1


class Triage(nn.Module):
    """Mood and complaint from the mean of the last hidden states."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        width = self.encoder.config.hidden_size
        self.mood = nn.Linear(width, MOOD_CLASSES)
        self.complaint = nn.Linear(width, 1)
        self.dropout = nn.Dropout(DROPOUT)

    def heads(self, hidden: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return mood logits [b, 3], complaint logit [b] and the embedding [b, width], not yet normalised."""
        kept = mask.unsqueeze(-1).float()
        embedding = (hidden.float() * kept).sum(1) / kept.sum(1)
        seen = self.dropout(embedding)
        return self.mood(seen), self.complaint(seen).squeeze(-1), embedding

    def forward(self, numbers: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return what `heads` says of a padded batch."""
        return self.heads(self.encoder(input_ids=numbers, attention_mask=mask).last_hidden_state, mask)


def padded(texts: Sequence[Sequence[int]], padding: int) -> tuple[Tensor, Tensor]:
    """Return token numbers [b, longest] and their mask."""
    longest = max(len(text) for text in texts)
    numbers = torch.full((len(texts), longest), padding, dtype=torch.long)
    mask = torch.zeros((len(texts), longest), dtype=torch.long)
    for row, text in enumerate(texts):
        numbers[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = 1
    return numbers, mask
