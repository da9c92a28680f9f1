"""Trackers side by side: ours, other people's and a home-made recipe, on the same plots, timed the same way.

Nothing here is imported by the running system, and other people's trackers only when they are asked for.
"""

from vedette.study.side_by_side.contender import CONTENDERS, Contender, PeerError, check, contender
from vedette.study.side_by_side.measure import Figures, measure
from vedette.study.side_by_side.process import measure_apart

__all__ = [
    "CONTENDERS",
    "Contender",
    "Figures",
    "PeerError",
    "check",
    "contender",
    "measure",
    "measure_apart",
]
