# What we use of scipy, which has no types of its own: the checker would infer them from hundreds of files.

from typing import overload

import numpy as np
from numpy.typing import NDArray

class csr_matrix:
    indices: NDArray[np.int32]
    shape: tuple[int, int]
    def __init__(
        self, arg1: tuple[NDArray[np.number], NDArray[np.integer], NDArray[np.integer]], *, shape: tuple[int, int] | None = ...
    ) -> None: ...
    @property
    def T(self) -> csr_matrix: ...  # noqa: N802
    def sign(self) -> csr_matrix: ...
    @overload
    def __matmul__(self, other: csr_matrix) -> csr_matrix: ...
    @overload
    def __matmul__(self, other: NDArray[np.floating]) -> NDArray[np.float64]: ...

def diags(diagonals: NDArray[np.number]) -> csr_matrix: ...
