"""From the alerts of a pipeline to the people and programs that its site names in `[[notify]]`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vedette.errors import ConfigError
from vedette.geo import Circle
from vedette.pipeline.loop import Pipeline
from vedette.pipeline.play import Clock
from vedette.publish import Courier, Office, WarnedArea
from vedette.site import Site
from vedette.types import Array, Mode
from vedette.units import DEGREE

OUTBOX = "outbox.sqlite"  # beside the recordings


def deliver(pipeline: Pipeline, clock: Clock) -> Courier | None:
    """Let a courier carry the pipeline's alerts; None when its site names no channel, or it plays the past.

    Only a live run warns for real. Exercises use the channels that say so, with every message marked, and
    keep no letters; what is replayed has been told long ago. Raises ConfigError for a channel that cannot
    work.
    """
    site = pipeline.site
    if not site.notify or pipeline.mode is Mode.REPLAY:
        return None
    exercise = pipeline.mode is not Mode.LIVE
    office = Office(
        site=site.name,
        folder=site.path.parent,
        exercise=exercise,
        area_of=lambda zone: warned_area(pipeline, zone),
    )
    outbox = ":memory:" if exercise else _outbox(site)
    try:
        courier = Courier(site.notify, office, clock, outbox=outbox)
    except ConfigError as error:
        raise ConfigError(str(error), where=str(site.path)) from None
    pipeline.courier = courier
    pipeline.sinks.append(courier)
    pipeline.stages["delivery"] = courier
    return courier


def warned_area(pipeline: Pipeline, zone: str) -> WarnedArea | None:
    """The ground of a rule of the site or of an operator, in degrees; None when there is no such rule."""
    rule = next((rule for rule in pipeline.assessor.rules if rule.name == zone), None)
    if rule is None:
        return None
    area = rule.zone.area
    if isinstance(area, Circle):
        (center,) = _degrees(pipeline.site, area.center[None, :])
        return WarnedArea(name=zone, center=center, radius=area.radius)
    return WarnedArea(name=zone, polygon=_degrees(pipeline.site, area.corners()))


def _degrees(site: Site, ground: Array) -> tuple[tuple[float, float], ...]:
    """(K, 2) east, north at the site's level → (latitude, longitude) in degrees."""
    level = np.column_stack([ground, np.zeros(len(ground))])
    geodetic = site.frame.to_geodetic(level) / DEGREE
    return tuple((float(latitude), float(longitude)) for latitude, longitude in geodetic[:, :2])


def _outbox(site: Site) -> Path | str:
    """A file where recordings go; a site that keeps nothing keeps no letters either."""
    if site.record is None:
        return ":memory:"
    folder = site.path.parent / site.record.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"The folder {folder} cannot be made ({error.strerror}); name another one.", key="record.folder"
        ) from None
    return folder / OUTBOX
