"""Tracks by hand, over a site on the equator of nothing in particular."""

from __future__ import annotations

import math

import numpy as np

from vedette.clock import NS
from vedette.geo import LocalFrame
from vedette.types import Estimate, Field, Status, Track

T0 = 1_697_585_000 * NS
FRAME = LocalFrame("enu:base", math.radians(33.8), math.radians(42.44), 188.0)


def at(s):
    """Data time s seconds into the story."""
    return T0 + round(s * NS)


def make_track(
    t_s,
    position,
    velocity,
    *,
    number=12,
    sigma=30.0,
    sigma_v=1.0,
    status=Status.CONFIRMED,
    existence=0.99,
    names=None,
    updated_s=None,
):
    """A track at t_s seconds; sigma in m, sigma_v in m/s."""
    updated = at(t_s if updated_s is None else updated_s)
    return Track(
        id=number,
        status=status,
        estimate=Estimate(
            t=at(t_s),
            x=np.array([*position, *velocity], dtype=float),
            P=np.diag([sigma**2] * 3 + [sigma_v**2] * 3),
            frame=FRAME.name,
        ),
        existence=existence,
        identity={
            fact: Field(value=value, source="adsb", t=at(t_s)) for fact, value in (names or {}).items()
        },
        klass={},
        contributors={"north-radar": updated},
        t_born=T0,
        t_updated=updated,
        hits=7,
    )
