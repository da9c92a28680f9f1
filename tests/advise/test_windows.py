"""Windows: closed forms, a published depth of fire, and a slow and obvious twin."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.advise.engagements import (
    CLASS,
    built,
    crosses,
    energy,
    expected,
    gun,
    jammer,
    meetings,
    past_friend,
    sure_track,
    ways,
)
from tests.assess.air import FRAME, make_track
from vedette.advise.config import AdviceConfig
from vedette.advise.effector_config import DroneConfig, MissileConfig
from vedette.advise.meeting import meets
from vedette.advise.window import windows
from vedette.assess.zone import Asset
from vedette.geo.place import on_ground
from vedette.types import Hindrance

EAST = (45.0, 135.0)
DEGREES = tuple[float, float]


def window(effector, way, *, klass=None, sigma=0.0, ready=0.0, config=None, friends=None):
    klass = klass or {CLASS: 1.0}
    p = np.array([list(klass.values())])
    rows = windows(
        [effector],
        way,
        p,
        list(klass),
        np.array([sigma]),
        np.array([ready]),
        config or AdviceConfig(),
        friends,
    )
    return rows[0][0]


def square(east: float, north: float, half: float) -> tuple[DEGREES, ...]:
    """Corners in degrees of a square in the site's frame."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half + [east, north]
    return tuple(on_ground(corners, FRAME))


# --- when they meet


@pytest.mark.parametrize(("v", "s"), [(50.0, 180.0), (51.0, 60.0), (250.0, 800.0)])
def test_head_on_they_meet_at_the_published_range(v: float, s: float) -> None:
    """R_int = R_launch s/(s + v)."""
    R = 9_000.0
    t = meets(R, 0.0, 0.0, -v, 0.0, 0.0, s, 0.0, 0.0)
    assert R - v * t == pytest.approx(R * s / (s + v), rel=1e-12)


THREE = {"min_size": 3, "max_size": 3}


@given(st.lists(st.floats(-8e3, 8e3), **THREE), st.lists(st.floats(-300, 300), **THREE), st.floats(20, 900),
       st.floats(0, 60))  # fmt: skip
def test_the_meeting_is_the_least_root_of_the_quadratic(p, v, s, t_d) -> None:
    t = meets(*p, *v, s, t_d, 0.0)
    p, v = np.array(p), np.array(v)
    assume(abs(v @ v - s * s) > 1e-6 * s * s)  # else numpy's own roots overflow
    roots = np.roots([v @ v - s * s, 2 * (p @ v + s * s * t_d), p @ p - s * s * t_d * t_d])
    later = sorted(r.real for r in roots if abs(r.imag) <= 1e-6 * min(abs(r), 1.0) and r.real > t_d)
    if math.isinf(t):
        # none, or one that only rounding tells from none: |p + v t| = s (t − t_d)
        assert (
            not later
            or abs(abs(v @ v) ** 0.5 - s) < 1e-3 * s
            or abs(roots.imag).max() < 1e-3 * abs(roots).max()
        )
        return
    assert np.linalg.norm(p + v * t) == pytest.approx(s * (t - t_d), rel=1e-6, abs=1e-3)
    if later and abs(np.linalg.norm(v) - s) > 0.01 * s:
        assert t == pytest.approx(later[0], rel=1e-4, abs=1e-3)


def test_a_window_is_where_the_closed_form_puts_it() -> None:
    """A gun that reaches 3 km: the first useful start lets them meet at 3 km, the last at the least range."""
    v, s, delay = 50.0, 800.0, 4.0
    shooter = built(gun(range_min=400.0, delay_s=delay, height=0.0))
    found = window(shooter, ways(sure_track((9_000.0, 0.0, 2.0), (-v, 0.0, 0.0))))
    # at R they meet when the shot has left R/s before the target is there
    opens, closes = ((9_000.0 - R) / v - R / s - delay for R in (3_000.0, 400.0))
    assert found.why is None
    assert opens <= found.opens_s <= opens + 0.125
    assert closes - 0.125 <= found.closes_s <= closes
    assert found.start_s == pytest.approx(opens, abs=0.2)
    meets_at = found.start_s + delay + (9_000.0 - v * (found.start_s + delay)) / (s + v)
    assert found.intercept_s == pytest.approx((meets_at,) * 3, abs=1e-3)
    assert found.place[0] == pytest.approx(9_000.0 - v * meets_at, abs=0.5)
    assert found.kill == pytest.approx((0.6,) * 3)


