"""`vedette score`: what a recorded exercise was worth, against its own truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette import clock
from vedette.cli.output import Json, print_figures, print_json, progress, say

if TYPE_CHECKING:
    from vedette.metric.paths import Covered
    from vedette.site import Site
    from vedette.store import Recording
    from vedette.study.score import Scored

CUTOFF = 200.0
SURE = 0.5  # P_D of a radar's look, from which on it should see the target that the site expects


def score(
    recording: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A .mcap file of an exercise.")
    ],
    plots: Annotated[
        Path | None, typer.Option(help="Write pictures (PNG) into this folder.", show_default=False)
    ] = None,
    cutoff: Annotated[
        float, typer.Option(min=1.0, help="m, from which on a track is no answer at all.")
    ] = CUTOFF,
    json: Json = False,
) -> None:
    """Score a recorded exercise against its truth.

    Who was confirmed, who was warned of and how long before arrival, false alerts, accuracy and consistency
    of the tracks; what became of each threat, where every second went, and which delay decided it. The truth
    lies in the recording, on a channel that tracker, page and replay never read.

    \b
    Examples:
      vedette simulate two-drones --seed 3 --out night.mcap && vedette score night.mcap
      vedette score night.mcap --json
      vedette score night.mcap --plots pictures
    """
    from vedette.store import open_recording
    from vedette.study.score import figures

    if plots is not None:
        from vedette.cli.plots import ready

        ready()
    found = open_recording(recording)
    if found.damage:
        say(f"note: {found.damage}")
    scored = scored_recording(found, cutoff, quiet=json)
    report = {**head(found), **figures(scored)}
    if plots is not None:
        from vedette.cli.plots import draw

        for path in draw(scored, report, plots):
            say(f"wrote {path}")
    print_json(report) if json else show(report)


def scored_recording(recording: Recording, cutoff: float, *, quiet: bool) -> Scored:
    """The exercise, read once, with a progress bar."""
    from vedette.pipeline import site_of
    from vedette.study.score import score_recording
    from vedette.study.timelines import Means

    begin, end = recording.t_begin, recording.t_end
    site = site_of(recording)
    with progress("reading", (end - begin) / clock.NS, quiet=quiet) as advance:
        return score_recording(
            recording,
            cutoff=cutoff,
            covered=covered_at(site),
            rules=[zone.name for zone in site.zones],
            means=Means(effectors=site.effectors, least_kill=site.advice.least_kill),
            progress=lambda t: advance((t - begin) / clock.NS),
        )


def covered_at(site: Site) -> Covered:
    """Whether a radar of the site should see the target that it expects, at (R, 6) true states."""
    import numpy as np

    from vedette.sensor import DirectionSensor

    watching = [s for s in site.sensors.values() if s.looks and not isinstance(s, DirectionSensor)]

    def covered(x: Any) -> Any:
        if not len(x) or not watching:
            return np.zeros(len(x), bool)
        return np.max([s.detection_probability(x[:, :3]) for s in watching], axis=0) >= SURE

    return covered


def head(recording: Recording) -> dict[str, Any]:
    """What was scored."""
    return {
        "recording": str(recording.path),
        "scenario": recording.metadata.get("scenario"),
        "seed": recording.metadata.get("seed"),
        "begin": clock.iso(recording.t_begin),
        "damage": recording.damage,
    }


def show_rules(rules: dict[str, Any]) -> None:
    """A line for every rule that has raised an alert."""
    if not rules:
        return
    width = max(map(len, rules)) + 2
    print(f"{'rule':<{width}}{'alerts':>8}{'per hour':>10}{'false':>7}{'missed':>8}{'late':>6}")
    for name, one in rules.items():
        counts = f"{one['false']:>7}{len(one['missed']):>8}{len(one['late']):>6}"
        print(f"{name:<{width}}{one['alerts']:>8}{one['alerts_per_h']:>10.1f}{counts}")
    print()


def show(report: dict[str, Any]) -> None:
    """The figures for a person, and a line for everybody who took part."""
    people = report["platforms"]
    apart = ("platforms", "warning_time_s", "rules", "timelines")
    print_figures({k: v for k, v in report.items() if k not in apart and v != ""})
    print()
    show_rules(report["rules"])
    columns = ("confirmed_after_s", "alert_after_s", "warning_time_s")
    width = max((len(name) for name in people), default=4) + 2
    print(f"{'':<{width}}{'class':<16}{'dBsm':>7}" + "".join(f"{c.removesuffix('_s'):>17}" for c in columns))
    for name, one in people.items():
        rcs = "" if one["rcs_dbsm"] is None else f"{one['rcs_dbsm']:.1f}"
        times = "".join(f"{'-' if one[c] is None else format(one[c], '.0f') + ' s':>17}" for c in columns)
        print(f"{name:<{width}}{one['class']:<16}{rcs:>7}{times}")
    show_timelines(report["timelines"])


def show_timelines(lines: dict[str, Any]) -> None:
    """For every threat what became of it, the seconds of each stage, and what decided it."""
    if not lines:
        return
    stages = list(dict.fromkeys(stage for one in lines.values() for stage in one["stages_s"]))
    width = max(map(len, lines)) + 2
    print(f"\n{'seconds':<{width}}{'outcome':<11}" + "".join(f"{stage:>11}" for stage in stages))
    for name, one in lines.items():
        spent = (one["stages_s"].get(stage) for stage in stages)
        cells = "".join(f"{'-' if s is None else format(s, '.1f'):>11}" for s in spent)
        print(f"{name:<{width}}{one['outcome']:<11}{cells}")
        why = f"; got through: {one['cause']}" if one["cause"] is not None else ""
        print(f"{'':<{width}}binding delay: {one['binding']}{why}")
