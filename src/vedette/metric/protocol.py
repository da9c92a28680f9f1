"""What a metric is: a frozen set of parameters with one method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

from vedette.metric.paths import TrackPaths, TruthPaths

NOTHING = ""  # the figure of a metric that does not see such an error


class Metric(Protocol):
    """Scores reported tracks against the truth; `dataclasses.replace` gives one with other parameters.

    perfect  figure → its value for a perfect answer; the further from it, the worse
    missed   the figure that grows worse when a target is not tracked, or NOTHING
    false    the figure that grows worse when a track follows nothing, or NOTHING

    Every figure is finite whatever the input, also without truths, tracks or steps. Names end in their unit
    (_m, _s, _per_h, _rad); those without one are counts, shares or ratios.
    """

    perfect: ClassVar[Mapping[str, float]]
    missed: ClassVar[str]
    false: ClassVar[str]

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]: ...