def test_the_published_depth_of_fire() -> None:
    """n = 1 + ⌊ln[(R1 + sτ)/(Rmin + sτ)] / ln(1 + v/s)⌋ = 7 for v 51, s 180, R 12 → 2 km, τ 3."""
    v, s, tau = 51.0, 180.0, 3.0
    keys = {"name": "m", "notional": True, "range_min": 2_000.0, "range_max": 12_000.0, "height_max": 4_000.0}
    missile = built(
        MissileConfig(**keys, speed=s, magazine=20, kill={"other": 0.3}, line_of_sight=False, sector=EAST)
    )
    way = ways(sure_track((25_000.0, 0.0, 50.0), (-v, 0.0, 0.0)), config=AdviceConfig(horizon_s=600.0))
    ready, shots = 0.0, 0
    while (found := window(missile, way, ready=ready)).why is None and shots < 30:
        start, shots = found.opens_s, shots + 1
        # the meeting of that very start: shots leave at once
        gap = 25_000.0 - v * start
        ready = start + gap / (s + v) + tau
    depth = 1 + math.floor(math.log((12_000 + s * tau) / (2_000 + s * tau)) / math.log(1 + v / s))
    assert (shots, depth) == (7, 7)


def test_a_dwell_must_end_before_the_target_leaves() -> None:
    beam = built(energy(range_min=300.0, visibility=1e9, height=2.0))
    found = window(beam, ways(sure_track((6_000.0, 0.0, 2.0), (-40.0, 0.0, 0.0))))
    assert found.opens_s == pytest.approx((6_000 - 2_500) / 40, abs=0.13)
    assert found.closes_s == pytest.approx((6_000 - 300) / 40 - 4.0, abs=0.13)
    hazy = built(energy(range_min=300.0, visibility=4_000.0, height=2.0))
    late = window(hazy, ways(sure_track((6_000.0, 0.0, 2.0), (-40.0, 0.0, 0.0))))
    # the last start: from R on it dwells 4 exp(3.912 R / V) s, to end at 300 m
    R = 300.0
    for _ in range(50):
        R = 300.0 + 40.0 * 4.0 * math.exp(3.912 * R / 4_000.0)
    assert late.closes_s == pytest.approx((6_000 - R) / 40, abs=0.25)


def test_a_shot_is_of_no_use_once_the_target_is_where_it_goes_to() -> None:
    asset = Asset(name="fuel", position=np.array([0.0, 0.0, 0.0]), radius=500.0, value=1.0)
    track = sure_track((9_000.0, 0.0, 60.0), (-50.0, 0.0, 0.0))
    found = window(built(gun(height=0.0)), ways(track, assets=[asset]))
    arrives = (9_000.0 - 500.0) / 50.0
    assert found.closes_s == pytest.approx(arrives - 500.0 / 800.0, abs=0.13)


# --- the expected kill


def test_kill_is_by_range_class_and_quality() -> None:
    shooter = built(gun(kill={CLASS: [[500, 0.6], [2_500, 0.2]], "other": 0.1}, quality=50.0, weather=0.9))
    assert shooter.kill(1_500.0, CLASS) == pytest.approx(0.4 * 0.9)
    assert shooter.kill([100.0, 5_000.0], CLASS) == pytest.approx([0.6 * 0.9, 0.2 * 0.9])
    assert shooter.kill(1_500.0, "quadcopter") == pytest.approx(0.1 * 0.9)
    rng = np.random.default_rng(5)
    miss2 = (rng.normal(0.0, 50.0, (200_000, 2)) ** 2).sum(axis=1)
    half = np.exp(-miss2 / (2 * 50.0**2)).mean()
    assert float(shooter.kill(1_500.0, CLASS, 50.0) / shooter.kill(1_500.0, CLASS)) == pytest.approx(
        half, abs=0.005
    )


