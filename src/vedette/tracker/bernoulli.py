"""The targets the tracker believes in, as a struct of arrays: one row per Bernoulli, in order of birth.

The arrays have room for more rows than are in use, so that a scan moves rows in place and allocates nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.rows import Rows, Store, fields
from vedette.types import Array

Ints = NDArray[np.int64]

FLOATS = ("r", "r_birth", "rate")
INTS = ("label", "id", "confirmed", "looks", "hits", "born", "updated", "code")
ORDER = (*FLOATS, "mu", "x", "P", *INTS, "seen")


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

    __slots__ = (*ORDER, "size", "store")

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
    store: Store

    def __init__(self, n: int, modes: int = 1, sensors: int = 1, room: int = 64) -> None:
        self.size = 0
        floats, integers = 3 + modes + modes * n + modes * n * n, len(INTS) + sensors
        blocks = np.zeros(room * floats), np.zeros(room * integers, np.int64)
        self.store = (*blocks, room, modes, n, sensors)
        for name, array in zip(ORDER, fields(self.store), strict=True):
            setattr(self, name, array)

    def __len__(self) -> int:
        return self.size

    def rows(self) -> Rows:
        """The arrays in the order kernel.rows takes them."""
        return (
            self.r, self.r_birth, self.rate, self.mu, self.x, self.P, self.label, self.id, self.confirmed,
            self.looks, self.hits, self.born, self.updated, self.code, self.seen,
        )  # fmt: skip

    def copy(self, room: int = 1) -> Bernoullis:
        """The rows in use, on their own, with room for `room` in all if that is more."""
        _, _, _, modes, n, sensors = self.store
        other = Bernoullis(n, modes, sensors, room=max(self.size, room))
        for new, old in zip(other.rows(), self.rows(), strict=True):
            new[: self.size] = old[: self.size]
        other.size = self.size
        return other

    def __deepcopy__(self, memo: dict[int, object]) -> Bernoullis:
        """The arrays share two blocks, and would have one each when copied one by one."""
        return self.copy()

    def make_room(self, rows: int) -> None:
        """Room for `rows` more; doubled when short, so that growing costs O(1) per row."""
        need = self.size + rows
        if need <= len(self.r):
            return
        larger = self.copy(2 * need)
        for name in self.__slots__:
            setattr(self, name, getattr(larger, name))
