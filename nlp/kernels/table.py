"""A small hash table from feature to position, open addressing, made for one row at a time.

`slots` (int32, a power of two, -1 = free) holds positions into the row's features.
"""

from typing import Any

import numpy as np
from numba import njit

SIZE = 2048
"""Slots of a table."""

WIDEST = SIZE // 2
"""Features that a row may have: half the slots, so that runs stay short."""


@njit(cache=True)
def _start(feature: int, mask: int) -> Any:
    return (feature * 0x9E3779B1 >> 8) & mask


@njit(cache=True)
def fill(slots: Any, features: Any) -> None:
    """Enter the features of a row, which are distinct, with their positions."""
    mask = slots.size - 1
    for position in range(features.size):
        slot = _start(features[position], mask)
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = position


@njit(cache=True)
def clear(slots: Any, features: Any) -> None:
    """Take out what `fill` entered."""
    mask = slots.size - 1
    for position in range(features.size):
        slot = _start(features[position], mask)
        while slots[slot] >= 0:
            slots[slot] = -1
            slot = (slot + 1) & mask


@njit(cache=True)
def find(slots: Any, features: Any, feature: int) -> Any:
    """Return the position of `feature` in the row, -1 when it is not there."""
    mask = slots.size - 1
    slot = _start(feature, mask)
    while slots[slot] >= 0:
        if features[slots[slot]] == feature:
            return slots[slot]
        slot = (slot + 1) & mask
    return -1


@njit(cache=True)
def enter(slots: Any, features: Any, count: int, feature: int) -> Any:
    """Return the position of `feature`, appended at `count` when it is new."""
    mask = slots.size - 1
    slot = _start(feature, mask)
    while slots[slot] >= 0:
        if features[slots[slot]] == feature:
            return slots[slot]
        slot = (slot + 1) & mask
    slots[slot] = count
    features[count] = feature
    return count


@njit(cache=True)
def new_table() -> Any:
    """Return an empty table."""
    return np.full(SIZE, -1, np.int32)
