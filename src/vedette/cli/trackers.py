"""`vedette bench tracker` and `vedette bench scale`: the tracker beside others and under load."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from vedette.cli.output import Json, print_figures, print_json, progress

Seed = Annotated[int, typer.Option(min=0, help="Seed of the traffic.")]
Dims = Annotated[int, typer.Option(min=2, max=3, help="Dimensions of the traffic: 2 or 3.")]
Density = Annotated[float, typer.Option(min=0.01, help="Targets per square kilometre.")]


def tracker(
    targets: Annotated[int, typer.Option(min=1, help="How many targets fly at any time.")] = 300,
    against: Annotated[
        str, typer.Option(help="Another tracker: stonesoup-kdgnn, stonesoup-gnn, stonesoup-kdehm2, recipe, …")
    ] = "stonesoup-kdgnn",
    seed: Seed = 1,
    scans: Annotated[int, typer.Option(min=2, help="How many scans, one per second.")] = 60,
    dims: Dims = 2,
    density: Density = 4.0,
    json: Json = False,
) -> None:
    """Run the tracker and another one on the same plots and print speed and accuracy of both.

    Each runs in a process and a thread of its own; only its own call is counted, in processor time, without
    compilation. GOSPA (p = 2, c = 100 m) is the mean over the scans, lower is better. Exit code 2 when the
    other tracker is not installed.

    \b
    Examples:
      vedette bench tracker
      vedette bench tracker --targets 300 --against stonesoup-kdgnn --seed 7 --json
      vedette bench tracker --against recipe --density 16
    """
    from vedette.scenario.traffic import Traffic
    from vedette.study.side_by_side import PeerError, check, measure_apart

    try:
        check(against)
    except PeerError as missing:
        raise typer.BadParameter(str(missing), param_hint="--against") from missing
    traffic = Traffic(targets=targets, seed=seed, scans=scans, dims=dims, density=density)
    with progress(f"vedette, then {against}", None, quiet=json):
        ours, peer = measure_apart("vedette", traffic), measure_apart(against, traffic)
    show({"against": against, **asdict(traffic)}, side_by_side(asdict(ours), asdict(peer)), json)


def side_by_side(ours: dict[str, Any], peer: dict[str, Any]) -> dict[str, Any]:
    """How many times faster, then each figure, ours and the peer's."""
    same = {"name", "targets", "seed", "dims", "density", "scans"}
    pairs = {key: value for name in ours if name not in same for key, value in
             ((name, ours[name]), (f"{name}_peer", peer[name]))}  # fmt: skip
    return {"ratio": peer["ms_per_scan"] / ours["ms_per_scan"], **pairs}


def scale(
    targets: Annotated[int, typer.Option(min=1, help="How many targets fly at any time.")] = 10_000,
    seed: Seed = 1,
    scans: Annotated[int, typer.Option(min=2, help="How many scans, one per second.")] = 20,
    dims: Dims = 3,
    density: Density = 4.0,
    json: Json = False,
) -> None:
    """Run the tracker as a site runs it, with three ways of moving, on as many targets as asked for.

    Prints processor time per scan, without compilation, and the process's memory at its highest.

    \b
    Examples:
      vedette bench scale
      vedette bench scale --targets 100000 --scans 10 --json
    """
    from vedette.scenario.traffic import Traffic
    from vedette.study.side_by_side import measure_apart

    traffic = Traffic(targets=targets, seed=seed, scans=scans, dims=dims, density=density)
    with progress(f"{targets} targets", None, quiet=json):
        figures = measure_apart("vedette-imm", traffic)
    show(asdict(traffic), {k: v for k, v in asdict(figures).items() if k != "name"}, json)


def show(setting: dict[str, Any], figures: dict[str, Any], json: bool) -> None:
    """Figures first, then what they were measured on."""
    result = figures | {name: value for name, value in setting.items() if name not in figures}
    print_json(result) if json else print_figures(result)
