"""The weapon–target assignment problem: who shoots how often at what, so that least gets through.

    min  Σ_j w_j Π_i (1 − p_ij)^x_ij + Σ_ij g_ij x_ij    over whole x ≥ 0
    with Σ_j x_ij ≤ shots_i  and  x_ij ≤ most_ij

and, where some of a weapon's shots are scarcer than others,  Σ_j takes_mj x_ij ≤ rounds_m  for i = of_m.

NP-complete (Lloyd and Witsenhausen 1986), so every answer says how far from the best it may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.errors import ConfigError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

CERTAIN = 1e-15  # what is left of a target that a shot is said to kill for sure: exponents stay finite


@dataclass(frozen=True, eq=False)
class Problem:
    """W weapons (channels) and T targets.

    weight  (T,) what is lost if the target is not stopped, e.g. value times probability of existence
    kill    (W, T) probability that one shot stops it
    shots   (W,) at most so many
    most    (W, T) at most so many at one target; 0 where a shot is not allowed
    cost    (W, T) of one shot, in the unit of weight
    of      (M,) the weapon that a further limit is of
    rounds  (M,) what there is of it
    takes   (M, T) what one shot at each target takes of it
    """

    weight: Array
    kill: Array
    shots: Ints
    most: Ints
    cost: Array
    of: Ints
    rounds: Ints
    takes: Ints

    @cached_property
    def exponent(self) -> Array:
        """(T, W): −ln(1 − p)."""
        return np.ascontiguousarray(-np.log(np.maximum(1.0 - self.kill.T, CERTAIN)))

    def value(self, x: Array | Ints) -> float:
        """What x (W, T) is expected to cost: what gets through, and the shots."""
        left = self.weight * np.prod(np.maximum(1.0 - self.kill, CERTAIN) ** x, axis=0)
        return float(left.sum() + (self.cost * x).sum())

    def allows(self, x: Ints) -> bool:
        """Whether x (W, T) keeps every limit."""
        kept = (x >= 0).all() and (x <= self.most).all() and (x.sum(axis=1) <= self.shots).all()
        return bool(kept and (self.taken(x) <= self.rounds).all())

    def taken(self, x: Ints) -> Ints:
        """(M,) what x (W, T) takes of each further limit."""
        return np.asarray((self.takes * x[self.of]).sum(axis=1))


def problem(
    weight: ArrayLike,
    kill: ArrayLike,
    shots: ArrayLike,
    *,
    most: ArrayLike | None = None,
    cost: ArrayLike = 0.0,
    of: ArrayLike = (),
    rounds: ArrayLike = (),
    takes: ArrayLike = (),
) -> Problem:
    """A problem from anything like arrays. Raises ConfigError, in a sentence, for numbers that make none."""
    w, p = np.asarray(weight, float), np.asarray(kill, float)
    if w.ndim != 1 or p.ndim != 2 or p.shape[1] != len(w):
        raise ConfigError(f"kill has the shape {p.shape}; it needs a row per weapon and a column per target.")
    s = np.broadcast_to(_whole(shots, "shots"), p.shape[:1]).copy()
    u = np.broadcast_to(s[:, None] if most is None else _whole(most, "most"), p.shape)
    g = np.broadcast_to(np.asarray(cost, float), p.shape)
    for name, values in {"weight": w, "kill": p, "cost": g}.items():
        if not np.isfinite(values).all() or (values < 0.0).any():
            raise ConfigError(f"{name} holds a number below 0 or none at all; mend it.")
    if (p > 1.0).any():
        raise ConfigError("kill holds a probability above 1; mend it.")
    further = _further(of, rounds, takes, *p.shape)
    return Problem(w, p, s, np.minimum(u, s[:, None]).astype(np.int64), np.array(g), *further)


def _further(of: ArrayLike, rounds: ArrayLike, takes: ArrayLike, W: int, T: int) -> tuple[Ints, Ints, Ints]:
    m, r = np.asarray(of, np.int64).reshape(-1), _whole(rounds, "rounds").reshape(-1)
    k = _whole(takes, "takes").reshape(-1, T) if len(m) else np.zeros((0, T), np.int64)
    if len(m) != len(r) or len(m) != len(k) or (m < 0).any() or (m >= W).any():
        raise ConfigError("of, rounds and takes tell of each further limit its weapon, how much, and a row.")
    return m, r, k


def _whole(values: ArrayLike, name: str) -> Ints:
    found = np.asarray(values)
    if (found != np.floor(found)).any() or (found < 0).any():
        raise ConfigError(f"{name} must be whole numbers from 0 up.")
    return found.astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Assignment:
    """An answer, and how good it surely is.

    shots      (W, T) whole numbers
    objective  what it is expected to cost
    bound      no assignment costs less
    method     how it was found: "greedy", "columns" or "all columns"
    """

    shots: Ints
    objective: float
    bound: float
    method: str

    @property
    def gap(self) -> float:
        """How much of the objective might still be saved, at most; 0 is proven best."""
        return max(self.objective - self.bound, 0.0) / self.objective if self.objective > 0.0 else 0.0

    def told(self) -> dict[str, Any]:
        return {"objective": self.objective, "bound": self.bound, "gap": self.gap, "method": self.method}
