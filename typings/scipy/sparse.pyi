# What we use of scipy, which has no types of its own: the checker would infer them from hundreds of files.

import numpy as np
from numpy.typing import NDArray

class csr_matrix:
    indices: NDArray[np.int32]
    shape: tuple[int, int]
    def __init__(
        self, arg1: tuple[NDArray[np.number], NDArray[np.integer], NDArray[np.integer]], *, shape: tuple[int, int] | None = ...
    ) -> None: ...
    def __matmul__(self, other: csr_matrix) -> csr_matrix: ...

def diags(diagonals: NDArray[np.number]) -> csr_matrix: ...