def test_the_interval_of_kill_holds_what_it_may_be() -> None:
    shooter = built(gun(kill={CLASS: 0.8, "decoy": 0.4}))
    way = ways(sure_track((6_000.0, 0.0, 80.0), (-50.0, 0.0, 0.0)))
    found = window(shooter, way, klass={CLASS: 0.5, "decoy": 0.5})
    assert found.kill == pytest.approx((0.4, 0.6, 0.8))


def test_a_jammer_works_on_what_depends() -> None:
    """A bracket of dependence counts half with either end."""
    shooter = built(jammer())
    way = ways(sure_track((6_000.0, 0.0, 80.0), (-50.0, 0.0, 0.0)))
    low, high = shooter.depends(CLASS)
    assert 0.0 < low < high < 1.0
    found = window(shooter, way)
    assert found.kill == pytest.approx((0.9 * low, 0.9 * (low + high) / 2, 0.9 * high))
    assert not shooter.repeats
    aircraft = window(shooter, way, klass={"airliner": 1.0})
    assert aircraft.why is Hindrance.CLASS
    assert "satellite navigation" in aircraft.sentence


# --- why not


def test_every_refusal_says_why_in_numbers() -> None:
    incoming = ways(sure_track((6_000.0, 0.0, 150.0), (-50.0, 0.0, 0.0)))
    passing = ways(sure_track((6_000.0, 9_000.0, 150.0), (-50.0, 0.0, 0.0)))
    leaving = ways(sure_track((2_800.0, 0.0, 150.0), (50.0, 0.0, 0.0)))
    cases = [
        (gun(), passing, {}, Hindrance.REACH, "reaches 3.0 km; track 12 comes no nearer than 9.0 km"),
        (gun(height_max=100.0), incoming, {}, Hindrance.REACH, "between 0 and 100 m above the ground"),
        (gun(sector=(180.0, 270.0)), incoming, {}, Hindrance.REACH, "cannot point"),
        (gun(delay_s=6.0), leaving, {}, Hindrance.LATE, "ago"),
        (gun(), incoming, {"ready": 200.0}, Hindrance.CHANNEL, "not free for 200 s"),
        (gun(), incoming, {"ready": math.inf}, Hindrance.CHANNEL, "not ready within 300 s"),
        (gun(kill={"decoy": 0.6}), incoming, {}, Hindrance.CLASS, "0 % at most"),
        (gun(kill={"other": 0.05}), incoming, {}, Hindrance.CLASS, "5 % at most, less than 10 %"),
        (gun(quality=10.0), incoming, {"sigma": 100.0}, Hindrance.UNLIKELY, "too coarsely"),
        (gun(no_fire=(square(1_500.0, 0.0, 200.0),), sector=EAST, range_min=1_800.0), incoming, {},
         Hindrance.NO_FIRE, "no-fire"),
    ]  # fmt: skip
    for config, way, more, why, said in cases:
        found = window(built(config), way, **more)
        assert found.why is why, (config, found)
        assert said in found.sentence, found.sentence
        assert math.isnan(found.start_s)


def test_a_friend_blocks_and_is_named() -> None:
    way = ways(sure_track((6_000.0, 0.0, 150.0), (-50.0, 0.0, 0.0)))
    over = ways(sure_track((1_000.0, 0.0, 80.0), (0.0, 0.0, 0.0), number=77))
    found = window(built(gun()), way, friends=over)
    # it hovers beside the line: only what meets nearer than it is let through
    assert found.why is None
    assert np.linalg.norm(found.place) < 1_000.0 - 250.0
    blocked = window(built(gun(range_min=800.0, sector=EAST)), way, friends=over)
    assert blocked.why is Hindrance.FRIEND
    assert "Track 77" in blocked.sentence
    far = ways(sure_track((-3_000.0, -500.0, 80.0), (0.0, 0.0, 0.0), number=77))
    assert window(built(gun()), way, friends=far).why is None
    behind = ways(sure_track((-2_000.0, -500.0, 80.0), (0.0, 0.0, 0.0), number=77))
    assert window(built(gun()), way, friends=behind).why is None
    assert window(built(gun(friends="envelope")), way, friends=behind).why is Hindrance.FRIEND


