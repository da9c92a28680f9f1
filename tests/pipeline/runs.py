"""Runs of the demo, and the bytes that they leave in a recording."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mcap.reader import make_reader

from vedette.clock import NS
from vedette.pipeline import Exercise, Pipeline, metadata_of, open_demo
from vedette.store import Recorder, encode_alerts, encode_tracks
from vedette.types import Mode, Picture
from vedette.types.acts import Acknowledge

BEGIN = 1_760_000_000 * NS
Shown = tuple[bytes, bytes]


class Seen:
    """A sink that keeps everything."""

    def __init__(self, then: Callable[[Picture], None] = lambda picture: None) -> None:
        self.pictures: list[Picture] = []
        self.closed, self.then = False, then

    def write(self, picture: Picture) -> None:
        self.pictures.append(picture)
        self.then(picture)

    def close(self) -> None:
        self.closed = True


def demo() -> Exercise:
    return open_demo(BEGIN)


def recorded(path: Path, demo: Exercise, **more: str) -> Recorder:
    metadata = metadata_of(demo.site, Mode.DEMO, simulated=demo.simulated, origins=demo.origins(), more=more)
    return Recorder(path, metadata)


def shown(picture: Picture) -> Shown:
    """A picture's tracks and alerts as bytes."""
    return encode_tracks(picture.t, picture.tracks), encode_alerts(picture.t, picture.alerts)


def stored(path: Path, *topics: str) -> list[tuple[str, bytes]]:
    """(topic, bytes) of a recording as another program reads it: the MCAP project's own reader."""
    with path.open("rb") as file:
        messages = make_reader(file).iter_messages(topics=list(topics), log_time_order=False)
        return [(channel.topic, message.data) for _, channel, message in messages]


def drive(pipeline: Pipeline, demo: Exercise, seconds: float, ack_at: float | None = None) -> None:
    """Play the demo; at `ack_at` seconds somebody acknowledges the worst open alert."""
    for scan in demo.scans():
        if scan.t1 > demo.begin + seconds * NS:
            break
        if ack_at is not None and scan.t1 > demo.begin + ack_at * NS and pipeline.picture.alerts:
            worst = pipeline.picture.alerts[0].id
            pipeline.act(Acknowledge(alert=worst, by="Duty officer", note="seen from the tower"))
            ack_at = None
        pipeline.step(scan)
    pipeline.close()
