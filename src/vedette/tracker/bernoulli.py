"""The targets the tracker believes in, as a struct of arrays: one row per Bernoulli, in order of birth.

The arrays have room for more rows than are in use, so that a scan moves rows in place and allocates nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.rows import Rows
from vedette.types import Array

Ints = NDArray[np.int64]

FLOATS = ("r", "r_birth", "rate")
INTS = ("label", "id", "confirmed", "looks", "hits", "born", "updated", "code")


class Bernoullis:
    """`size` Bernoullis with n state components, seen by a number of sensors. Rows beyond `size` are spare.

    r          (·,) existence probability
    r_birth    (·,) existence at birth: the yardstick for pruning
    rate       (·,) reports per second its transmitter is known to send, 0 if none
    mu         (·, modes) probability of each way of moving
    x, P       (·, modes, n), (·, modes, n, n) density in each mode, SI, in the site's frame
    label      (·,) given at birth by the plot; with `born` it names the Bernoulli for good
    id         (·,) public track number, 0 while it is not shown
    confirmed  (·,) 0 not yet, 1 confirmed, −1 doubted again
    looks      (·,) looks since birth that could have seen it
    hits       (·,) reports used
    born       (·,) ns UTC of the first report
    updated    (·,) ns UTC of the last report used
    code       (·,) identity code of what it calls itself, −1 if nothing
    seen       (·, sensors) ns UTC of the last report used from each sensor, 0 if none
    """

    __slots__ = (*FLOATS, "mu", "x", "P", *INTS, "seen", "size")

    r: Array
    r_birth: Array
    rate: Array
    mu: Array
    x: Array
    P: Array
    label: Ints
    id: Ints
    confirmed: Ints
    looks: Ints
    hits: Ints
    born: Ints
    updated: Ints
    code: Ints
    seen: Ints
    size: int

    def __init__(self, n: int, modes: int = 1, sensors: int = 1, room: int = 64) -> None:
        self.size = 0
        for name in FLOATS:
            setattr(self, name, np.zeros(room))
        for name in INTS:
            setattr(self, name, np.zeros(room, np.int64))
        self.mu = np.zeros((room, modes))
        self.x, self.P = np.zeros((room, modes, n)), np.zeros((room, modes, n, n))
        self.seen = np.zeros((room, sensors), np.int64)

    def __len__(self) -> int:
        return self.size

    def rows(self) -> Rows:
        """The arrays in the order kernel.rows takes them."""
        return (
            self.r, self.r_birth, self.rate, self.mu, self.x, self.P, self.label, self.id, self.confirmed,
            self.looks, self.hits, self.born, self.updated, self.code, self.seen,
        )  # fmt: skip

    def copy(self) -> Bernoullis:
        """The rows in use, on their own."""
        other = Bernoullis(self.x.shape[2], self.x.shape[1], self.seen.shape[1], room=max(self.size, 1))
        for new, old in zip(other.rows(), self.rows(), strict=True):
            new[: self.size] = old[: self.size]
        other.size = self.size
        return other

    def make_room(self, rows: int) -> None:
        """Room for `rows` more; doubled when short, so that growing costs O(1) per row."""
        need = self.size + rows
        if need <= len(self.r):
            return
        for name in (*FLOATS, "mu", "x", "P", *INTS, "seen"):
            old = getattr(self, name)
            new = np.zeros((2 * need, *old.shape[1:]), old.dtype)
            new[: self.size] = old[: self.size]
            setattr(self, name, new)