def test_what_falls_spares_protected_assets() -> None:
    asset = Asset(name="quarters", position=np.array([1_000.0, 0.0, 0.0]), radius=200.0, value=1.0)
    way = ways(sure_track((6_000.0, 0.0, 150.0), (-50.0, 0.0, 0.0)))
    for fall_ok in (False, True):
        config = gun(range_min=750.0, range_max=1_250.0, sector=EAST, fall=100.0, fall_ok=fall_ok)
        found = window(built(config, assets=[asset]), way)
        assert (found.why is None) == fall_ok
    assert window(built(gun(range_max=2_000.0, fall=100.0), assets=[asset]), way).place[0] > 1_300.0


# --- the twin

BEARINGS = st.floats(0.0, 360.0)
READY = st.sampled_from([0.0, 12.5])


def wide(sector) -> bool:
    return 1.0 < abs(sector[0] - sector[1]) < 359.0


@st.composite
def shooters(draw):
    more = {
        "range_min": draw(st.sampled_from([0.0, 300.0])),
        "range_max": draw(st.floats(1_500.0, 6_000.0)),
        "height_min": draw(st.sampled_from([0.0, 60.0])),
        "height_max": draw(st.floats(200.0, 3_000.0)),
        "elevation_max": draw(st.sampled_from([90.0, 60.0])),
        "delay_s": draw(st.sampled_from([0.0, 5.0])),
        "bearing": draw(BEARINGS),
        "distance": draw(st.floats(0.0, 1_000.0)),
        "sector": draw(st.one_of(st.none(), st.tuples(BEARINGS, BEARINGS).filter(wide))),
        "fall": draw(st.sampled_from([0.0, 150.0])),
        "kill": draw(st.sampled_from([{"other": 0.6}, {CLASS: [[0, 0.9], [1_500, 0.2]], "other": 0.4}])),
        "quality": draw(st.sampled_from([None, 60.0])),
    }  # fmt: skip
    here = built(gun(bearing=more["bearing"], distance=more["distance"])).position
    areas = []
    for _ in range(draw(st.integers(0, 2))):
        half, turn, off = draw(st.floats(50, 400)), draw(BEARINGS), draw(st.floats(700, 3_000))
        east, north = off * math.sin(math.radians(turn)), off * math.cos(math.radians(turn))
        areas.append(square(here[0] + east, here[1] + north, half))
    more["no_fire"] = tuple(areas)
    kind = draw(st.sampled_from(["gun", "slow", "jammer", "energy"]))
    if kind == "slow":
        speed = draw(st.floats(30.0, 70.0))
        return built(DroneConfig(name="drone", notional=True, height=2.0, speed=speed, magazine=2, **more))
    return built({"gun": gun, "jammer": jammer, "energy": energy}[kind](**more))


@st.composite
def targets(draw):
    turn, off = math.radians(draw(BEARINGS)), draw(st.floats(2_000.0, 7_000.0))
    aim, v = math.radians(draw(BEARINGS)), draw(st.floats(15.0, 70.0))
    aside = draw(st.floats(0.0, 1_500.0))
    p = np.array([off * math.sin(turn), off * math.cos(turn)])
    u = np.array([aside * math.sin(aim), aside * math.cos(aim)]) - p
    u *= v / max(float(np.linalg.norm(u)), 1.0)
    return make_track(
        0.0, (*p, draw(st.floats(80.0, 600.0))), (*u, 0.0), sigma=draw(st.sampled_from([5.0, 60.0])),
        sigma_v=draw(st.sampled_from([0.3, 2.0])),
    )  # fmt: skip


CALM = {"deadline": None, "suppress_health_check": list(HealthCheck)}
FEW = AdviceConfig(horizon_s=160.0, least_kill=0.15)
KLASS = {CLASS: 0.7, "quadcopter": 0.3}


