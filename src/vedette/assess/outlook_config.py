"""The `[outlook]` table of site.toml."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from vedette.config import NotNegative, Positive, Ratio, Table

Futures = Annotated[int, Meta(ge=100, le=10_000, description="how many futures are sampled")]
Tracks = Annotated[int, Meta(ge=1, le=2_000, description="how many tracks are followed at most")]
Goals = Annotated[int, Meta(ge=1, le=100, description="how many of the nearest assets may be a goal")]


class OutlookConfig(Table, frozen=True, kw_only=True):
    """`[outlook]`: the look ahead. How targets move otherwise is what `[tracker]` and `[alert]` say.

    enabled          false: no look ahead
    horizon_s        s ahead that each future is followed
    futures          how many are sampled
    every_s          s of data time between two looks
    tracks           so many are followed, those that could come soonest
    ceiling          m above the site, above which passing an asset is no arrival
    together_s       arrivals within so many s count as at once
    towards          probability that a target which does not say who it is has an asset for its goal
    towards_nearest  how many of the nearest assets may be that, alike
    towards_after_s  mean time until it turns there
    towards_speed    m/s with which a target flies there that is slower now
    return_s         s within which a target returns to the speed and course it wants
    hover_speed      m/s above which nothing hovers
    decision_s       median time a person takes from the alert to the decision
    decision_spread  standard deviation of its logarithm
    """

    enabled: bool = True
    horizon_s: Positive = 600.0
    futures: Futures = 500
    every_s: NotNegative = 2.0
    tracks: Tracks = 100
    ceiling: Positive = 4_000.0
    together_s: Positive = 60.0
    towards: Ratio = 0.2
    towards_nearest: Goals = 3
    towards_after_s: Positive = 60.0
    towards_speed: Positive = 15.0
    return_s: Positive = 10.0
    hover_speed: NotNegative = 20.0
    decision_s: NotNegative = 60.0
    decision_spread: NotNegative = 0.7
