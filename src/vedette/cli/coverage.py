"""`vedette coverage`: how low a site's sensors see, as a picture, a map for other programs, or figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette.cli.output import Json, print_figures, print_json, progress, say
from vedette.errors import ConfigError

if TYPE_CHECKING:
    from vedette.sensor import Coverage, Layer

FUSED = "fused"


def coverage(
    site: Annotated[Path, typer.Argument(help="The site file.")],
    out: Annotated[
        Path | None, typer.Option(help="Write the map here: .png, .tif (GeoTIFF) or .json.")
    ] = None,
    layer: Annotated[str, typer.Option(help="Whose map: a sensor's name, or all together.")] = FUSED,
    without: Annotated[
        list[str] | None, typer.Option(help="As if this sensor had failed; may be given several times.")
    ] = None,
    ceiling: Annotated[
        float, typer.Option(min=10.0, max=20_000.0, help="Ask no higher, m above ground.")
    ] = 3_000.0,
    extent: Annotated[
        float | None, typer.Option(min=100.0, max=500_000.0, help="Half the side of the map, m.")
    ] = None,
    cells: Annotated[int, typer.Option(min=11, max=1_001, help="Cells per side.")] = 201,
    probability: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Of a report per look, from which on it counts as seen.")
    ] = 0.5,
    json: Json = False,
) -> None:
    """Say how low a site sees: the lowest visible altitude, per sensor and of all together.

    Prints which part of the map is seen at or below 60, 100 and 300 m above the ground, which is hidden,
    out of reach, or not known because the terrain has no data there. With the [terrain] table of the site
    file hills hide what is behind them; without it the ground is smooth.

    \b
    Examples:
      vedette coverage site.toml
      vedette coverage site.toml --out coverage.png
      vedette coverage site.toml --without "North radar" --json
      vedette coverage site.toml --layer "North radar" --out north.tif
    """
    from vedette.sensor import cover
    from vedette.site import load_site

    loaded = load_site(site)
    failed = set(without or ())
    check(set(loaded.sensors), {layer} - {FUSED}, failed)
    if out is not None and out.suffix not in WRITERS:
        raise ConfigError(f"'{out.name}' should end in {', '.join(WRITERS)}; that says what is written.")
    for warning in loaded.warnings():
        say(f"note: {warning}")
    with progress("looking around", None, quiet=json):
        made = cover(
            loaded.sensors, loaded.frame, loaded.terrain,
            extent=extent, cells=cells, ceiling=ceiling, probability=probability,
        )  # fmt: skip
    working = frozenset(loaded.sensors) - failed
    if out is not None:
        chosen = made.fused(working) if layer == FUSED else made.layers[layer]
        write(out, made, layer, chosen, working)
        say(f"wrote {out}")
    report = figures(made, working)
    print_json(report) if json else print_figures(report)


def check(known: set[str], layer: set[str], failed: set[str]) -> None:
    """Every sensor that was named is one of the site."""
    for name in sorted((layer | failed) - known):
        raise ConfigError(f"There is no sensor '{name}'; the site has {', '.join(sorted(known))}.")


def figures(made: Coverage, working: frozenset[str]) -> dict[str, Any]:
    """What is printed."""
    from vedette.sensor import shares

    watching = made.watching()
    return {
        "extent_m": made.chart.step * (len(made.chart.ground) - 1) / 2.0,
        "cells": len(made.chart.ground),
        "ceiling_m": made.ceiling,
        "terrain": made.terrain,
        "fused_from": sorted(watching & working),
        "hear_only": sorted(set(made.kinds) - watching),
        "fused": shares(made.fused(working)),
        "sensors": {name: shares(layer) for name, layer in made.layers.items()},
    }


def write(out: Path, made: Coverage, name: str, layer: Layer, working: frozenset[str]) -> None:
    """The layer in the form that the file's ending says. Raises ConfigError for a place that refuses it."""
    try:
        out.write_bytes(WRITERS[out.suffix](made, name, layer, working))
    except OSError as error:
        raise ConfigError(f"{out} cannot be written ({error.strerror}); name another place.") from None


def as_json(made: Coverage, name: str, layer: Layer, working: frozenset[str]) -> bytes:
    from vedette.server.coverage import message
    from vedette.server.messages import encode

    return encode(message(made, name, layer, "ground", working))


def as_png(made: Coverage, name: str, layer: Layer, working: frozenset[str]) -> bytes:
    from vedette.cli.chart import picture

    return picture(made, layer)


def as_geotiff(made: Coverage, name: str, layer: Layer, working: frozenset[str]) -> bytes:
    from vedette.cli.chart import geotiff

    return geotiff(made, layer)


WRITERS = {".png": as_png, ".tif": as_geotiff, ".json": as_json}
