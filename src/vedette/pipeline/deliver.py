"""From the alerts of a pipeline to the people and programs that its site names in `[[notify]]`."""

from __future__ import annotations

from pathlib import Path

from vedette.config import make_folder
from vedette.errors import ConfigError
from vedette.geo import Circle, on_ground
from vedette.pipeline.loop import Pipeline
from vedette.pipeline.play import Clock
from vedette.publish import Courier, Office, WarnedArea
from vedette.site import Site
from vedette.types import Mode

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
    area, frame = rule.zone.area, pipeline.site.frame
    if isinstance(area, Circle):
        (center,) = on_ground(area.center[None, :], frame)
        return WarnedArea(name=zone, center=center, radius=area.radius)
    return WarnedArea(name=zone, polygon=tuple(on_ground(area.corners(), frame)))


def _outbox(site: Site) -> Path | str:
    """A file where recordings go; a site that keeps nothing keeps no letters either."""
    if site.record is None:
        return ":memory:"
    folder = site.path.parent / site.record.folder
    make_folder(folder, "record.folder")
    return folder / OUTBOX
