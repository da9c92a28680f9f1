"""A look ahead: what the sampled futures of one air picture bring to each protected asset."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[float, float, float]  # 10, 50 and 90 % quantiles


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetOutlook:
    """What comes to one asset within the horizon. Times are s from the picture's time.

    probability        that at least one target arrives
    arrivals_expected  mean number of arrivals
    arrival            when the first arrives, over the futures in which one does; None when there are none
    warning            how long before that a person has decided, 0 where it is too late; likewise
    counts             probability of exactly 0, 1, 2, … arrivals within the horizon
    at_once            the same of the most that arrive within `together_s` of each other
    """

    asset: str
    probability: float
    arrivals_expected: float
    arrival: Span | None
    warning: Span | None
    counts: tuple[float, ...]
    at_once: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The futures of the picture at data time `t` (ns UTC).

    futures    how many were sampled
    horizon_s  how far each was followed
    tracks     how many of the picture's tracks were
    left_out   how many could come within the horizon, too, but were not followed
    """

    t: int
    futures: int
    horizon_s: float
    tracks: int
    left_out: int
    assets: tuple[AssetOutlook, ...]
