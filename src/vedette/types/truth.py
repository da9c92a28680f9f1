"""Where a simulated target really is. For scenarios and metrics only: the tracker never sees it."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.types.detection import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """Target `id` of class `klass` at time t (ns UTC): x (6,) position and velocity in the site's frame."""

    t: int
    id: str
    klass: str
    x: Array
