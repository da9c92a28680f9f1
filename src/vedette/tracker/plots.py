"""One scan as arrays, as the filters take it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc, gammainccinv

from vedette.types import Array

Ints = NDArray[np.int64]

VAGUE = 1e6  # m/s, standard deviation of a velocity that was not measured: 10⁴ times any target's own
WIDER = 100.0  # a 10⁻⁴ of what is believed of a height is used again with every plot


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plots:
    """One scan in the filter's own Cartesian frame.

    z (M, m), R (M, m, m): position, or position and velocity, or position and radial speed (then z is longer:
    see kernel.doppler); tau (M,) s before the scan's time;
    clutter (M,): expected false plots per unit of measurement space at each plot;
    p_detect (M,): detection probability at each plot; t (M,) ns UTC; code (M,) identity or −1;
    label (M,): what a Bernoulli started by the plot is called, running numbers if None;
    first (M, m, m): R for a target that the plot is the first sign of, where that is another.
    """

    z: Array
    R: Array
    tau: Array
    clutter: Array
    p_detect: Array
    t: Ints
    code: Ints
    label: Ints | None = None
    first: Array | None = None

    @property
    def at_birth(self) -> Array:
        """The noise (M, m, m) with which a plot starts a target."""
        return self.R if self.first is None else self.first

    def taken(self, which: Ints) -> Plots:
        """Only these plots, in this order."""
        return Plots(
            z=self.z[which], R=self.R[which], tau=self.tau[which], clutter=self.clutter[which],
            p_detect=self.p_detect[which], t=self.t[which], code=self.code[which],
            label=None if self.label is None else self.label[which],
            first=None if self.first is None else self.first[which],
        )  # fmt: skip


@lru_cache(maxsize=16)
def gate_for(gamma: float, m: int, D: int) -> float:
    """The gate on d² of m measured numbers that as few right plots miss as miss `gamma` for D.

    With one gate for all, a report of position and velocity would fall outside fifteen times as often as one
    of position alone, and start a ghost beside its own target.
    """
    return gamma if m == D else 2.0 * float(gammainccinv(0.5 * m, gammaincc(0.5 * D, 0.5 * gamma)))


def with_velocity(plots: Plots) -> Plots:
    """Positions (m = D) as positions and velocities (m = 2D), the velocity 0 ± VAGUE m/s.

    Says the same: the likelihoods of targets, first detections and clutter all get the factor
    N(0; 0, VAGUE² I), and of the velocity that was not measured less than (σ_v / VAGUE)² < 10⁻⁷ is believed.
    """
    M, D = plots.z.shape
    z = np.concatenate([plots.z, np.zeros((M, D))], axis=1)
    first = None if plots.first is None else _vaguer(plots.first)
    clutter = plots.clutter * (math.sqrt(2.0 * math.pi) * VAGUE) ** -D
    return replace(plots, z=z, R=_vaguer(plots.R), clutter=clutter, first=first)


def _vaguer(R: Array) -> Array:
    """(M, D, D) → (M, 2D, 2D) with the velocity's part."""
    M, D = R.shape[:2]
    wide = np.zeros((M, 2 * D, 2 * D))
    wide[:, :D, :D] = R
    wide[:, range(D, 2 * D), range(D, 2 * D)] = VAGUE**2
    return wide


def without_guess(plots: Plots, guess: Array) -> Plots:
    """Plots that tell a known target nothing along `guess` (M, 3), where R holds one σ of a mere belief, the
    same in every plot; zero where all was measured.

    A belief may be used once, when a target starts; used again with every plot it would make the height ever
    surer. Along it R becomes WIDER times as wide; clutter and first detections, which are spread over the
    belief, become as much thinner in comparison.
    """
    R = plots.R.copy()
    R[:, :3, :3] += (WIDER**2 - 1.0) * guess[:, :, None] * guess[:, None, :]
    thinner = np.where(guess.any(axis=1), 1.0 / WIDER, 1.0)
    clutter, p_detect = plots.clutter * thinner, plots.p_detect * thinner
    return replace(plots, R=R, clutter=clutter, p_detect=p_detect, first=plots.R)


def together(parts: Sequence[Plots]) -> Plots:
    """One look's plots as one: a target is seen once in it, or missed once, whatever its plot measured."""
    if len(parts) == 1:
        return parts[0]
    most = max(part.z.shape[1] for part in parts)
    same = [part if part.z.shape[1] == most else with_velocity(part) for part in parts]
    names = ("z", "R", "tau", "clutter", "p_detect", "t", "code")
    joined = {name: np.concatenate([getattr(part, name) for part in same]) for name in names}
    labels = [part.label for part in same if part.label is not None]
    guessed = any(part.first is not None for part in same)
    return Plots(
        **joined,
        label=np.concatenate(labels) if len(labels) == len(same) else None,
        first=np.concatenate([part.at_birth for part in same]) if guessed else None,
    )
