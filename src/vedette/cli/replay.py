"""`vedette replay`: a recording on the screen, or its figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette import clock
from vedette.cli.output import Json, print_figures, print_json, progress, say
from vedette.cli.screen import PORT, NoBrowser, Port, Speed, show

if TYPE_CHECKING:
    from vedette.pipeline import Pipeline
    from vedette.store import Recording


def replay(
    recording: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A .mcap file.")],
    port: Port = PORT,
    no_browser: NoBrowser = False,
    speed: Speed = 1.0,
    site: Annotated[
        Path | None, typer.Option(help="Use this site file, not the recorded one.", show_default=False)
    ] = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="No page: run at full speed, print figures.")
    ] = False,
    json: Json = False,
) -> None:
    """Replay a recording through the same tracker.

    On the page it can be paused, sought and speeded up. Headless, it is played as fast as possible and the
    figures are printed; with the recorded site file they are those of the recorded run.

    \b
    Examples:
      vedette replay recordings/last-night.mcap
      vedette replay last-night.mcap --speed 10
      vedette replay last-night.mcap --headless --json
    """
    from vedette.store import open_recording

    found = open_recording(recording)
    if found.damage:
        say(f"note: {found.damage}")
    pipeline = pipeline_for(found, site)
    if headless:
        figures = replay_fast(found, pipeline, quiet=json)
        print_json(figures) if json else print_figures(figures)
        return
    from vedette.pipeline import ReplayDesk

    show(ReplayDesk(pipeline, found, clock.steady(), speed=speed), port, browser=not no_browser)


def pipeline_for(recording: Recording, site: Path | None) -> Pipeline:
    """A pipeline for the recorded site, or for another one."""
    from vedette.pipeline import Pipeline, origins_of, site_of
    from vedette.site import load_site
    from vedette.types import Mode

    place = site_of(recording) if site is None else load_site(site)
    return Pipeline(place, mode=Mode.REPLAY, origins=origins_of(recording))


def replay_fast(recording: Recording, pipeline: Pipeline, *, quiet: bool) -> dict[str, Any]:
    from vedette.pipeline import entries, run_fast

    begin, end = recording.t_begin, recording.t_end
    with progress("replaying", (end - begin) / clock.NS, quiet=quiet) as advance:
        scans = run_fast(pipeline, entries(recording), progress=lambda t, _: advance((t - begin) / clock.NS))
    pipeline.close()
    return {
        "recording": str(recording.path),
        "begin": clock.iso(begin),
        "end": clock.iso(end),
        "damage": recording.damage,
        "scans": scans,
        "detections": pipeline.tracker.counters["detections"],
        "confirmed_tracks": pipeline.tracker.counters["tracks_confirmed"],
        "alerts": pipeline.assessor.counters["raised"],
        "counters": dict(sorted(pipeline.picture.counters.items())),
    }
