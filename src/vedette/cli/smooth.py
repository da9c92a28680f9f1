"""`vedette smooth`: the flights of a recording, each moment in the light of what came after, for a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette import clock
from vedette.cli.output import Json, print_figures, print_json, progress, say

if TYPE_CHECKING:
    from vedette.cli.flight_file import Smoothed
    from vedette.site import Site
    from vedette.store import Recording


def smooth(
    recording: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A .mcap file.")],
    out: Annotated[Path, typer.Option(help="Write to this new file: .geojson or .csv.", show_default=False)],
    every: Annotated[
        float, typer.Option(min=0.0, help="Seconds between two points of a path; 0 keeps all.")
    ] = 1.0,
    json: Json = False,
) -> None:
    """Write the smoothed paths of a recording's confirmed tracks, with their uncertainty.

    A live track knows the past; a report may use what came later, too. Each recorded track is smoothed over
    its whole flight with the tracker's own models of motion, and ends with the last report used for it. A
    .csv also holds the track as it was shown live, beside the smoothed one.

    \b
    Examples:
      vedette smooth night.mcap --out night.geojson
      vedette smooth night.mcap --out night.csv --every 0
      vedette smooth night.mcap --out night.csv --json
    """
    from vedette.cli.flight_file import writer_for
    from vedette.pipeline import site_of
    from vedette.store import open_recording

    write = writer_for(out)
    found = open_recording(recording)
    if found.damage:
        say(f"note: {found.damage}")
    site = site_of(found)
    flights = smoothed_flights(found, site, quiet=json)
    points = write(out, flights, site.frame, every)
    figures = figures_of(found, flights, out, points)
    print_json(figures) if json else print_figures(figures)


def smoothed_flights(recording: Recording, site: Site, *, quiet: bool) -> list[Smoothed]:
    """Every confirmed track of the recording, smoothed. RecordingError when there is none."""
    from vedette.cli.flight_file import Smoothed
    from vedette.errors import RecordingError
    from vedette.tracker import Flights, motion_of, smoothed

    begin, end, gathered = recording.t_begin, recording.t_end, Flights()
    with progress("reading tracks", (end - begin) / clock.NS, quiet=quiet) as advance:
        for t, tracks in recording.tracks():
            gathered.add(tracks)
            advance((t - begin) / clock.NS)
    flights = gathered.confirmed()
    if not flights:
        raise RecordingError(
            f"{recording.path} holds no confirmed track, so there is nothing to smooth; "
            f"look at it with: vedette replay {recording.path}"
        )
    motion, done = motion_of(site.tracker), []
    with progress("smoothing", len(flights), quiet=quiet) as advance:
        for number, flight in enumerate(flights):
            done.append(Smoothed(flight, *smoothed(flight, motion)))
            advance(number + 1)
    return done


def figures_of(recording: Recording, flights: list[Smoothed], out: Path, points: int) -> dict[str, Any]:
    """What was written, and how much surer of the position it is than the live track was."""
    import numpy as np

    live = np.concatenate([np.trace(s.flight.P[:, :3, :3], axis1=1, axis2=2) for s in flights])
    after = np.concatenate([np.trace(s.P[:, :3, :3], axis1=1, axis2=2) for s in flights])
    return {
        "recording": str(recording.path),
        "out": str(out),
        "begin": clock.iso(recording.t_begin),
        "end": clock.iso(recording.t_end),
        "damage": recording.damage,
        "tracks": len(flights),
        "points": points,
        "sigma_live_m": float(np.sqrt(live.mean())),
        "sigma_smoothed_m": float(np.sqrt(after.mean())),
    }