def what_is_offered_is_useful_and_forbidden_nowhere(effector, track, share, ready) -> None:
    """At the ends, at the advised start and at any other between: as the twin says."""
    way = ways(track, config=FEW, turbulence=(0.05, 0.005))
    found = window(effector, way, klass=KLASS, sigma=20.0, config=FEW, ready=ready)
    if found.why is not None:
        return
    assert ready <= found.opens_s <= found.start_s <= found.closes_s
    between = found.opens_s + share * (found.closes_s - found.opens_s)
    for start in (found.opens_s, found.start_s, found.closes_s, between):
        met = meetings(effector, way, 0, start)
        # between the starts that are looked at the expectation may dip a little below the least
        assert expected(effector, met, KLASS, 20.0) >= FEW.least_kill - (0.03 if start == between else 1e-6)
        assert not any(crosses(effector, one[1]) for one in met if one is not None)
    met = meetings(effector, way, 0, found.start_s)
    assert found.kill[1] == pytest.approx(expected(effector, met, KLASS, 20.0), abs=1e-6)
    there = [one for one in met if one is not None]
    assert found.intercept_s[1] == pytest.approx(np.mean([one[0] for one in there]), abs=1e-4)
    assert effector.holds(np.array(found.place))
    assert not effector.forbidden(np.array(found.place))
    assert min(float(np.linalg.norm(one[1] - found.place)) for one in there) < 1e-2


def nothing_useful_is_missed(effector, track, ready) -> None:
    """Where nothing is in reach, too late or too unlikely, no start is useful by the twin; nor is one just
    outside a window."""
    way = ways(track, config=FEW, turbulence=(0.05, 0.005))
    found = window(effector, way, klass=KLASS, sigma=20.0, config=FEW, ready=ready)
    if found.why is Hindrance.NO_FIRE or (found.why is None and effector.no_fire):
        return
    looked = list(np.arange(ready, way.times[-1], 11.0))
    if found.why is None:
        outside = (found.opens_s - 0.1, found.closes_s + 0.1)
        looked = [start for start in outside if ready < start < way.times[-1]]
    for start in looked:
        met = meetings(effector, way, 0, float(start))
        assert expected(effector, met, KLASS, 20.0) < FEW.least_kill + 0.04, (found.why, start)


def friends_are_kept_clear_of(effector, track, other) -> None:
    way = ways(track, config=FEW, turbulence=(0.05, 0.005))
    friends = ways(other, config=FEW, turbulence=(0.05, 0.005))
    found = window(effector, way, klass=KLASS, config=FEW, friends=friends)
    if found.why is not None:
        assert found.why is not Hindrance.FRIEND or "12" in found.sentence
        return
    for start in (found.opens_s, found.start_s, found.closes_s):
        for one in meetings(effector, way, 0, start):
            if one is not None:
                assert not past_friend(effector, one, start, friends, FEW.friend_margin_m)


EACH = {
    what_is_offered_is_useful_and_forbidden_nowhere: (st.floats(0.0, 1.0), READY),
    nothing_useful_is_missed: (READY,),
    friends_are_kept_clear_of: (targets(),),
}


@pytest.mark.parametrize("claim", EACH, ids=lambda claim: claim.__name__)
def test_the_slow_twin_agrees(claim) -> None:
    settings(max_examples=6, derandomize=True, **CALM)(given(shooters(), targets(), *EACH[claim])(claim))()


@pytest.mark.slow
@pytest.mark.parametrize("claim", EACH, ids=lambda claim: claim.__name__)
def test_the_slow_twin_agrees_at_length(claim) -> None:
    settings(max_examples=40, derandomize=True, **CALM)(given(shooters(), targets(), *EACH[claim])(claim))()


def test_a_slow_one_says_how_far_off_the_track_stays() -> None:
    drone = built(DroneConfig(name="drone", notional=True, height=2.0, range_max=2_000.0, height_max=900.0,
                              speed=30.0, magazine=2, kill={"other": 0.5}))  # fmt: skip
    found = window(drone, ways(sure_track((6_000.0, 9_000.0, 150.0), (-50.0, 0.0, 0.0))))
    assert found.why is Hindrance.REACH
    assert "reaches 2.0 km; track 12 comes no nearer than 9.0 km" in found.sentence
