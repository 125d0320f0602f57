# What we use of torch: the checker reads 500 of its files for it, and where the extra `train` is not installed, it knew nothing.

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from torch import autograd as autograd
from torch import nn as nn
from torch import optim as optim

_Function = TypeVar("_Function", bound=Callable[..., Any])

Tensor: TypeAlias = Any

class no_grad:
    def __call__(self, function: _Function) -> _Function: ...
    def __enter__(self) -> None: ...
    def __exit__(self, *raised: object) -> None: ...

class inference_mode(no_grad): ...

def __getattr__(name: str) -> Any: ...
