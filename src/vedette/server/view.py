"""From the core types to the messages of the wire: units and field names change here, and only here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from vedette.clock import seconds
from vedette.geo import LocalFrame
from vedette.server import advice, nature
from vedette.server.kinematics import Kinematics, kinematics
from vedette.server.messages import (
    AlertMessage,
    BearingMessage,
    BiasMessage,
    DeliveryMessage,
    DetailsMessage,
    FactMessage,
    PostureMessage,
    RaisedMessage,
    ReplayMessage,
    SensorMessage,
    StatusMessage,
    StepMessage,
    TrackMessage,
)
from vedette.server.outlook import outlooks
from vedette.site import Site
from vedette.types import (
    Alert,
    Array,
    Bearing,
    Bias,
    Delivery,
    Evidence,
    FeedState,
    Mode,
    Picture,
    Posture,
    ReplayState,
    SensorHealth,
    Status,
    Track,
)


def signature(picture: Picture) -> object:
    """What a page must learn of at once; two pictures with the same signature differ only in numbers."""
    return (
        picture.mode,
        tuple((alert.id, alert.history[-1], alert.severity, alert.track) for alert in picture.alerts),
        picture.posture,
        picture.rules,
        tuple((sensor.sensor, sensor.state, sensor.detail) for sensor in picture.sensors),
        picture.replay and (picture.replay.playing, picture.replay.speed),
        advice.signature(picture.advised),
        picture.log_trouble,
    )


def status(picture: Picture, now: int, site: Site, deliveries: Sequence[Delivery] = ()) -> StatusMessage:
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
        deliveries=[delivery(each) for each in deliveries],
        tracks=count.count(Status.CONFIRMED) + count.count(Status.COASTING),
        tentative=count.count(Status.TENTATIVE),
        posture=posture(picture.posture),
        rules=picture.rules,
        bearings=[bearing(each) for each in picture.bearings],
        outlook=outlooks(picture),
        advice=advice.advised(picture.advised, site.frame),
        log_trouble=picture.log_trouble,
    )


def posture(state: Posture | None) -> PostureMessage | None:
    """The level of readiness; no time while nobody has set it."""
    if state is None:
        return None
    return PostureMessage(
        level=state.level,
        rank=state.rank,
        by=state.by,
        t_s=seconds(state.t) if state.by else None,
        note=state.note,
    )


def bearing(b: Bearing) -> BearingMessage:
    """Where something is heard and not placed."""
    return BearingMessage(
        sensor=b.sensor,
        bearing_deg=math.degrees(b.azimuth) % 360.0,
        elevation_deg=None if b.elevation is None else math.degrees(b.elevation),
        sigma_deg=math.degrees(b.sigma),
        existence=b.existence,
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
    e, arrival = a.evidence, a.arrival
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
        history=[
            StepMessage(state=s.state.value, t_s=seconds(s.t), by=s.by, note=s.note, to=s.to)
            for s in a.history
        ],
        inside=finite(e.inside),
        t_evidence_s=seconds(e.t),
        raised=raised(a.raised or e),
        asset=arrival.asset if arrival else "",
        warning_left_s=finite(arrival.after_s) if arrival else None,
        warning_left_low_s=finite(arrival.low_s) if arrival else None,
        warning_left_high_s=finite(arrival.high_s) if arrival else None,
        assigned_to=a.assigned_to,
        would_change=list(a.would_change),
        ignored=a.ignored,
        restored=a.restored,
    )


def raised(e: Evidence) -> RaisedMessage:
    """What an alert rested on when it was raised."""
    return RaisedMessage(
        time_to_go_s=finite(e.time_to_go_s),
        time_to_go_low_s=finite(e.time_to_go_low_s),
        time_to_go_high_s=finite(e.time_to_go_high_s),
        probability=finite(e.probability),
        inside=finite(e.inside),
        distance_m=finite(e.distance_m),
        speed_mps=finite(e.speed_mps),
        height_m=finite(e.height_m),
        existence=finite(e.existence),
        sensors=list(e.sensors),
        sentence=e.sentence,
    )


def delivery(d: Delivery) -> DeliveryMessage:
    return DeliveryMessage(
        channel=d.channel,
        kind=d.kind,
        state=d.state.value,
        last_s=None if d.t_last is None else seconds(d.t_last),
        waiting=d.waiting,
        sent=d.sent,
        failed=d.failed,
        detail=d.detail,
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
        density=list(state.density),
    )


def details(track: Track, site: Site, t: int) -> DetailsMessage:
    """Everything known about one track at data time t."""
    (message,) = tracks([track], site, t)
    return DetailsMessage(**{field.name: getattr(message, field.name) for field in fields(message)})


def tracks(chosen: Sequence[Track], site: Site, t: int) -> list[TrackMessage]:
    """The same for many, in the order given."""
    k = kinematics(chosen, site.frame)
    above = above_ground(k, site)
    return [track_message(track, k, i, t, site.frame, float(above[i])) for i, track in enumerate(chosen)]


def above_ground(k: Kinematics, site: Site) -> Array:
    """(N,) height above the ground, NaN where its height is not known."""
    if site.terrain is None:
        return np.full(len(k.height), np.nan)
    place = np.column_stack([np.radians(k.latitude), np.radians(k.longitude), k.height])
    return np.asarray(k.height - site.terrain.ground(site.frame.from_geodetic(place)))


def track_message(
    track: Track, k: Kinematics, i: int, t: int, frame: LocalFrame, above: float
) -> TrackMessage:
    """`i` is the track's place in the kinematics `k`, `above` its height above the ground."""
    east, north = track.estimate.x[:2]
    flown_from, distance = nature.operator(track), None
    if flown_from is not None:
        x, y, _ = frame.from_geodetic((*flown_from, frame.height))
        distance = math.hypot(east - x, north - y)
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
        height_msl_m=finite(float(k.height[i] - k.undulation[i])),
        height_agl_m=finite(above),
        affiliation=nature.affiliation(track),
        operator=None if flown_from is None else (math.degrees(flown_from[0]), math.degrees(flown_from[1])),
        operator_range_m=distance,
    )


def finite(number: float) -> float | None:
    """JSON has no infinity: a number that is not finite is null."""
    return number if math.isfinite(number) else None
