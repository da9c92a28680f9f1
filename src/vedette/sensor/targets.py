"""What flies, as simulated sensors of every kind need it at one moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vedette.types import Array

Past = Callable[[Array], Array]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Targets:
    """N targets at one moment. What is left out cannot be noticed by the sensors that live by it.

    position, velocity  (N, 3) in the site's frame
    rcs          (N,) mean radar cross-section of this target in m² (not dB)
    transponder  N ICAO addresses in hex, "" for a target that says nothing of itself
    rf_power     (N,) dBm, equivalent isotropic power in the bands of drone links; −inf: silent or
                 pre-programmed. Default −inf
    sound        (N,) dB re 20 µPa at 1 m; −inf: unheard. Default −inf
    size         (N,) m, √(width × height) of what is seen of it; 0: unseen. Default 0
    klass        N names of classes, as in the scenario's catalogue. Default ""
    remote_id    N serial numbers that Remote ID broadcasts, "" for none. Default ""
    operator     (N, 2) latitude and longitude (rad) of whoever flies it, NaN: not known. Default NaN
    past         (N,) s → (N, 3): where each target was so long ago, in the site's frame. Default: straight
                 back along its velocity
    """

    position: Array
    velocity: Array
    rcs: Array
    transponder: tuple[str, ...]
    rf_power: Array = None  # type: ignore[assignment]  # filled in below
    sound: Array = None  # type: ignore[assignment]
    size: Array = None  # type: ignore[assignment]
    klass: tuple[str, ...] = ()
    remote_id: tuple[str, ...] = ()
    operator: Array = None  # type: ignore[assignment]
    past: Past | None = None

    def __post_init__(self) -> None:
        N = len(self.position)
        absent: dict[str, Any] = {
            "rf_power": np.full(N, -np.inf), "sound": np.full(N, -np.inf), "size": np.zeros(N),
            "operator": np.full((N, 2), np.nan), "klass": ("",) * N, "remote_id": ("",) * N,
        }  # fmt: skip
        for name, value in absent.items():
            if getattr(self, name) is None or (isinstance(value, tuple) and not getattr(self, name)):
                object.__setattr__(self, name, value)

    def before(self, age: Array) -> Array:
        """(N,) s → (N, 3): where each target was so long ago, in the site's frame."""
        if self.past is not None:
            return self.past(age)
        return np.asarray(self.position - age[:, None] * self.velocity)
