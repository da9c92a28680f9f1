"""The targets the tracker believes in, as a struct of arrays: one row per Bernoulli."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from vedette.types import Array

Ints = NDArray[np.int64]


@dataclass(slots=True)
class Bernoullis:
    """N Bernoullis with state size n; rows are in order of birth.

    label    (N,) running number, given at birth, never used twice
    r        (N,) existence probability
    x, P     (N, n), (N, n, n) density, SI, in the site's frame
    r_birth  (N,) existence at birth: the yardstick for pruning
    looks    (N,) looks since birth that could have seen it
    hits     (N,) reports used
    born     (N,) ns UTC of the first report
    updated  (N,) ns UTC of the last report used
    code     (N,) identity code of what it calls itself, −1 if nothing
    rate     (N,) reports per second its transmitter is known to send, 0 if none
    seen     (N, sensors) ns UTC of the last report used from each sensor, 0 if none
    """

    label: Ints
    r: Array
    x: Array
    P: Array
    r_birth: Array
    looks: Ints
    hits: Ints
    born: Ints
    updated: Ints
    code: Ints
    rate: Array
    seen: Ints

    @classmethod
    def none(cls, n: int, sensors: int = 1) -> Bernoullis:
        ints, floats = np.empty(0, np.int64), np.empty(0)
        return cls(
            label=ints, r=floats, x=np.empty((0, n)), P=np.empty((0, n, n)), r_birth=floats, looks=ints,
            hits=ints, born=ints, updated=ints, code=ints, rate=floats, seen=np.empty((0, sensors), np.int64),
        )  # fmt: skip

    @classmethod
    def first(
        cls, label0: int, r: Array, x: Array, P: Array, times: Ints, code: Ints, rate: float, seen: Ints
    ) -> Bernoullis:
        """M newborn from M plots, with labels label0, label0 + 1, …"""
        M = len(r)
        return cls(
            label=np.arange(label0, label0 + M), r=r, x=x, P=P, r_birth=r.copy(), looks=np.zeros(M, np.int64),
            hits=np.ones(M, np.int64), born=times, updated=times.copy(), code=code, rate=np.full(M, rate),
            seen=seen,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.r)

    def take(self, rows: NDArray[np.bool_] | Ints) -> Bernoullis:
        return Bernoullis(*(getattr(self, f.name)[rows] for f in fields(self)))

    def join(self, others: Bernoullis) -> Bernoullis:
        return Bernoullis(
            *(np.concatenate([getattr(self, f.name), getattr(others, f.name)]) for f in fields(self))
        )
