"""`vedette decode`: what is in a file of sensor bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette import clock
from vedette.cli.output import Json, print_figures, print_json, progress, shown

if TYPE_CHECKING:
    from vedette.types import Detection


def decode(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Bytes as a sensor sent them.")],
    wire: Annotated[
        str, typer.Option("--format", help="Wire format; guessed from the bytes when not given.")
    ] = "",
    show: Annotated[int, typer.Option(min=0, help="How many detections to show.")] = 10,
    json: Json = False,
) -> None:
    """Say what is in a file of sensor bytes.

    Prints how many reports there are, what was dropped and why, and the first detections. Knows the
    formats of live feeds, captures of UDP datagrams (pcap) and recorded streams with their times.
    Reports that carry only a time of day are dated near the file's own date. Exits with 1 when nothing
    could be decoded.

    \b
    Examples:
      vedette decode capture.pcap
      vedette decode beast.bin --format beast --show 3
      vedette decode radar.ast --json
    """
    found = read(file, wire, show, quiet=json)
    if json:
        print_json(found.figures())
    else:
        found.print()
    raise typer.Exit(0 if found.detections else 1)


@dataclass
class Decoded:
    """What a file held."""

    file: Path
    format: str
    origin: str
    counters: Mapping[str, int] = field(default_factory=dict)
    detections: int = 0
    t_first: int | None = None
    t_last: int | None = None
    targets: set[str] = field(default_factory=set)
    shown: list[Detection] = field(default_factory=list)

    def take(self, detection: Detection, show: int) -> None:
        self.detections += 1
        self.t_first = detection.t if self.t_first is None else min(self.t_first, detection.t)
        self.t_last = detection.t if self.t_last is None else max(self.t_last, detection.t)
        name = detection.claims.get("icao24") or detection.claims.get("track_number")
        if name is not None:
            self.targets.add(str(name))
        if len(self.shown) < show:
            self.shown.append(detection)

    def figures(self) -> dict[str, Any]:
        return {
            "file": str(self.file),
            "format": self.format,
            "origin": self.origin,
            "bytes": self.file.stat().st_size,
            "detections": self.detections,
            "targets": len(self.targets),
            "first": None if self.t_first is None else clock.iso(self.t_first),
            "last": None if self.t_last is None else clock.iso(self.t_last),
            "counters": dict(sorted(self.counters.items())),
            "shown": [described(detection) for detection in self.shown],
        }

    def print(self) -> None:
        figures = self.figures()
        del figures["shown"]
        print_figures(figures)
        for detection in self.shown:
            print("  " + in_words(detection))


def read(file: Path, name: str, show: int, *, quiet: bool) -> Decoded:
    """Decode the whole file. Raises FeedError when its format is unknown."""
    from vedette.feed import decode_file
    from vedette.types import Detection

    decoding = decode_file(file, name or None, sensor=file.stem)
    found = Decoded(file, decoding.format, decoding.origin)
    with progress(f"decoding {file.name}", None, quiet=quiet):
        for report in decoding:
            if isinstance(report, Detection):
                found.take(report, show)
    found.counters = dict(decoding.counters)
    return found


def described(detection: Detection) -> dict[str, Any]:
    """A detection as JSON: SI and radians, as inside."""
    return {
        "t": clock.iso(detection.t),
        "sensor": detection.sensor,
        "kind": detection.kind,
        "z": detection.z.tolist(),
        "sigma": (detection.R.diagonal() ** 0.5).tolist(),
        "claims": dict(detection.claims),
    }


def in_words(detection: Detection) -> str:
    """A detection as a line for a person, in degrees."""
    from vedette.types import Kind
    from vedette.units import DEGREE

    z = detection.z
    if detection.kind in (Kind.GEODETIC, Kind.GEODETIC_VELOCITY):
        place = f"{z[0] / DEGREE:10.5f}° {z[1] / DEGREE:10.5f}° {z[2]:7.0f} m"
    elif detection.kind in (Kind.AZ, Kind.AZ_EL):
        place = f"azimuth {z[0] / DEGREE:7.3f}°"
    else:
        place = f"range {z[0]:9.0f} m, azimuth {z[1] / DEGREE:7.3f}°"
    claims = ", ".join(f"{key} {shown(value)}" for key, value in detection.claims.items())
    return f"{clock.iso(detection.t)}  {place}  {claims}"
