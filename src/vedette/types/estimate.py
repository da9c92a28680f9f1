"""A Gaussian about a state in a named frame."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.errors import FrameError
from vedette.types.detection import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """x (n,) and P (n, n) at time t, in `frame`.

    The tracker's state is [east, north, up, v_east, v_north, v_up] in m and m/s; `frame` names the local
    tangent plane, e.g. "enu:base". Subtracting estimates of different frames or times raises FrameError.
    """

    t: int
    x: Array
    P: Array
    frame: str

    def __post_init__(self) -> None:
        self.x.flags.writeable = False
        self.P.flags.writeable = False

    @property
    def position(self) -> Array:
        return self.x[:3]

    @property
    def velocity(self) -> Array:
        return self.x[3:6]

    def __sub__(self, other: Estimate) -> Array:
        if self.frame != other.frame:
            raise FrameError(
                f"An estimate in {self.frame} cannot be compared with one in {other.frame}; "
                "bring both into one frame with geo.LocalFrame first."
            )
        if self.t != other.t:
            raise FrameError(
                f"Two estimates {abs(self.t - other.t) / 1e9:g} s apart cannot be compared; "
                "predict the older one to the time of the younger first."
            )
        return self.x - other.x
