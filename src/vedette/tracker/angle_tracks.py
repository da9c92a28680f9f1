"""Angle tracks: what one sensor of directions sees and no target known by place explains.

One per sensor, in the sensor's own axes: state [az, ȧz] or [az, el, ȧz, ėl], rad and rad/s. The same
Bernoulli filter as for targets, by the kernels of kernel.angles; where two sensors' angle tracks meet, a
target starts (tracker.directions).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.clock import NS
from vedette.kernel.angles import look
from vedette.kernel.motion import white_acceleration
from vedette.kernel.pmb import begin, forward, started_anywhere
from vedette.kernel.rows import append, squeeze, worth_keeping
from vedette.tracker.bernoulli import Bernoullis
from vedette.tracker.pmb import PmbConfig
from vedette.types import Array

Ints = NDArray[np.int64]

RATE = 0.05  # rad/s, 1 σ of a direction's rate before it is known: 50 m/s across at 1 km
TURNING = 1e-5  # rad²/s³, white acceleration of a direction: in a second its rate changes by 0.003 rad/s
TICK = 0.02  # s to which a report's age is rounded, so that reports of one moment share one h
MOST = 500  # angle tracks of one sensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heard:
    """Reports of one look of one sensor: z (M, k), R (M, k, k) in its own axes, tau (M,) s before the look's
    time, t (M,) ns UTC, code and label (M,); clutter, beta (M,): intensity of false reports and of reports of
    targets nobody knows, per rad or rad²."""

    z: Array
    R: Array
    tau: Array
    t: Ints
    code: Ints
    label: Ints
    clutter: Array
    beta: Array

    @property
    def kappa(self) -> Array:
        """(M,) intensity of reports from nobody known."""
        return self.clutter + self.beta

    def moments(self) -> tuple[Array, Ints]:
        """s before the look's time (T,), that time itself among them, because silence is of that one; and
        which of them each report is of (M,)."""
        times, when = np.unique(np.append(self.tau, 0.0), return_inverse=True)
        return times, when[:-1]

    def taken(self, which: Ints) -> Heard:
        """Only these reports."""
        return Heard(
            z=self.z[which], R=self.R[which], tau=self.tau[which], t=self.t[which], code=self.code[which],
            label=self.label[which], clutter=self.clutter[which], beta=self.beta[which],
        )  # fmt: skip


class AngleTracks:
    """Of one sensor whose reports have k angles. `t` is the time of the states, ns UTC."""

    def __init__(self, k: int, survival_s: float, config: PmbConfig) -> None:
        self.k, self.survival_s, self.config = k, survival_s, config
        self.b = Bernoullis(2 * k)
        self.t = 0

    def predict(self, t: int) -> None:
        """Everything to time t."""
        dt = (t - self.t) / NS if self.t else 0.0
        self.t = t
        if dt > 0.0 and self.b.size:
            steps = np.array([white_acceleration(TURNING, dt)])
            forward(self.b.store, self.b.size, steps, float(np.exp(-dt / self.survival_s)), dt)

    def look(self, heard: Heard, p_detect: Array, *, looking: bool) -> None:
        """One look; p_detect (N,): of every angle track, 0 where the sensor does not look."""
        b, N, c = self.b, self.b.size, self.config
        times, when = heard.moments()
        h, H = self._expected(times)
        pairs, _ = look(
            b.rows(), N, h, H, when, heard.z, heard.R, heard.t, heard.code, heard.kappa, p_detect,
            np.ones(N, bool), looking, c.gamma, c.exact_plots, c.trust, 0,
        )  # fmt: skip
        r_new, new = begin(pairs.p_new, heard.beta, heard.kappa, c.unexplained)
        self._start(heard, new[:MOST], r_new)

    def _expected(self, times: Array) -> tuple[Array, Array]:
        """h (T, N, 1, k) and H (T, N, 1, k, 2k): the angles τ s ago."""
        k, N = self.k, self.b.size
        x = self.b.x[:N]
        h = x[None, :, :, :k] - times[:, None, None, None] * x[None, :, :, k:]
        H = np.zeros((len(times), N, 1, k, 2 * k))
        H[..., range(k), range(k)] = 1.0
        H[..., range(k), range(k, 2 * k)] = -times[:, None, None, None]
        return np.ascontiguousarray(h), H

    def _start(self, heard: Heard, new: Ints, r_new: Array) -> None:
        x, P = started_anywhere(new, np.full(self.k, RATE), heard.z, heard.R, heard.tau)
        self.b.make_room(len(new))
        self.b.size = append(
            self.b.rows(), self.b.size, heard.label, new, r_new, np.ones(1), x, P, heard.t, heard.code, 0.0, 0
        )

    def prune(self, oldest: int) -> None:
        """Forget the improbable and those not heard since `oldest` (ns UTC); at most MOST stay."""
        b, N, c = self.b, self.b.size, self.config
        keep, _ = worth_keeping(b.r[:N], b.r_birth[:N], b.looks[:N], b.updated[:N], c.prune, c.grace, oldest)
        if keep.sum() > MOST:
            keep &= b.r[:N] >= np.sort(b.r[:N])[-MOST]
        b.size = squeeze(b.rows(), N, keep)

    def ahead(self, row: int, seconds: float) -> tuple[Array, Array]:
        """Angles (k,) and their covariance (k, k) of one track, `seconds` after `t`."""
        k, x, P = self.k, self.b.x[row, 0], self.b.P[row, 0]
        z = x[:k] + seconds * x[k:]
        cross = seconds * P[:k, k:]
        R = P[:k, :k] + cross + cross.T + seconds**2 * P[k:, k:]
        return z, R + np.eye(k) * white_acceleration(TURNING, abs(seconds))[2]

    def save(self) -> tuple[int, Bernoullis]:
        """A copy of all that the next look's result depends on."""
        return self.t, self.b.copy()

    def restore(self, state: tuple[int, Bernoullis]) -> None:
        """Be as at `save`; the copy stays good for another time."""
        self.t, self.b = state[0], state[1].copy()
