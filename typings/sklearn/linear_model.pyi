# What we use of scikit-learn, which has no types of its own: the checker would infer them from hundreds of files.

from collections.abc import Sequence
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

class LogisticRegression:
    coef_: NDArray[np.float64]
    intercept_: NDArray[np.float64]
    def __init__(self, *, C: float = ..., max_iter: int = ..., class_weight: Literal["balanced"] | None = ...) -> None: ...
    def fit(
        self,
        X: csr_matrix | NDArray[np.floating],
        y: Sequence[float] | NDArray[np.integer] | NDArray[np.bool_],
        sample_weight: Sequence[float] | NDArray[np.floating] | None = ...,
    ) -> Self: ...
