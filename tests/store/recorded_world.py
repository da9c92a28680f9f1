"""A small seeded world: scans, tracks, alerts and acts with every kind of field in use."""

from __future__ import annotations

import numpy as np

from tests.server.advice_by_hand import advised_of, decision_of
from vedette.store import Act, ActorSet, AlertSet, OperationsSet, RawChunk, Recorder, TrackSet, TruthSet
from vedette.types import (
    SIZE,
    Actor,
    Advised,
    Alert,
    AlertState,
    Answer,
    Detection,
    Estimate,
    Evidence,
    Field,
    FirstPlot,
    Kind,
    Outcome,
    Posture,
    Result,
    Scan,
    Sector,
    Severity,
    Status,
    Step,
    Track,
    Truth,
)
from vedette.types.acts import Affiliation
from vedette.types.operations import Entry, Last, Operations, Word

SECTOR = Sector(r1=40e3)
T0 = 1_697_585_000_000_000_000


def covariance(rng, m):
    A = rng.normal(size=(m, m))
    S = A @ A.T + np.eye(m)
    return (S + S.T) / 2.0


def make_scan(rng, t, sensor="north-radar", n=5, kind=Kind.RANGE_AZ_EL, sector=SECTOR):
    m = SIZE[kind]
    detections = tuple(
        Detection(
            t=t + k,
            t_rx=t + k + 1000,
            sensor=sensor,
            seq=k,
            kind=kind,
            z=rng.normal(size=m) * 1e3,
            R=covariance(rng, m),
            claims={"snr_db": float(rng.normal()), "ground": False, "callsign": "RCH 1é", "mode_3a": 0o1200},
            raw=k if k % 2 else None,
        )
        for k in range(n)
    )
    return Scan(sensor=sensor, t0=t - 4 * 10**9, t1=t, sector=sector, detections=detections)


def make_track(rng, t, number=12, status=Status.CONFIRMED):
    return Track(
        id=number,
        status=status,
        estimate=Estimate(t=t, x=rng.normal(size=6) * 1e4, P=covariance(rng, 6), frame="enu:base"),
        existence=0.99,
        identity={
            "icao24": Field(value="06a0b1", source="adsb", t=t),
            "squawk": Field(value=7000, source="a", t=t),
        },
        klass={"uas": 0.75, "bird": 0.25},
        contributors={"north-radar": t - 3, "adsb": t},
        t_born=t - 10**10,
        t_updated=t - 3,
        hits=7,
    )


def make_alert(t, number=1, note=""):
    evidence = Evidence(
        t=t,
        existence=0.99,
        hits=7,
        sensors=("adsb", "north-radar"),
        probability=0.94,
        time_to_go_s=250.0,
        time_to_go_low_s=230.5,
        time_to_go_high_s=1e-300,
        closest_approach_m=-0.0,
        distance_m=0.1 + 0.2,
        speed_mps=48.0,
        height_m=110.0,
        sentence="Track 12 enters Inner; a null, a “quote”.",
    )
    return Alert(
        id=f"12-Inner-{number}",
        track=12,
        zone="Inner",
        rule="enters-zone",
        severity=Severity.CRITICAL,
        t_raised=t,
        evidence=evidence,
        history=(Step(state=AlertState.NEW, t=t, by="vedette", note=note),),
    )


def make_operations(highest=9):
    """Every kind of thing there is to keep."""
    alert = make_alert(T0)
    track = make_track(np.random.default_rng(1), T0)
    return Operations(
        alerts=(alert,),
        tracks=(
            Last(
                track=12, t=T0, x=tuple(track.estimate.x.tolist()),
                P=tuple(map(tuple, track.estimate.P.tolist())), names={"icao24": "06a0b1"},
            ),
        ),
        words=(Word(track=12, affiliation=Affiliation.HOSTILE, by="Lee", t=T0, note="seen"),),
        rules=({"name": "Wadi", "corridor": [[33.8, 42.2], [33.8, 42.3]], "width": 500},),
        switched={"Inner": False},
        posture=Posture(level="high", rank=2, by="Lee", t=T0, note="why"),
        log=(Entry(T0, "Lee", "remark", "Camera 2 – dirt\n", ""), Entry(T0 + 1, "Kim", "close", "x", "y")),
        highest=highest,
        stock={"Gun 1": 6, "Missile 1": -2},
        reloads={"Missile 1": T0 + 30},
        engagements=advised_of(t=T0).engagements,
        declined=(decision_of(Answer.DECLINE),),
    )  # fmt: skip


def record_minute(
    recorder: Recorder, seconds=60, seed=1
) -> list[RawChunk | Scan | TrackSet | AlertSet | Advised | Act | OperationsSet]:
    """Record one of everything each second; returns what was recorded, in order."""
    rng = np.random.default_rng(seed)
    kept: list = []
    for k in range(seconds):
        t = T0 + k * 10**9
        data = rng.bytes(40)
        kept.append(RawChunk(recorder.raw("beast", data, t - 5), "beast", t - 5, data))
        kept.append(make_scan(rng, t, n=3))
        recorder.scan(kept[-1])
        kept.append(make_scan(rng, t + 1, sensor="adsb", n=1, kind=Kind.GEODETIC_VELOCITY, sector=None))
        recorder.scan(kept[-1])
        kept.append(TrackSet(t + 2, (make_track(rng, t + 2),)))
        recorder.tracks(*kept[-1])
        kept.append(AlertSet(t + 2, (make_alert(t + 2),)))
        recorder.alerts(*kept[-1])
        if k % 20 == 0:
            kept.append(advised_of(t=t + 2))
            recorder.advice(kept[-1])
            kept.append(Act(t + 3, {"act": "acknowledge", "alert": "12-Inner-1", "by": "ops", "n": [1, 2.5]}))
            recorder.act(*kept[-1])
            kept.append(OperationsSet(t + 4, make_operations(k)))
            recorder.operations(*kept[-1])
    return kept


def record_exercise(recorder: Recorder, seconds=5) -> list[ActorSet | TruthSet | FirstPlot | Outcome]:
    """Record the truth of an exercise that begins before the first scan; returns it, in order."""
    rng, begin = np.random.default_rng(3), T0 - 10**9
    drone = Actor(
        id="drone 1", klass="one-way-attack", threat=True, rcs=-7.25, t_begin=begin, t_end=T0 + 10**9,
        arrivals={"Quarters": T0},
    )  # fmt: skip
    guest = Actor(
        id="AFR34ZG", klass="airliner", threat=False, rcs=None, t_begin=begin, t_end=T0, arrivals={}
    )
    kept: list = []
    for k in range(seconds):
        kept.append(ActorSet(begin, (drone, guest)))
        recorder.actors(*kept[-1])
        t = begin + k * 10**9
        kept.append(TruthSet(t, (Truth(t=t, id="drone 1", klass=drone.klass, x=rng.normal(size=6)),)))
        recorder.truth(*kept[-1])
        kept.append(FirstPlot(t=t + 1, id="drone 1", sensor="north-radar"))
        recorder.first_plot(kept[-1])
        kept.append(
            Outcome(
                t=t + 2, advice=f"7-Gun-{k}", track=7, effector="Gun", shots=2, id="drone 1", t_shot=t - 5,
                result=list(Result)[k % 4], kill=float(rng.random()), arrives=T0 if k % 2 else None,
                detail="at 2100 m",
            )
        )  # fmt: skip
        recorder.outcome(kept[-1])
    return kept
