"""A few Bernoullis under several joint hypotheses: what the accuracy mode keeps of one cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.tracker.bernoulli import Bernoullis
from vedette.types import Array

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Densities(NamedTuple):
    """Of N slots under H hypotheses: r (H, N), mu (H, N, K), x (H, N, K, n), P (H, N, K, n, n).

    In one block of memory each, because the kernels move them in place through flat views.
    """

    r: Array
    mu: Array
    x: Array
    P: Array

    def each(self, change: Callable[[Array], Array]) -> Densities:
        return Densities(*(np.ascontiguousarray(change(a)) for a in self))

    def beside(self, other: Densities) -> Densities:
        """The slots of both, hypothesis by hypothesis."""
        pairs = zip(self, other, strict=True)
        return Densities(*(np.ascontiguousarray(np.concatenate(pair, axis=1)) for pair in pairs))


@dataclass(slots=True)
class Group:
    """The Bernoullis at `rows` (N,) under hypotheses of weight w (H,).

    calm: looks in a row in which one multi-Bernoulli said it all.
    """

    rows: Ints
    w: Array
    at: Densities
    calm: int = 0

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, b: Bernoullis, rows: Ints) -> Group:
        """One hypothesis: the Bernoullis as they are."""
        return cls(
            rows, np.ones(1), Densities(b.r[rows], b.mu[rows], b.x[rows], b.P[rows]).each(lambda a: a[None])
        )

    def copy(self) -> Group:
        return Group(self.rows.copy(), self.w.copy(), self.at.each(np.copy), self.calm)

    def times(self, other: Group, most: int) -> Group:
        """Both together: the likeliest `most` of all pairs of hypotheses."""
        a, b = np.divmod(np.arange(len(self.w) * len(other.w)), len(other.w))
        w = self.w[a] * other.w[b]
        best = np.argsort(-w, kind="stable")[:most]
        a, b, w = a[best], b[best], w[best]
        both = self.at.each(lambda mine: mine[a]).beside(other.at.each(lambda theirs: theirs[b]))
        rows = np.concatenate([self.rows, other.rows])
        return Group(rows, w / w.sum(), both, min(self.calm, other.calm))

    def only(self, keep: Bools, rows: Ints) -> Group:
        """The slots to keep (N,), which now stand at `rows`."""
        return Group(rows, self.w, self.at.each(lambda a: np.compress(keep, a, axis=1)), self.calm)

    def join(self, b: Bernoullis, rows: Ints, r: Array) -> None:
        """More slots, those at `rows` (m,): existence r (H, m) per hypothesis, the density in all alike."""
        every = [np.broadcast_to(a[rows][None], (len(self.w), *a[rows].shape)) for a in (b.mu, b.x, b.P)]
        self.rows, self.at = np.concatenate([self.rows, rows]), self.at.beside(Densities(r, *every))

    def tell_apart(self, order: Ints) -> None:
        """Slots of each hypothesis in another order (H, N)."""
        h = np.arange(len(self.w))[:, None]
        self.at = self.at.each(lambda a: a[h, order])
