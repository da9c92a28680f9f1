"""What a recording says of itself, so that it can be replayed without anything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

import vedette
from vedette.config import parse_toml
from vedette.errors import ConfigError, RecordingError
from vedette.geo import Terrain
from vedette.site import Site, SiteFile, build_site
from vedette.store import Recording
from vedette.types import Mode

T = TypeVar("T")


def metadata_of(
    site: Site,
    mode: Mode,
    *,
    simulated: Iterable[str] = (),
    origins: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The metadata of a new recording; `more` may add a scenario's name, a seed."""
    terrain = {} if site.terrain is None else {"terrain": site.terrain.pack()}
    return {
        **(more or {}),
        **terrain,
        "vedette": vedette.__version__,
        "mode": mode.value,
        "site": Path(site.path).read_text("utf-8"),
        "simulated": msgspec.json.encode(sorted(simulated)).decode(),
        "origins": msgspec.json.encode(dict(origins or {}), order="sorted").decode(),
    }


def site_of(recording: Recording) -> Site:
    """The site as it was when the recording was made."""
    text = recording.metadata.get("site")
    if text is None:
        raise RecordingError(
            f"{recording.path} does not say which site it is of; give the site file beside it."
        )
    where = f"the site file in {recording.path.name}"
    file = parse_toml(text, SiteFile, where)
    kept = recording.metadata.get("terrain")
    return build_site(recording.path, file, None if kept is None else _terrain(file, kept))


def _terrain(file: SiteFile, kept: str) -> Terrain:
    try:
        return Terrain.unpack(file.site.frame(), kept)
    except ConfigError as error:
        raise RecordingError(str(error)) from None


def simulated_in(recording: Recording) -> frozenset[str]:
    """Sensors whose reports came from a scenario."""
    return frozenset(_read(recording, "simulated", list[str]) or ())


def origins_of(recording: Recording) -> dict[str, str]:
    """Sensor → where its data really come from."""
    return _read(recording, "origins", dict[str, str]) or {}


def _read(recording: Recording, key: str, kind: type[T]) -> T | None:
    """None when an older or damaged recording does not say."""
    try:
        return msgspec.json.decode(recording.metadata[key], type=kind)
    except (KeyError, msgspec.DecodeError):
        return None
