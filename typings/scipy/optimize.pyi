from collections.abc import Callable
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

class OptimizeResult:
    x: NDArray[np.float64]

class _ScalarResult:
    x: np.float64

@overload
def minimize(
    fun: Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]],
    x0: NDArray[np.float64],
    *,
    jac: Literal[True],
    method: str = ...,
) -> OptimizeResult: ...
@overload
def minimize(
    fun: Callable[[NDArray[np.float64]], float], x0: NDArray[np.float64], *, jac: Literal[False] = ..., method: str = ...
) -> OptimizeResult: ...
def minimize_scalar(fun: Callable[[float], float], *, bounds: tuple[float, float], method: Literal["bounded"]) -> _ScalarResult: ...
