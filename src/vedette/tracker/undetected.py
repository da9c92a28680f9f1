"""Targets not yet detected: where they may be, and what a first plot then says.

Two forms of the Poisson intensity λᵤ. `Mixture` is the textbook's Gaussian mixture with known birth places;
`Anywhere` knows none, and is what runs at a site.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.motion import predict
from vedette.kernel.pmb import first_anywhere, first_detections, started_anywhere
from vedette.types import Array

Ints = NDArray[np.int64]


class Undetected(Protocol):
    """λᵤ over time: predicted, asked what each plot would be the first sign of, and thinned by each look.

    births   β (M,) of plots z (M, m), R (M, m, m), tau (M,), p_detect (M,): see kernel.pmb
    started  x (C, n), P (C, n, n) of a target first seen by each of the plots `new` (C,): most plots are
             explained by targets already known, so this is asked of a few only
    """

    def predict(self, dt: float, steps: Array, survival: float) -> None: ...

    def births(self, z: Array, R: Array, tau: Array, p_detect: Array) -> Array: ...

    def started(self, new: Ints, z: Array, R: Array, tau: Array) -> tuple[Array, Array]: ...

    def looked(self, p_detect: float) -> None: ...

    def save(self) -> tuple[Array, ...]: ...

    def restore(self, state: tuple[Array, ...]) -> None: ...


@dataclass(slots=True)
class Mixture:
    """λᵤ(x) = Σ w_k N(x; x_k, P_k); `born_*` are added at every prediction, parts below `prune` dropped."""

    w: Array
    x: Array
    P: Array
    born_w: Array
    born_x: Array
    born_cov: Array
    prune: float = 1e-5

    def predict(self, dt: float, steps: Array, survival: float) -> None:
        predict(self.x[:, None], self.P[:, None], steps[:1])
        self.w = np.concatenate([survival * self.w, self.born_w])
        self.x = np.concatenate([self.x, self.born_x])
        self.P = np.concatenate([self.P, self.born_cov])

    def births(self, z: Array, R: Array, tau: Array, p_detect: Array) -> Array:
        p = float(p_detect[0]) if len(p_detect) else 1.0
        return first_detections(self.w, self.x, self.P, z, R, tau, p)[0]

    def started(self, new: Ints, z: Array, R: Array, tau: Array) -> tuple[Array, Array]:
        return first_detections(self.w, self.x, self.P, z[new], R[new], tau[new], 1.0)[1:]

    def looked(self, p_detect: float) -> None:
        self.w = (1.0 - p_detect) * self.w
        keep = self.w >= self.prune
        self.w, self.x, self.P = self.w[keep], self.x[keep], self.P[keep]

    def save(self) -> tuple[Array, ...]:
        return self.w.copy(), self.x.copy(), self.P.copy()

    def restore(self, state: tuple[Array, ...]) -> None:
        self.w, self.x, self.P = (part.copy() for part in state)


@dataclass(slots=True)
class Anywhere:
    """Targets appear anywhere in the air with a constant rate, and are found by whoever looks there.

    At a place p, the intensity of undetected targets obeys
        dλᵤ/dt = b − (μ + ρ(p)) λᵤ,       ρ(p) = Σ_s P_D,s(p) · looks per second of s,
    so that λᵤ(t, p) = b/(μ+ρ) + (λ₀ − b/(μ+ρ)) e^{−(μ+ρ) t}: large where nobody looks and at the start, small
    under a good radar. Velocity before the first report is N(0, σ_h², σ_h², σ_v²).

    rate   births per second and m³
    start  expected targets per m³ in the air when the tracker starts
    death  μ, 1/s
    search position (M, 3) → ρ (M,), 1/s; or one number, where every place is looked at alike
    """

    rate: float
    start: float
    death: float
    sigma_v: tuple[float, float, float]
    search: Callable[[Array], Array] | float
    age: float = 0.0
    sigma: Array = field(init=False, repr=False)
    alike: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.sigma = np.array(self.sigma_v, float)
        self.alike = np.array([]) if callable(self.search) else np.array([self.death + self.search])

    @property
    def unknown(self) -> tuple[float, float, float]:
        """b, λ₀ and the age, as kernel.pmb.look_anywhere takes them."""
        return self.rate, self.start, self.age

    def loss(self, z: Array) -> Array:
        """μ + ρ at each plot (M, m): (M,) 1/s, or (1,) where it is alike everywhere."""
        return self.death + self.search(z[:, : len(self.sigma)]) if callable(self.search) else self.alike

    def predict(self, dt: float, steps: Array, survival: float) -> None:
        self.age += dt

    def looked(self, p_detect: float) -> None:
        """Nothing to do: `search` already counts every look."""

    def save(self) -> tuple[Array, ...]:
        return (np.array(self.age),)

    def restore(self, state: tuple[Array, ...]) -> None:
        self.age = float(state[0])

    def intensity(self, position: Array) -> Array:
        """λᵤ (M,) per m³ at each position, as above."""
        loss = np.broadcast_to(self.loss(position), len(position))
        steady = self.rate / loss
        return np.asarray(steady + (self.start - steady) * np.exp(-loss * self.age))

    def births(self, z: Array, R: Array, tau: Array, p_detect: Array) -> Array:
        return first_anywhere(self.rate, self.start, self.loss(z), self.age, self.sigma, z, R, p_detect)

    def started(self, new: Ints, z: Array, R: Array, tau: Array) -> tuple[Array, Array]:
        return started_anywhere(new, self.sigma, z, R, tau)


def mixture_of_births(
    places: Sequence[Array], P: Array, birth: float, start: float, start_places: Sequence[Array] | None = None
) -> Mixture:
    """Mixture with birth weight `birth` at every place per step and `start` at every place to begin with."""
    x = np.array(places, float)
    cov = np.repeat(P[None], len(x), axis=0)
    x0 = x if start_places is None else np.array(start_places, float)
    return Mixture(
        w=np.full(len(x0), start), x=x0.copy(), P=np.repeat(P[None], len(x0), axis=0),
        born_w=np.full(len(x), birth), born_x=x, born_cov=cov,
    )  # fmt: skip
