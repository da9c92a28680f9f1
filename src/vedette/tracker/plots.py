"""One scan as arrays, as the filters take it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.types import Array

Ints = NDArray[np.int64]


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
