"""From trained weights to the shipped files. Fifth step of the recipe: `final.pt` -> `model.onnx` (int8) and `tokenizer.json`.

The word table is kept as int8 with one scale a row. Each rounded layer becomes two nodes: its input on 256 steps of the range it learnt,
then onnxruntime's integer product with one scale a column. The ranges stand still, so no text changes the answer on another.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# pyright: reportIndexIssue=false
# (The extra `train` is not in every venv.)

import json
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoTokenizer

from amends.triage.models.encoder import MODEL_FILE, OUTPUTS, TOKENIZER_FILE
from amends.triage.training.network import Rounded, Triage

OPSET = 17
INPUTS = ["input_ids", "attention_mask"]
FAR_AWAY = -10_000.0
INT8_MOST = 127


class _Product(torch.autograd.Function):
    """A rounded layer as the graph writes it; `forward` only tells the shape while the graph is drawn."""

    @staticmethod
    def forward(_ctx: Any, x: Tensor, weight: Tensor, *_steps: Tensor) -> Tensor:
        return x.new_zeros((*x.shape[:-1], weight.shape[1]))

    @staticmethod
    def symbolic(g: Any, x: Any, weight: Any, *steps: Any) -> Any:
        step, zero, weight_step, bias = steps
        whole = g.op("QuantizeLinear", x, step, zero)
        none = g.op("Constant", value_t=torch.zeros((), dtype=torch.int8))
        return g.op("com.microsoft::MatMulIntegerToFloat", whole, weight, step, weight_step, zero, none, bias).setType(
            x.type().with_sizes([None, None, None])
        )


class Packed(nn.Module):
    """A rounded layer with its weights as whole numbers [inner, outer]."""

    def __init__(self, layer: Rounded) -> None:
        super().__init__()
        step, zero = layer.input_step()
        weight_step = layer.weight_step()
        self.register_buffer("weight", torch.round(layer.weight.detach() / weight_step[:, None]).to(torch.int8).T.contiguous())
        self.register_buffer("step", step)
        self.register_buffer("zero", zero.to(torch.uint8))
        self.register_buffer("weight_step", weight_step)
        self.register_buffer("bias", layer.bias.detach())

    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's product, as the graph will make it."""
        return _Product.apply(x, self.weight, self.step, self.zero, self.weight_step, self.bias)


class Graph(nn.Module):
    """What runs at work: token numbers and mask in; logits of mood, intent and signals and an embedding of length 1 out."""

    def __init__(self, network: Triage) -> None:
        super().__init__()
        self.network = network
        table = network.encoder.embeddings.word_embeddings.weight.detach()
        scale = table.abs().amax(1, keepdim=True).clamp_min(1e-8) / INT8_MOST
        self.register_buffer("table", torch.round(table / scale).to(torch.int8))
        self.register_buffer("scale", scale)
        _pack(network)

    def forward(self, numbers: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        """Return the four outputs of a padded batch."""
        words = self.table[numbers].float() * self.scale[numbers]
        hidden = self.network.encoder(
            inputs_embeds=words, attention_mask=((1.0 - mask.float()) * FAR_AWAY)[:, None, None, :]
        ).last_hidden_state
        return self.network.heads(hidden, mask)


def _pack(module: nn.Module) -> None:
    for name, child in module.named_children():
        if isinstance(child, Rounded):
            setattr(module, name, Packed(child))
        else:
            _pack(child)


def export(folder: Path, weights: Path, out: Path) -> None:
    """Write model and tokenizer into `out`; `folder` is the pruned base whose shape and tokenizer the weights have."""
    out.mkdir(parents=True, exist_ok=True)
    network = Triage(folder)
    network.load_state_dict(torch.load(weights))
    network.encoder.set_attn_implementation("eager")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    sample = tokenizer(["my order never came and nobody answers", "no"], padding=True, return_tensors="pt")
    _write_graph(Graph(network).eval(), (sample["input_ids"], sample["attention_mask"]), out / MODEL_FILE)
    layout = json.loads((folder / TOKENIZER_FILE).read_text(encoding="utf-8"))
    (out / TOKENIZER_FILE).write_text(json.dumps(layout, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _write_graph(graph: Graph, sample: tuple[Tensor, Tensor], path: Path) -> None:
    free = {name: {0: "batch", 1: "tokens"} for name in INPUTS} | {name: {0: "batch"} for name in OUTPUTS}
    with torch.no_grad(), warnings.catch_warnings():
        # The newer exporter cannot write operators of onnxruntime's own.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            graph,
            sample,
            str(path),
            input_names=INPUTS,
            output_names=OUTPUTS,
            opset_version=OPSET,
            custom_opsets={"com.microsoft": 1},
            dynamic_axes=free,
            dynamo=False,
        )
