"""What a track probably is, where nobody has said: by how fast and how high it flies.

    P(c | v, h) ∝ π_c · L_c(v) · P(h within the bracket)

with π_c the site's weights, all alike without them. A class flies at any speed of its bracket [a, b] alike,
and the speed is known to within σ, so

    L_c(v) = [Φ((v − a)/σ) − Φ((v − b)/σ)] / (b − a)

Of the height the bracket says where a class can fly, not how often: it only rules out. Brackets are of
speeds through the air, a track's is over ground: the wind is part of σ. `ANYTHING` keeps a class from being
ruled out altogether by a bracket's edge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from vedette.assess.approach import Array
from vedette.classes import Bracket, flight_classes
from vedette.types import Track

Bools = NDArray[np.bool_]

WIND = 5.0  # m/s, 1 σ on the level: what a speed over ground differs from that through the air
HEIGHT = 50.0  # m, 1 σ besides the track's own: heights in the catalogue count from the ground
ANYTHING = 0.01, 300.0  # part that flies as no bracket has it; up to so many m/s


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """names (C,), the share of each track's probability (N, C), and which are meant ill (C,).

    A class that the catalogue does not have counts as meant ill.
    """

    names: tuple[str, ...]
    share: Array
    threat: Bools

    @property
    def ill(self) -> Array:
        """(N,) probability that a track is meant ill."""
        return np.asarray(self.share @ self.threat)

    def given_ill(self) -> Array:
        """(N, C) the shares of a track that is meant ill; of all alike where that is impossible."""
        share = self.share * self.threat
        total = share.sum(axis=1, keepdims=True)
        alike = np.broadcast_to(self.threat / max(self.threat.sum(), 1), share.shape)
        return np.where(total > 0.0, share / np.where(total > 0.0, total, 1.0), alike)

    def row(self, n: int) -> dict[str, float]:
        """Class → probability of track n, the likeliest first, those above a hundredth."""
        order = sorted(range(len(self.names)), key=lambda c: (-self.share[n, c], self.names[c]))
        return {self.names[c]: float(self.share[n, c]) for c in order if self.share[n, c] >= 0.01}


def classes_of(tracks: Sequence[Track], weights: Mapping[str, float]) -> Classes:
    """What each track probably is: as it says where `klass` is filled, else by its flight."""
    known = flight_classes()
    said = {name for track in tracks for name in track.klass}
    names = (*known, *sorted(said - set(known)))
    share = np.zeros((len(tracks), len(names)))
    for n, track in enumerate(tracks):
        share[n, : len(known)] = by_flight(track, weights) if not track.klass else 0.0
        for name, p in track.klass.items():
            share[n, names.index(name)] = p
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-300)
    return Classes(names, share, np.array([name not in known or known[name].threat for name in names], bool))


def by_flight(track: Track, weights: Mapping[str, float]) -> Array:
    """(C,) in the order of the catalogue, not yet summing to 1."""
    x, P = track.estimate.x, track.estimate.P
    speed = float(np.hypot(*x[3:5]))
    along = x[3:5] / speed if speed > 0.0 else np.array([1.0, 0.0])
    sigma = float(np.sqrt(along @ P[3:5, 3:5] @ along + WIND**2))
    high = float(np.sqrt(P[2, 2] + HEIGHT**2))
    part, fastest = ANYTHING
    found = []
    for name, c in flight_classes().items():
        fast = (1.0 - part) * _within(speed, sigma, c.speed) / _width(c.speed, sigma) + part / fastest
        there = (1.0 - part) * _within(float(x[2]), high, c.height) + part
        found.append(weights.get(name, 0.0 if weights else 1.0) * fast * there)
    return np.array(found)


def _within(value: float, sigma: float, bracket: Bracket) -> float:
    """Probability that what is known as `value` to within σ lies in the bracket."""
    return float(ndtr((value - bracket[0]) / sigma) - ndtr((value - bracket[1]) / sigma))


def _width(bracket: Bracket, sigma: float) -> float:
    """Of the bracket; one that is a point is as wide as its value is uncertain."""
    return max(bracket[1] - bracket[0], 1e-3 * sigma)
