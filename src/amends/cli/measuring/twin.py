"""The shipped graph's weights as a torch model, so that `transformers.pipeline` can be measured on the very same network.

Needs the extra `train` (torch, onnx). The twin answers as the graph does, but for the rounding of what flows between layers.
"""
# pyright: reportMissingImports=false, reportUnknownParameterType=false, reportUntypedBaseClass=false

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from amends.triage.models.encoder import MODEL_FILE, TOKENIZER_FILE

ENCODER = "network.encoder."
Pipeline = Callable[[Sequence[str]], Any]


def pipeline_of(folder: Path) -> Pipeline:
    """Return `transformers.pipeline("text-classification")` with default settings on the weights in `folder`."""
    import torch  # noqa: PLC0415 - in the extra `train` only
    from transformers import PreTrainedTokenizerFast, pipeline  # noqa: PLC0415

    torch.set_num_threads(1)
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / TOKENIZER_FILE), pad_token="<pad>", model_max_length=512)  # noqa: S106
    built: Any = pipeline("text-classification", model=_network(folder), tokenizer=tokenizer, device="cpu")
    return built


def _network(folder: Path) -> Any:
    from transformers import BertConfig, BertForSequenceClassification  # noqa: PLC0415 - takes seconds

    found = _arrays(folder / MODEL_FILE)
    table = found["table"].astype(np.float32) * found["scale"]
    layers = 1 + max(int(name.split(".layer.")[1].split(".")[0]) for name in found if ".layer." in name)
    inner = found[f"{ENCODER}encoder.layer.0.intermediate.dense.weight"].shape[1]
    sizes: dict[str, Any] = {
        "vocab_size": len(table),
        "hidden_size": table.shape[1],
        "num_hidden_layers": layers,
        "num_attention_heads": table.shape[1] // 32,
        "intermediate_size": inner,
        "num_labels": 3,
        "pad_token_id": 1,
    }
    network = BertForSequenceClassification(BertConfig(**sizes)).eval()
    _load(network, found, table)
    return network


def _load(network: Any, found: dict[str, np.ndarray], table: np.ndarray) -> None:
    """Fill the network with the graph's weights, whole numbers made into floats again; pooler and head stay as they come."""
    import torch  # noqa: PLC0415 - in the extra `train` only

    state = {"bert.embeddings.word_embeddings.weight": torch.from_numpy(table)}
    for name, array in found.items():
        if name.startswith(ENCODER) and name.endswith(".weight") and f"{name}_step" in found:
            state["bert." + name.removeprefix(ENCODER)] = torch.from_numpy((array.astype(np.float32) * found[f"{name}_step"]).T.copy())
        elif name.startswith(ENCODER) and name.endswith((".weight", ".bias")):
            state["bert." + name.removeprefix(ENCODER)] = torch.from_numpy(array.copy())
    own = network.state_dict()
    network.load_state_dict({name: value for name, value in state.items() if name in own and own[name].shape == value.shape}, strict=False)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    import onnx  # noqa: PLC0415 - in the extra `train` only
    from onnx import numpy_helper  # noqa: PLC0415

    return {one.name: numpy_helper.to_array(one) for one in onnx.load(str(path)).graph.initializer}
