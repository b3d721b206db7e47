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


def row_norms(matrix: Matrix) -> Floats:
    """Return the L2 length of each row, shape (n,)."""
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float64)
    return np.sqrt(squares.ravel())


def scale_rows(matrix: Matrix, factors: Floats) -> Matrix:
    """Return a CSR copy with row i multiplied by `factors[i]`."""
    scaled = matrix.tocsr(copy=True)
    scaled.data = scaled.data * np.repeat(factors, np.diff(scaled.indptr))
    return scaled


def unit_rows(matrix: Matrix) -> Matrix:
    """Return a CSR copy with rows of L2 length 1; empty rows stay empty."""
    lengths = row_norms(matrix)
    return scale_rows(matrix, 1.0 / np.where(lengths > 0, lengths, 1.0))


def sum_rows_by(groups: Integers, count: int, matrix: Matrix) -> Matrix:
    """Return shape (count, d): row g is the sum of the rows whose `groups` entry is g."""
    ones = np.ones(len(groups))
    shape = (count, len(groups))
    membership = csr_matrix((ones, (groups, np.arange(len(groups)))), shape=shape)
    return (membership @ matrix).tocsr()
