"""From the core types to the messages of the wire: units and field names change here, and only here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields

from vedette.clock import seconds
from vedette.geo import LocalFrame
from vedette.server.kinematics import Kinematics, kinematics
from vedette.server.messages import (
    AlertMessage,
    BiasMessage,
    DetailsMessage,
    FactMessage,
    ReplayMessage,
    SensorMessage,
    StatusMessage,
    StepMessage,
    TrackMessage,
)
from vedette.types import (
    Alert,
    Bias,
    FeedState,
    Mode,
    Picture,
    ReplayState,
    SensorHealth,
    Status,
    Track,
)


def signature(picture: Picture) -> object:
    """What a page must learn of at once; two pictures with the same signature differ only in numbers."""
    return (
        picture.mode,
        tuple((alert.id, alert.state, alert.severity) for alert in picture.alerts),
        tuple((sensor.sensor, sensor.state, sensor.detail) for sensor in picture.sensors),
        picture.replay and (picture.replay.playing, picture.replay.speed),
    )


def status(picture: Picture, now: int) -> StatusMessage:
    """The state of everything at data time; ages are counted up to `now`."""
    count = [track.status for track in picture.tracks]
    return StatusMessage(
        t=str(picture.t),
        t_s=seconds(picture.t),
        mode=picture.mode.value,
        feed_lost=feed_lost(picture),
        sensors=[sensor(health, now) for health in picture.sensors],
        counters=dict(picture.counters),
        replay=replay(picture.replay),
        alerts=alerts(picture),
        tracks=count.count(Status.CONFIRMED) + count.count(Status.COASTING),
        tentative=count.count(Status.TENTATIVE),
    )


def feed_lost(picture: Picture) -> bool:
    """No feed is up. A replay has none to lose: it shows what was."""
    return picture.mode is not Mode.REPLAY and all(s.state is not FeedState.UP for s in picture.sensors)


def sensor(health: SensorHealth, now: int) -> SensorMessage:
    """One feed; its age cannot be negative, though its clock may be ahead of ours."""
    age = None if health.t_last is None else max(0.0, seconds(now - health.t_last))
    return SensorMessage(
        sensor=health.sensor,
        kind=health.kind,
        state=health.state.value,
        age_s=age,
        rate=health.rate,
        detections=health.detections,
        counters=dict(health.counters),
        detail=health.detail,
        origin=health.origin,
        bias=None if health.bias is None else bias(health.bias),
    )


def bias(b: Bias) -> BiasMessage:
    return BiasMessage(
        range_m=b.range_m,
        range_sigma_m=b.range_sigma,
        azimuth_deg=math.degrees(b.azimuth),
        azimuth_sigma_deg=math.degrees(b.azimuth_sigma),
        elevation_deg=math.degrees(b.elevation),
        elevation_sigma_deg=math.degrees(b.elevation_sigma),
        time_s=b.time_s,
        time_sigma_s=b.time_sigma,
        pairs=b.pairs,
        relative_to=b.relative_to,
    )


def alerts(picture: Picture) -> list[AlertMessage]:
    """In the order of the assessment: open before closed, worst first."""
    return [alert(each) for each in picture.alerts]


def alert(a: Alert) -> AlertMessage:
    e = a.evidence
    return AlertMessage(
        id=a.id,
        track=a.track,
        zone=a.zone,
        rule=a.rule,
        severity=a.severity.value,
        state=a.state.value,
        t_raised_s=seconds(a.t_raised),
        time_to_go_s=finite(e.time_to_go_s),
        time_to_go_low_s=finite(e.time_to_go_low_s),
        time_to_go_high_s=finite(e.time_to_go_high_s),
        probability=finite(e.probability),
        distance_m=finite(e.distance_m),
        closest_approach_m=finite(e.closest_approach_m),
        speed_mps=finite(e.speed_mps),
        height_m=finite(e.height_m),
        existence=finite(e.existence),
        sensors=list(e.sensors),
        sentence=e.sentence,
        history=[StepMessage(state=s.state.value, t_s=seconds(s.t), by=s.by, note=s.note) for s in a.history],
    )


def replay(state: ReplayState | None) -> ReplayMessage | None:
    if state is None:
        return None
    return ReplayMessage(
        t_begin_s=seconds(state.t_begin),
        t_end_s=seconds(state.t_end),
        playing=state.playing,
        speed=state.speed,
        marks_s=[seconds(t) for t in state.marks],
    )


def details(track: Track, frame: LocalFrame, t: int) -> DetailsMessage:
    """Everything known about one track at data time t."""
    (message,) = tracks([track], frame, t)
    return DetailsMessage(**{field.name: getattr(message, field.name) for field in fields(message)})


def tracks(chosen: Sequence[Track], frame: LocalFrame, t: int) -> list[TrackMessage]:
    """The same for many, in the order given."""
    k = kinematics(chosen, frame)
    return [track_message(track, k, i, t) for i, track in enumerate(chosen)]


def track_message(track: Track, k: Kinematics, i: int, t: int) -> TrackMessage:
    """`i` is the track's place in the kinematics `k`."""
    east, north = track.estimate.x[:2]
    return TrackMessage(
        id=track.id,
        status=track.status.name.lower(),
        existence=track.existence,
        identity={
            fact: FactMessage(value=claim.value, source=claim.source, age_s=seconds(t - claim.t))
            for fact, claim in track.identity.items()
        },
        klass=dict(track.klass),
        contributors={sensor_: seconds(t - last) for sensor_, last in track.contributors.items()},
        t_born_s=seconds(track.t_born),
        t_updated_s=seconds(track.t_updated),
        hits=track.hits,
        latitude=float(k.latitude[i]),
        longitude=float(k.longitude[i]),
        height_m=float(k.height[i]),
        speed_mps=float(k.speed[i]),
        course_deg=float(k.course[i]),
        climb_mps=float(k.climb[i]),
        sigma_major_m=float(k.sigma_major[i]),
        sigma_minor_m=float(k.sigma_minor[i]),
        sigma_up_m=float(k.sigma_up[i]),
        range_m=math.hypot(east, north),
        bearing_deg=math.degrees(math.atan2(east, north)) % 360.0,
    )


def finite(number: float) -> float | None:
    """JSON has no infinity: a number that is not finite is null."""
    return number if math.isfinite(number) else None
