"""Our trackers on plain traffic, told what a site would know: no place of birth, only how many to expect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from vedette.kernel.motion import white_acceleration
from vedette.scenario.traffic import Traffic
from vedette.study.side_by_side.rule import best_rule
from vedette.tracker import Anywhere, Gnn, GnnConfig, Motion, Plots, Pmb, PmbConfig, TrackerConfig, motion_of
from vedette.types import Array

CONFIG = PmbConfig(gamma=16.0, exact_plots=8, unexplained=0.5)
REPORT = 0.5  # existence above which reporting a target lowers the expected GOSPA


def plots_of(traffic: Traffic, k: int, z: Array) -> Plots:
    """One scan of traffic as the filter takes it."""
    M = len(z)
    return Plots(
        z=z, R=np.repeat(traffic.sigma**2 * np.eye(traffic.dims)[None], M, axis=0), tau=np.zeros(M),
        clutter=np.full(M, traffic.clutter), p_detect=np.full(M, traffic.p_detect),
        t=np.full(M, k, np.int64), code=np.full(M, -1, np.int64),
    )  # fmt: skip


def anywhere(traffic: Traffic) -> Anywhere:
    """Births alike everywhere at the rate b; b/μ in the air at first, as where nobody ever looked."""
    rate = traffic.births * traffic.targets / traffic.volume / traffic.period
    death = traffic.death / traffic.period
    return Anywhere(
        rate=rate,
        start=rate / death,
        death=death,
        sigma_v=traffic.speed_sigma,  # type: ignore[arg-type]  # two numbers in a plane
        search=traffic.p_detect / traffic.period,
    )


@dataclass(slots=True)
class Ours:
    """The Poisson multi-Bernoulli tracker with one way of moving or several."""

    traffic: Traffic
    tracker: Pmb
    report: float = REPORT
    began: bool = False
    alike: Array = field(default_factory=lambda: np.empty(0))

    def prepare(self, k: int, plots: Array) -> Plots:
        return plots_of(self.traffic, k, plots)

    def step(self, scan: Plots) -> None:
        pmb = self.tracker
        if self.began:
            pmb.predict(self.traffic.period, 1.0 - self.traffic.death)
        self.began = True
        if len(self.alike) < len(pmb.bernoullis):
            self.alike = np.full(2 * len(pmb.bernoullis), self.traffic.p_detect)
        pmb.look(scan, self.alike[: len(pmb.bernoullis)], looking=True)
        pmb.prune()

    def positions(self) -> Array:
        b, N = self.tracker.bernoullis, self.tracker.bernoullis.size
        shown = b.r[:N] > self.report
        mean: Array = np.einsum("nk,nka->na", b.mu[:N][shown], b.x[:N][shown, :, : self.traffic.dims])
        return mean


def pmb(
    traffic: Traffic,
    config: PmbConfig = CONFIG,
    report: float = REPORT,
    births: Callable[[Traffic], Anywhere] = anywhere,
) -> Ours:
    """One way of moving, the one the targets have: what the peers are told too."""
    motion = Motion((partial(white_acceleration, traffic.q),))
    tracker = Pmb(n=2 * traffic.dims, undetected=births(traffic), config=config, motion=motion)
    return Ours(traffic, tracker, report)


def imm(traffic: Traffic) -> Ours:
    """Cruise, manoeuvre and hover with a site's own defaults, not the traffic's q: three times the work."""
    motion = motion_of(TrackerConfig())
    return Ours(traffic, Pmb(n=2 * traffic.dims, undetected=anywhere(traffic), config=CONFIG, motion=motion))


@dataclass(slots=True)
class Plain:
    """The global-nearest-neighbour baseline."""

    traffic: Traffic
    tracker: Gnn

    def prepare(self, k: int, plots: Array) -> Plots:
        return plots_of(self.traffic, k, plots)

    def step(self, scan: Plots) -> None:
        self.tracker.predict(self.traffic.period)
        self.tracker.look(scan, np.full(len(self.tracker.tracks), self.traffic.p_detect), looking=True)
        self.tracker.forget(self.tracker.worth_keeping())

    def positions(self) -> Array:
        places: Array = self.tracker.confirmed()[:, : self.traffic.dims]
        return places


def gnn(traffic: Traffic) -> Plain:
    """Confirmed and dropped by the same rule as the peers."""
    rule, model = best_rule(traffic), partial(white_acceleration, traffic.q)
    config = GnnConfig(
        gamma=rule.distance**2, confirm=rule.hits, within=rule.hits + rule.misses, misses=rule.misses
    )
    return Plain(traffic, Gnn(n=2 * traffic.dims, sigma_v=traffic.speed_sigma, config=config, model=model))
