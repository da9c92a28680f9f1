"""The tracker on published scenarios, scored as published.

Parameters are those of the literature (see scenario.reference); the filter knows the birth places because the
published filters do, except in `vo12_uniform_setting`, where it knows what trackers that count hits know.
Results to meet, on the same plots (other people's code, run by us once): W15 RMS GOSPA 3.1966 (PMB with
Murty's 200 best), Vo12 mean OSPA 11.49 (PMB), WEAK9 198 / 174 / 149 (PMB).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from vedette.kernel.gospa import gospa, ospa
from vedette.kernel.motion import Step, piecewise_acceleration, white_acceleration
from vedette.scenario.reference import Plane, vo12, w15, weak9
from vedette.tracker import Anywhere, Mixture, Motion, Plots, Pmb, PmbConfig, mixture_of_births
from vedette.types import Array

W15 = PmbConfig(gamma=20.0, prune=1e-4, grace=-1)
VO12 = PmbConfig(gamma=13.8155, exact_plots=0, prune=1e-4, grace=-1)
UNIFORM = PmbConfig(gamma=13.8155, exact_plots=8, unexplained=0.5)
VO12_SPEEDS = (10.0, 10.0)  # m/s, 1 σ per axis: the velocity part of the published birth covariance
ACCURATE = replace(W15, hypotheses=50)
WEAK9 = PmbConfig(gamma=16.0, prune=1e-3, grace=-1)


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What the filter is told about a plane scenario; one step is one second."""

    model: Callable[[float], Step]
    sigma: float
    p_detect: float
    clutter: float  # per m²
    report: float
    births: Callable[[], Mixture | Anywhere]
    config: PmbConfig


def run(plane: Plane, setting: Setting) -> Iterable[tuple[Array, Array]]:
    """Filter all scans; yields (truth positions, reported positions) per step."""
    pmb = Pmb(n=4, undetected=setting.births(), config=setting.config, motion=Motion((setting.model,)))
    for k, z in enumerate(plane.scans):
        if k > 0:
            pmb.predict(1.0, 0.99)
        M = len(z)
        plots = Plots(
            z=z, R=np.repeat(setting.sigma**2 * np.eye(2)[None], M, axis=0), tau=np.zeros(M),
            clutter=np.full(M, setting.clutter), p_detect=np.full(M, setting.p_detect),
            t=np.full(M, k, np.int64), code=np.full(M, -1, np.int64),
        )  # fmt: skip
        pmb.look(plots, np.full(len(pmb.bernoullis), setting.p_detect), looking=True)
        pmb.undetected.looked(setting.p_detect)
        pmb.prune()
        b, N = pmb.bernoullis, pmb.bernoullis.size
        yield plane.alive(k), b.x[:N, 0, :2][b.r[:N] > setting.report]


def w15_setting(config: PmbConfig = W15) -> Setting:
    place, P = np.array([100.0, 100.0, 0.0, 0.0]), np.diag([150.0, 150.0, 1.0, 1.0]) ** 2
    return Setting(
        model=partial(white_acceleration, 0.02), sigma=1.0, p_detect=0.9, clutter=10 / 300**2, report=0.4,
        births=lambda: mixture_of_births([place], P, birth=0.005, start=3.0), config=config,
    )  # fmt: skip


def vo12_setting(config: PmbConfig = VO12) -> Setting:
    places = [np.array([x, y, 0.0, 0.0]) for x, y in ((0.1, 0), (400, -600), (-800, -200), (-200, 800))]
    return Setting(
        model=partial(piecewise_acceleration, 25.0), sigma=10.0, p_detect=0.98, clutter=30 / 2000**2,
        report=0.4, config=config,
        births=lambda: mixture_of_births(places, 100.0 * np.eye(4), birth=0.03, start=0.03),
    )  # fmt: skip


def vo12_uniform_setting(config: PmbConfig = UNIFORM) -> Setting:
    """Vo12 without its birth places: as many births a second as there, but anywhere on the 2 km square."""
    area, places, birth, p_detect = 2000.0**2, 4, 0.03, 0.98
    return replace(
        vo12_setting(config),
        births=lambda: Anywhere(
            rate=places * birth / area, start=places * birth / area, death=0.01, sigma_v=VO12_SPEEDS,  # type: ignore[arg-type]  # a plane
            search=lambda place: np.full(len(place), p_detect),
        ),
    )  # fmt: skip


def weak9_setting(kind: str, config: PmbConfig = WEAK9) -> Setting:
    p_detect, clutter = {"a": (0.6, 18.0), "b": (0.6, 9.0), "c": (0.9, 18.0)}[kind]
    places = [np.array([x, y, 0.0, 0.0]) for x in (150, 450, 750) for y in (150, 450, 750)]
    P = np.diag([120.0, 120.0, 20.0, 20.0]) ** 2
    return Setting(
        model=partial(white_acceleration, 1.0), sigma=20.0, p_detect=p_detect, clutter=clutter / 900**2,
        report=0.5, births=lambda: mixture_of_births(places, P, birth=0.01, start=0.1), config=config,
    )  # fmt: skip


def rms_gospa(planes: Iterable[Plane], setting: Setting, c: float) -> dict[str, float]:
    """Root mean square over runs and steps of GOSPA (p = 2, α = 2) and of its three parts."""
    parts = np.array([
        (g.localisation, g.missed, g.false)
        for plane in planes
        for X, Y in run(plane, setting)
        for g in (gospa(X, Y, c=c),)
    ])  # fmt: skip
    mean = parts.mean(axis=0)
    names = ("localisation", "missed", "false")
    return {"gospa": float(np.sqrt(mean.sum()))} | {
        n: float(np.sqrt(v)) for n, v in zip(names, mean, strict=True)
    }


def mean_ospa(planes: Iterable[Plane], setting: Setting, c: float) -> float:
    """Mean over runs and steps of OSPA (p = 1)."""
    return float(np.mean([ospa(X, Y, c=c, p=1).distance for plane in planes for X, Y in run(plane, setting)]))


def oracles(seed_offset: int = 0) -> dict[str, float]:
    """Every reference figure; a seed offset takes other plots of the same scenarios, and the figures move."""
    s = seed_offset
    result = {"w15_gospa": rms_gospa((w15(k + s) for k in range(1, 11)), w15_setting(), 10.0)["gospa"]}
    accurate = w15_setting(ACCURATE)
    result["w15_accuracy_gospa"] = rms_gospa((w15(k + s) for k in range(1, 11)), accurate, 10.0)["gospa"]
    result["vo12_ospa"] = mean_ospa((vo12(k + s) for k in range(1, 6)), vo12_setting(), 100.0)
    uniform = vo12_uniform_setting()
    result["vo12_uniform_ospa"] = mean_ospa((vo12(k + s) for k in range(1, 6)), uniform, 100.0)
    for kind in "abc":
        planes = (weak9(kind, k + s) for k in range(1, 6))
        result[f"weak9_{kind}"] = rms_gospa(planes, weak9_setting(kind), 100.0)["gospa"]
    return result
