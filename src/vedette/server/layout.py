"""What stays the same while a page is open: the binary layout and the site."""

from __future__ import annotations

import numpy as np

from vedette.assess.config import AssetConfig, ZoneConfig
from vedette.geo import Circle, LocalFrame, Polygon
from vedette.sensor import Sensor
from vedette.server import frame
from vedette.server.messages import (
    AccountMessage,
    AssetMessage,
    HelloMessage,
    PlaceMessage,
    SiteMessage,
    ZoneMessage,
)
from vedette.site import Site
from vedette.types import Array, Mode, Person
from vedette.units import DEGREE


def hello(defended: Site, mode: Mode, person: Person | None = None) -> HelloMessage:
    """The first message to a page; `person` is who has signed in there."""
    return HelloMessage(
        record=frame.layout(),
        record_size=frame.RECORD.itemsize,
        header_size=frame.HEADER.itemsize,
        site=site(defended),
        mode=mode.value,
        account=None if person is None else AccountMessage(name=person.name, role=person.role.value),
    )


def site(defended: Site) -> SiteMessage:
    """The site in degrees and metres."""
    place = defended.frame
    return SiteMessage(
        name=defended.name,
        fictional=defended.fictional,
        latitude=place.latitude / DEGREE,
        longitude=place.longitude / DEGREE,
        height=place.height,
        assets=[asset(each, place) for each in defended.assets],
        zones=[zone(each, defended.areas[each.name], place) for each in defended.zones],
        sensors=[sensor(each) for each in defended.sensors.values()],
        rings=list(defended.rings),
    )


def asset(config: AssetConfig, place: LocalFrame) -> AssetMessage:
    """A protected asset."""
    latitude, longitude, _ = config.geodetic(place)
    return AssetMessage(
        name=config.name, latitude=latitude / DEGREE, longitude=longitude / DEGREE, radius=config.radius
    )


def zone(config: ZoneConfig, area: Circle | Polygon, place: LocalFrame) -> ZoneMessage:
    """A protected zone; a circle also says its centre and radius."""
    circle = area if isinstance(area, Circle) else None
    return ZoneMessage(
        name=config.name,
        severity=config.severity.value,
        floor=config.floor,
        ceiling=config.ceiling,
        polygon=on_ground(area.corners(), place),
        center=on_ground(circle.center[None], place)[0] if circle else None,
        radius=circle.radius if circle else None,
    )


def on_ground(corners: Array, place: LocalFrame) -> list[tuple[float, float]]:
    """(K, 2) east, north → latitude and longitude in degrees."""
    east_north_up = np.column_stack([corners, np.zeros(len(corners))])
    degrees = place.to_geodetic(east_north_up)[:, :2] / DEGREE
    return [(float(latitude), float(longitude)) for latitude, longitude in degrees]


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
