"""One scan as arrays, as the filters take it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vedette.types import Array

Ints = NDArray[np.int64]

VAGUE = 1e6  # m/s, standard deviation of a velocity that was not measured: 10⁴ times any target's own


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plots:
    """One scan in the filter's own Cartesian frame.

    z (M, m), R (M, m, m): position, or position and velocity; tau (M,) s before the scan's time;
    clutter (M,): expected false plots per unit of measurement space at each plot;
    p_detect (M,): detection probability at each plot; t (M,) ns UTC; code (M,) identity or −1;
    label (M,): what a Bernoulli started by the plot is called, running numbers if None.
    """

    z: Array
    R: Array
    tau: Array
    clutter: Array
    p_detect: Array
    t: Ints
    code: Ints
    label: Ints | None = None

    def taken(self, which: Ints) -> Plots:
        """Only these plots, in this order."""
        return Plots(
            z=self.z[which], R=self.R[which], tau=self.tau[which], clutter=self.clutter[which],
            p_detect=self.p_detect[which], t=self.t[which], code=self.code[which],
            label=None if self.label is None else self.label[which],
        )  # fmt: skip


def with_velocity(plots: Plots) -> Plots:
    """Positions (m = D) as positions and velocities (m = 2D), the velocity 0 ± VAGUE m/s.

    Says the same: the likelihoods of targets, first detections and clutter all get the factor
    N(0; 0, VAGUE² I), and of the velocity that was not measured less than (σ_v / VAGUE)² < 10⁻⁷ is believed.
    """
    M, D = plots.z.shape
    z, R = np.zeros((M, 2 * D)), np.zeros((M, 2 * D, 2 * D))
    z[:, :D], R[:, :D, :D] = plots.z, plots.R
    R[:, range(D, 2 * D), range(D, 2 * D)] = VAGUE**2
    return replace(plots, z=z, R=R, clutter=plots.clutter * (math.sqrt(2.0 * math.pi) * VAGUE) ** -D)


def together(parts: Sequence[Plots]) -> Plots:
    """One look's plots as one: a target is seen once in it, or missed once, whatever its plot measured."""
    if len(parts) == 1:
        return parts[0]
    most = max(part.z.shape[1] for part in parts)
    same = [part if part.z.shape[1] == most else with_velocity(part) for part in parts]
    names = ("z", "R", "tau", "clutter", "p_detect", "t", "code")
    joined = {name: np.concatenate([getattr(part, name) for part in same]) for name in names}
    labels = [part.label for part in same if part.label is not None]
    return Plots(**joined, label=np.concatenate(labels) if len(labels) == len(same) else None)
