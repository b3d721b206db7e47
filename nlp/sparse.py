"""The one door to scipy.sparse, which ships no types."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

csr_matrix = sparse.csr_matrix
Matrix: TypeAlias = Any
"""A scipy CSR matrix; shapes are given where it is used."""

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
