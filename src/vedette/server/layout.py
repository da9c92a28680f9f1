"""What stays the same while a page is open: the binary layout and the site."""

from __future__ import annotations

from vedette.advise.effector import Effector
from vedette.assess import AssetConfig, PostureConfig, Rule
from vedette.geo import Circle, Corridor, LocalFrame, on_ground
from vedette.sensor import Sensor
from vedette.server import frame
from vedette.server.desk import Desk
from vedette.server.messages import (
    AccountMessage,
    AssetMessage,
    EffectorMessage,
    HelloMessage,
    LevelMessage,
    PlaceMessage,
    SiteMessage,
    ZoneMessage,
)
from vedette.types import Mode, Person
from vedette.units import DEGREE


def hello(desk: Desk, mode: Mode, person: Person | None = None) -> HelloMessage:
    """The first message to a page; `person` is who has signed in there."""
    return HelloMessage(
        record=frame.layout(),
        record_size=frame.RECORD.itemsize,
        header_size=frame.HEADER.itemsize,
        site=site(desk),
        mode=mode.value,
        account=None if person is None else AccountMessage(name=person.name, role=person.role.value),
    )


def site(desk: Desk) -> SiteMessage:
    """The site in degrees and metres, with the rules as they stand."""
    defended = desk.site
    place = defended.frame
    return SiteMessage(
        name=defended.name,
        fictional=defended.fictional,
        latitude=place.latitude / DEGREE,
        longitude=place.longitude / DEGREE,
        height=place.height,
        assets=[asset(each, place) for each in defended.assets],
        zones=[zone(rule, place) for rule in desk.rules()],
        postures=[level(each) for each in desk.levels()],
        sensors=[sensor(each) for each in defended.sensors.values()],
        effectors=[effector(each, place) for each in defended.effectors.values()],
        rings=list(defended.rings),
    )


def asset(config: AssetConfig, place: LocalFrame) -> AssetMessage:
    """A protected asset."""
    latitude, longitude, _ = config.geodetic(place)
    return AssetMessage(
        name=config.name, latitude=latitude / DEGREE, longitude=longitude / DEGREE, radius=config.radius
    )


def level(config: PostureConfig) -> LevelMessage:
    """A level of readiness."""
    return LevelMessage(name=config.name, rank=config.rank, meaning=config.meaning)


def zone(rule: Rule, place: LocalFrame) -> ZoneMessage:
    """A protected zone and its rule; a circle also says its centre and radius, a corridor its line."""
    config, area = rule.config, rule.zone.area
    circle = area if isinstance(area, Circle) else None
    return ZoneMessage(
        name=config.name,
        severity=config.severity.value,
        floor=config.floor,
        ceiling=config.ceiling,
        polygon=on_ground(area.corners(), place),
        center=on_ground(circle.center[None], place)[0] if circle else None,
        radius=circle.radius if circle else None,
        corridor=on_ground(area.points, place) if isinstance(area, Corridor) else None,
        width=config.width,
        source=rule.source,
        on=rule.on,
        datum=config.datum.value,
        klass=dict(config.klass),
        speed_from=config.speed_from,
        speed_to=config.speed_to,
        hours=config.hours,
        time_zone=config.time_zone,
        existence=config.existence,
        probability=config.probability,
        clear=config.clear,
        within_s=config.within_s,
        confirm_s=config.confirm_s,
        remind_s=config.remind_s,
        expire_s=config.expire_s,
        clears=config.clears,
    )


def sensor(each: Sensor) -> PlaceMessage:
    """Where a sensor stands and how far it can see."""
    latitude, longitude, height = each.geodetic
    return PlaceMessage(
        name=each.name,
        kind=each.kind,
        latitude=latitude / DEGREE,
        longitude=longitude / DEGREE,
        height=height,
        range=each.range_max,
    )


def effector(each: Effector, place: LocalFrame) -> EffectorMessage:
    """Where an effector stands, and what it could reach."""
    config = each.config
    latitude, longitude, height = (float(x) for x in place.to_geodetic(each.position))
    return EffectorMessage(
        name=each.name,
        kind=each.kind.value,
        latitude=latitude / DEGREE,
        longitude=longitude / DEGREE,
        height_m=height,
        range_min_m=config.range_min,
        range_max_m=config.range_max,
        height_min_m=config.height_min,
        height_max_m=config.height_max,
        sector=config.sector,
        no_fire=[on_ground(corners, place) for corners in each.no_fire],
        notional=config.notional,
    )
