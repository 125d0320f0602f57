"""From trained weights to the shipped files. Fifth step of the recipe: `stage-b.pt` -> `model.onnx` (int8) and `tokenizer.json`.

The word table is kept as int8 with one scale a row, the body is quantised by onnxruntime (dynamic, one scale a channel).
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# (The extra `train` is not in every venv.)

import json
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoTokenizer

from amends.triage.models.encoder import MODEL_FILE, TOKENIZER_FILE
from amends.triage.training.network import Triage

OPSET = 17
INPUTS = ["input_ids", "attention_mask"]
OUTPUTS = ["sentiment", "complaint", "embedding"]
FAR_AWAY = -10_000.0
INT8_MOST = 127


class Graph(nn.Module):
    """What runs at work: token numbers and mask in; mood logits [b, 3], complaint logit [b], embedding [b, width] of length 1 out."""

    def __init__(self, network: Triage) -> None:
        super().__init__()
        self.network = network
        table = network.encoder.embeddings.word_embeddings.weight.detach()
        scale = table.abs().amax(1, keepdim=True).clamp_min(1e-8) / INT8_MOST
        self.register_buffer("table", torch.round(table / scale).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, numbers: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the three outputs of a padded batch."""
        words = self.table[numbers].float() * self.scale[numbers]
        hidden = self.network.encoder(
            inputs_embeds=words, attention_mask=((1.0 - mask.float()) * FAR_AWAY)[:, None, None, :]
        ).last_hidden_state
        mood, complaint, embedding = self.network.heads(hidden, mask)
        return mood, complaint, functional.normalize(embedding, dim=1)


def export(folder: Path, weights: Path, out: Path) -> None:
    """Write model and tokenizer into `out`; `folder` is the pruned base whose shape and tokenizer the weights have."""
    out.mkdir(parents=True, exist_ok=True)
    network = Triage(folder)
    network.load_state_dict(torch.load(weights))
    network.encoder.set_attn_implementation("eager")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    sample = tokenizer(["my order never came and nobody answers", "no"], padding=True, return_tensors="pt")
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "float.onnx"
        _write_graph(Graph(network).eval(), (sample["input_ids"], sample["attention_mask"]), whole)
        quantize_dynamic(whole, out / MODEL_FILE, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gemm"])
    layout = json.loads((folder / TOKENIZER_FILE).read_text(encoding="utf-8"))
    (out / TOKENIZER_FILE).write_text(json.dumps(layout, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _write_graph(graph: Graph, sample: tuple[Tensor, Tensor], path: Path) -> None:
    free = {name: {0: "batch", 1: "tokens"} for name in INPUTS} | {name: {0: "batch"} for name in OUTPUTS}
    with torch.no_grad():
        torch.onnx.export(
            graph, sample, str(path), input_names=INPUTS, output_names=OUTPUTS, opset_version=OPSET, dynamic_axes=free, dynamo=False
        )
