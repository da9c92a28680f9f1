"""`vedette certificate`: the certificates of a closed network, made here and signed by its own authority."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Annotated

import typer

from vedette import clock

app = typer.Typer(no_args_is_help=True, help="Certificates of a closed network.")
AUTHORITY = "authority"
Folder = Annotated[Path, typer.Option("--folder", help="Of the authority's files and the new ones.")]
FOLDER = Path("certificates")
Days = Annotated[int, typer.Option("--days", min=1, max=3650, help="How long it holds.")]


@app.command()
def authority(
    site: Annotated[str, typer.Argument(help="The site's name.")],
    folder: Folder = FOLDER,
    days: Days = 3650,
) -> None:
    """Make the authority that signs this site's certificates.

    Give authority.pem to browsers and sensors, to trust. Keep authority.key where nobody reaches it: whoever
    has it can make himself any sensor and any server.

    \b
    Examples:
      vedette certificate authority "Air base"
    """
    from vedette.people.certificate import make_authority, save

    pair = make_authority(site, clock.wall(), secrets.token_bytes, days=days)
    told(save(pair, folder, AUTHORITY), "to trust", "to be kept away")


@app.command()
def server(
    names: Annotated[list[str], typer.Argument(help="Names and plain addresses it is reached under.")],
    folder: Folder = FOLDER,
    days: Days = 397,
) -> None:
    """Make a certificate for the page's server, or for one to which sensors connect.

    \b
    Examples:
      vedette certificate server picture.base 10.0.0.7
    """
    from vedette.people.certificate import load, make_server, save

    pair = make_server(load(folder, AUTHORITY), names, clock.wall(), secrets.token_bytes, days=days)
    told(save(pair, folder, "server"), "[server] certificate", "[server] key")


@app.command()
def sensor(
    name: Annotated[str, typer.Argument(help="The sensor's name in the site file.")],
    folder: Folder = FOLDER,
    days: Days = 397,
) -> None:
    """Make a certificate by which one sensor proves that it is that sensor.

    \b
    Examples:
      vedette certificate sensor "North radar"
    """
    from vedette.people.certificate import load, make_sensor, save

    pair = make_sensor(load(folder, AUTHORITY), name, clock.wall(), secrets.token_bytes, days=days)
    file = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "sensor"
    told(save(pair, folder, f"sensor-{file}"), "for the sensor", "for the sensor alone")


def told(paths: tuple[Path, Path], certificate: str, key: str) -> None:
    print(f"{paths[0]}  {certificate}")
    print(f"{paths[1]}  {key}")
