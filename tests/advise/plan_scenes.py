"""Small sites of effectors, tracks that alarm, and plans for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tests.assess.air import FRAME, T0, at, make_track
from vedette.advise.config import AdviceConfig
from vedette.advise.effector import Effector
from vedette.advise.effector_config import AnyEffectorConfig, GunConfig, JammerConfig, MissileConfig
from vedette.advise.planned import Planned
from vedette.advise.planner import Planner
from vedette.assess import AlertConfig, Asset
from vedette.types import Alert, EffectorState, Evidence, Severity, Step, Track
from vedette.types.alert import AlertState

STILL = AlertConfig(turbulence=0.0, turbulence_up=0.0)


def gun(name: str = "Gun", **keys: Any) -> GunConfig:
    given = {
        "notional": True, "range_max": 3000.0, "height_min": -100.0, "height_max": 3000.0, "speed": 800.0,
        "magazine": 20, "kill": {"other": 0.5}, "assess_s": 3.0, "delay_s": 2.0, "line_of_sight": False,
    }  # fmt: skip
    return GunConfig(**{**given, "name": name, **keys})


def missile(name: str = "Missile", **keys: Any) -> MissileConfig:
    given = {
        "notional": True, "range_max": 12_000.0, "height_min": -100.0, "height_max": 5000.0, "speed": 300.0,
        "magazine": 4, "kill": {"other": 0.8}, "assess_s": 5.0, "delay_s": 3.0, "cost": 0.02,
        "line_of_sight": False,
    }  # fmt: skip
    return MissileConfig(**{**given, "name": name, **keys})


def jammer(name: str = "Jammer", **keys: Any) -> JammerConfig:
    given = {
        "notional": True, "range_max": 4000.0, "height_min": -100.0, "height_max": 3000.0, "on": "link",
        "dwell_s": 5.0, "kill": {"other": 0.9}, "assess_s": 5.0, "line_of_sight": False,
    }  # fmt: skip
    return JammerConfig(**{**given, "name": name, **keys})


def asset(
    name: str = "Base", east: float = 0.0, north: float = 0.0, radius: float = 100.0, value: float = 1.0
) -> Asset:
    return Asset(name=name, position=np.array([east, north, 0.0]), radius=radius, value=value)


def planner(
    *configs: AnyEffectorConfig,
    assets: Sequence[Asset] = (asset(),),
    alert: AlertConfig = STILL,
    **advice: Any,
) -> Planner:
    effectors = {c.name: Effector.from_config(c, FRAME, None, assets) for c in configs}
    return Planner(effectors, assets, AdviceConfig(**advice), FRAME, alert)


def full(plans: Planner, **changed: Mapping[str, Any]) -> dict[str, EffectorState]:
    """Everything there, but as `changed` has it by effector."""
    return {
        name: EffectorState(**{
            "effector": name, "kind": e.kind, "rounds": e.magazine, "magazine": e.magazine,
            "channels": e.config.channels, "free": e.config.channels, "ready_s": 0.0, **changed.get(name, {}),
        })
        for name, e in plans.effectors.items()
    }  # fmt: skip


def inbound(
    number: int = 1,
    distance: float = 6000.0,
    *,
    bearing: float = 90.0,
    speed: float = 50.0,
    height: float = 300.0,
    sigma: float = 1.0,
    **more: Any,
) -> Track:
    """Flies at the origin from a bearing in degrees."""
    b = np.radians(bearing)
    way = np.array([np.sin(b), np.cos(b), 0.0])
    place, v = distance * way + [0.0, 0.0, height], -speed * way
    klass = more.pop("klass", {"one-way-attack": 1.0})
    track = make_track(
        more.pop("t", 0.0), tuple(place), tuple(v), number=number, sigma=sigma, sigma_v=0.1 * sigma, **more
    )
    return replace(track, klass=klass)


def alert(track: int, probability: float = 1.0) -> Alert:
    evidence = Evidence(
        t=T0, existence=1.0, hits=9, sensors=(), probability=probability, time_to_go_s=60.0,
        time_to_go_low_s=50.0, time_to_go_high_s=70.0, closest_approach_m=0.0, distance_m=1000.0,
        speed_mps=50.0, height_m=300.0, sentence="",
    )  # fmt: skip
    return Alert(
        id=f"{track}-Zone-1", track=track, zone="Zone", rule="Zone", severity=Severity.WARNING, t_raised=T0,
        evidence=evidence, history=(Step(state=AlertState.NEW, t=T0, by="vedette"),),
    )  # fmt: skip


def plan(
    plans: Planner, tracks: Sequence[Track], *, t: float = 0.0, silent: Sequence[int] = (), **more: Any
) -> Planned:
    """All tracks alarm but the `silent` ones."""
    alerts = [alert(track.id) for track in tracks if track.id not in silent]
    return plans.plan(at(t), tracks, alerts, **{"stock": full(plans), **more})
