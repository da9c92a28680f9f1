"""A defended site: site.toml, read, checked and brought to life."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Protocol

import numpy as np
from msgspec import Meta

from vedette.advise.config import AdviceConfig
from vedette.advise.effector import Effector
from vedette.advise.effector_config import AnyEffectorConfig
from vedette.assess.config import AlertConfig, AssetConfig, OwnConfig, PostureConfig, ZoneConfig
from vedette.assess.outlook_config import OutlookConfig
from vedette.assess.zone import Asset
from vedette.config import (
    Height,
    Latitude,
    Longitude,
    Name,
    Positive,
    Table,
    TableError,
    located,
    parse_toml,
    read_text,
)
from vedette.feed.config import FeedConfig
from vedette.geo import Area, LocalFrame, Terrain, TerrainConfig, read_terrain, undulation
from vedette.people.config import PeopleConfig
from vedette.publish.config import NotifyConfig
from vedette.sensor import Radar2DConfig, Radar3DConfig, SensorConfig, Simulated, build
from vedette.tracker import TrackerConfig
from vedette.units import DEGREE

MOST_ABOVE = 50.0  # m between the reference point and the ground before it is worth a word
Port = Annotated[int, Meta(ge=0, le=65535, description="a TCP port; 0 takes any free one")]


class Head(Table, frozen=True, kw_only=True):
    """`[site]`: the reference point of everything else.

    Either `height` above the WGS84 ellipsoid or `elevation` above mean sea level (EGM96), in m.
    """

    name: Name
    latitude: Latitude
    longitude: Longitude
    height: Height | None = None
    elevation: Height | None = None
    fictional: bool = False
    rings: tuple[Positive, ...] = (5_000.0, 10_000.0, 20_000.0)

    def __post_init__(self) -> None:
        if self.height is not None and self.elevation is not None:
            raise TableError("'height' and 'elevation' say the same in two ways; keep one.", "elevation")
        if self.height is None and self.elevation is None:
            raise TableError(
                "'elevation' is missing; add it, in m above the sea, or 'height' above the ellipsoid.",
                "name",
            )

    def frame(self) -> LocalFrame:
        """The site's local frame; its name is "enu:" and the site's."""
        lat, lon = self.latitude * DEGREE, self.longitude * DEGREE
        height = self.height
        if height is None:
            height = (self.elevation or 0.0) + float(undulation(lat, lon))
        return LocalFrame(f"enu:{self.name}", lat, lon, height)


class ServerConfig(Table, frozen=True, kw_only=True):
    """`[server]`: where the page is served. Other machines than this one need accounts and TLS.

    names             under which browsers reach it, besides its plain addresses
    certificate, key  PEM files for TLS; relative paths count from the site file
    proxy             the address of a proxy in front that does the TLS; nobody else may then connect
    """

    host: str = "127.0.0.1"
    port: Port = 8700
    names: tuple[str, ...] = ()
    certificate: str | None = None
    key: str | None = None
    proxy: str | None = None

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            there, missing = ("certificate", "key") if self.key is None else ("key", "certificate")
            raise TableError(f"'{there}' is of no use without '{missing}'; name both files.", there)
        if self.proxy is not None and self.certificate is not None:
            raise TableError("either the proxy does the TLS, or this server; keep one of them.", "proxy")
        if self.proxy is not None and not is_address(self.proxy):
            raise TableError("give the proxy's plain address, e.g. 127.0.0.1.", "proxy")


class RecordConfig(Table, frozen=True, kw_only=True):
    """`[record]`: everything received is recorded in `folder`; a relative one counts from the site file."""

    folder: str = "recordings"
    enabled: bool = True


class StoreConfig(Table, frozen=True, kw_only=True):
    """`[store]`: open alerts, operators' rules, identities, posture and the hand-over log outlive a restart.

    file  where they are kept; a relative path counts from the site file. Without the key, and without this
          table, "operations.sqlite" in the folder of `[record]`; without that either, nothing is kept.
    """

    file: str | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        if self.file is not None and not self.file.strip():
            raise TableError("name the file, or remove the key.", "file")


class Named(Protocol):
    """An entry of which there may be one of a name."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...


class SiteFile(Table, frozen=True, kw_only=True):
    """site.toml as it is written."""

    site: Head
    asset: tuple[AssetConfig, ...] = ()
    zone: tuple[ZoneConfig, ...] = ()
    sensor: tuple[SensorConfig, ...] = ()
    effector: tuple[AnyEffectorConfig, ...] = ()
    feed: tuple[FeedConfig, ...] = ()
    alert: AlertConfig = AlertConfig()
    own: tuple[OwnConfig, ...] = ()
    posture: tuple[PostureConfig, ...] = ()
    outlook: OutlookConfig = OutlookConfig()
    advice: AdviceConfig = AdviceConfig()
    tracker: TrackerConfig = TrackerConfig()
    server: ServerConfig = ServerConfig()
    people: PeopleConfig | None = None
    record: RecordConfig | None = None
    store: StoreConfig = StoreConfig()
    terrain: TerrainConfig | None = None
    notify: tuple[NotifyConfig, ...] = ()

    def __post_init__(self) -> None:
        if not self.sensor:
            raise TableError('there is no [[sensor]]; a site needs at least one, e.g. kind = "adsb".')
        for table in ("asset", "zone", "sensor", "effector", "own", "posture", "notify"):
            _once(table, getattr(self, table))
        _zones_known(self.posture, {zone.name for zone in self.zone})
        known = {sensor.name for sensor in self.sensor}
        _sensors_known(self.feed, known)
        if strangers := sorted(set(self.alert.drone_proof) - known):
            raise TableError(
                f"there is no sensor '{strangers[0]}'; name some of {', '.join(sorted(known))}.",
                "alert", "drone_proof",
            )  # fmt: skip
        _salvo_possible(self.advice, self.effector)
        _channel_zones_known(self.notify, {zone.name for zone in self.zone})
        for problem in self.tracker.problems():
            key, _, sentence = problem.partition(": ")
            raise TableError(sentence, "tracker", key)


def is_address(text: str) -> bool:
    """True for a plain IPv4 or IPv6 address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _zones_known(postures: Sequence[PostureConfig], known: set[str]) -> None:
    for i, posture in enumerate(postures):
        for key in ("on", "off"):
            if strangers := sorted(set(getattr(posture, key)) - known):
                raise TableError(
                    f"there is no zone '{strangers[0]}'; name some of {', '.join(sorted(known)) or 'none'}.",
                    "posture", i, key,
                )  # fmt: skip


def _once(table: str, entries: Sequence[Named]) -> None:
    seen: set[str] = set()
    for i, entry in enumerate(entries):
        if entry.name in seen:
            raise TableError(f"there are two of this name; rename one [[{table}]].", table, i, "name")
        seen.add(entry.name)


def _sensors_known(feeds: Sequence[FeedConfig], known: set[str]) -> None:
    for i, feed in enumerate(feeds):
        if feed.sensor not in known:
            raise TableError(
                f"there is no sensor '{feed.sensor}'; name one of {', '.join(sorted(known))}.",
                "feed",
                i,
                "sensor",
            )


def _salvo_possible(advice: AdviceConfig, effectors: Sequence[AnyEffectorConfig]) -> None:
    most = max((effector.channels for effector in effectors), default=advice.salvo)
    if advice.doctrine == "salvo" and advice.salvo > most:
        raise TableError(
            f"no effector has more than {most} {'channel' if most == 1 else 'channels'}, so none can shoot "
            f"{advice.salvo} at once; lower it.",
            "advice",
            "salvo",
        )


def _channel_zones_known(channels: Sequence[NotifyConfig], known: set[str]) -> None:
    for i, channel in enumerate(channels):
        for zone in channel.zones:
            if zone not in known:
                raise TableError(
                    f"there is no zone '{zone}'; name some of {', '.join(sorted(known))}.",
                    "notify",
                    i,
                    "zones",
                )


@dataclass(frozen=True, eq=False)
class Site:
    """A site ready for use; everything in SI, in `frame`. Made by `load_site`.

    path     of the site file, from which relative paths count
    sensors  by name, in the order of the file
    terrain  the ground about it; None: smooth ground at the height of the reference point
    effectors  by name, in the order of the file
    """

    path: Path
    file: SiteFile
    frame: LocalFrame
    sensors: Mapping[str, Simulated]
    terrain: Terrain | None = None
    effectors: Mapping[str, Effector] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.file.site.name

    @property
    def fictional(self) -> bool:
        return self.file.site.fictional

    @property
    def rings(self) -> tuple[float, ...]:
        """Range rings in m."""
        return self.file.site.rings

    @property
    def assets(self) -> tuple[AssetConfig, ...]:
        return self.file.asset

    @property
    def zones(self) -> tuple[ZoneConfig, ...]:
        return self.file.zone

    @property
    def feeds(self) -> tuple[FeedConfig, ...]:
        return self.file.feed

    @property
    def postures(self) -> tuple[PostureConfig, ...]:
        return self.file.posture

    @property
    def own(self) -> tuple[OwnConfig, ...]:
        return self.file.own

    @property
    def alert(self) -> AlertConfig:
        return self.file.alert

    @property
    def outlook(self) -> OutlookConfig:
        return self.file.outlook

    @property
    def advice(self) -> AdviceConfig:
        return self.file.advice

    @property
    def tracker(self) -> TrackerConfig:
        return self.file.tracker

    @property
    def server(self) -> ServerConfig:
        return self.file.server

    @property
    def notify(self) -> tuple[NotifyConfig, ...]:
        return self.file.notify

    @property
    def people(self) -> PeopleConfig:
        return self.file.people or PeopleConfig()

    @property
    def people_folder(self) -> Path:
        """Where accounts and the log are kept, whether there are any or not."""
        return self.path.parent / self.people.folder

    @property
    def record(self) -> RecordConfig | None:
        return self.file.record

    @property
    def operations(self) -> Path | None:
        """The file that keeps what must outlive a restart; None: nothing does."""
        store, record = self.file.store, self.file.record
        if not store.enabled or (store.file is None and record is None):
            return None
        folder = Path(self.path).parent
        if store.file is not None:
            return folder / store.file
        return folder / (record.folder if record else "") / "operations.sqlite"

    @cached_property
    def areas(self) -> Mapping[str, Area]:
        """Ground area of every zone by name, in `frame`."""
        return {zone.name: zone.area(self.frame) for zone in self.zones}

    def warnings(self) -> Iterator[str]:
        """What is allowed but probably not meant, in sentences."""
        for asset in self.assets:
            position = asset.position(self.frame)
            if not any(area.distance(position) <= asset.radius for area in self.areas.values()):
                yield f"Asset '{asset.name}' lies outside every zone and is not warned of; add a [[zone]]."
        for name, sensor in self.sensors.items():
            distance = float(np.linalg.norm(self.frame.from_geodetic(sensor.geodetic)))
            if distance > 200e3:
                yield (
                    f"Sensor '{name}' stands {distance / 1e3:.0f} km from the site's reference point; "
                    "check its latitude and longitude."
                )
        yield from self._warnings_of_effectors()
        yield from self._warnings_of_terrain()
        for feed in self.feeds:
            if feed.format == "asterix" and self.sensors[feed.sensor].kind == "adsb":
                yield (
                    f"Sensor '{feed.sensor}' is an ADS-B receiver fed with ASTERIX; if these are the tracks "
                    'of another system (CAT062), give it kind = "tracks", or they count as independent plots.'
                )
        fed = {feed.sensor for feed in self.feeds}
        for name in self.sensors:
            if self.feeds and name not in fed:
                yield f"Sensor '{name}' has no [[feed]], so nothing will come from it."

    def _warnings_of_effectors(self) -> Iterator[str]:
        positions = [asset.position(self.frame) for asset in self.assets]
        for name, effector in self.effectors.items():
            away = min((float(np.linalg.norm(p - effector.position)) for p in positions), default=0.0)
            reach = effector.config.range_max
            if away > reach:
                yield (
                    f"Effector '{name}' reaches {reach / 1e3:.1f} km, and the nearest asset is "
                    f"{away / 1e3:.1f} km away; check its place."
                )

    def _warnings_of_terrain(self) -> Iterator[str]:
        if self.terrain is None:
            return
        above = self.frame.height - float(self.terrain.ground(np.zeros(3)))
        if abs(above) > MOST_ABOVE:
            yield (
                f"The site's reference point lies {abs(above):.0f} m {'above' if above > 0 else 'below'} the "
                "ground of the terrain; is its height above the ellipsoid, or its elevation above the sea?"
            )
        for name, sensor in self.sensors.items():
            if not np.isfinite(self.terrain.ground(self.frame.from_geodetic(sensor.geodetic))):
                yield f"Sensor '{name}' stands where the terrain has no data, so what it sees is not known."
        if self.terrain.known < 1.0:
            yield (
                f"The terrain has no data for {100.0 * (1.0 - self.terrain.known):.2g} % of the map; smooth "
                "ground is assumed there, and coverage is not known. Name more tiles, or a smaller extent."
            )


def load_site(path: str | Path) -> Site:
    """Read and check a site file. Raises ConfigError, one line per mistake: file, line, key, remedy."""
    text = read_text(path)
    file = parse_toml(text, SiteFile, str(path))
    try:
        return build_site(Path(path), file, _terrain(file, Path(path).parent))
    except TableError as fault:
        raise located(fault, text, str(path)) from None


def _terrain(file: SiteFile, folder: Path) -> Terrain | None:
    if file.terrain is None:
        return None
    try:
        return read_terrain(file.terrain, folder, file.site.frame())
    except TableError as fault:
        raise TableError(fault.message, "terrain", *fault.path) from None


def build_site(path: Path, file: SiteFile, terrain: Terrain | None) -> Site:
    """The site of `file` on `terrain`. Raises TableError for what cannot stand where it says."""
    frame = file.site.frame()
    for i, sensor in enumerate(file.sensor):
        _stands(i, sensor, frame, terrain)
    sensors = {config.name: build(config, frame, terrain) for config in file.sensor}
    return Site(path, file, frame, sensors, terrain, _effectors(file, frame, terrain))


def _effectors(file: SiteFile, frame: LocalFrame, terrain: Terrain | None) -> Mapping[str, Effector]:
    assets = [Asset.from_config(asset, frame) for asset in file.asset]
    found: dict[str, Effector] = {}
    for i, config in enumerate(file.effector):
        try:
            found[config.name] = Effector.from_config(config, frame, terrain, assets)
        except TableError as fault:
            raise TableError(fault.message, "effector", i, *fault.path) from None
    return found


def _stands(number: int, sensor: SensorConfig, frame: LocalFrame, terrain: Terrain | None) -> None:
    """`height` counts from the site's reference point, which is easily forgotten on a hill."""
    ground = math.nan if terrain is None else float(terrain.ground(sensor.position(frame))) - frame.height
    if sensor.height < ground:
        raise TableError(
            f"the sensor would stand {ground - sensor.height:.0f} m under the ground, which lies "
            f"{ground:.0f} m above the site's reference point there; raise its height to {math.ceil(ground)} "
            "and the height of its mast, or mend its place.",
            "sensor",
            number,
            "height",
        )
    level = 0.0 if math.isnan(ground) else ground
    if sensor.height <= level and isinstance(sensor, Radar2DConfig | Radar3DConfig) and sensor.needs_mast:
        raise TableError(
            "an antenna on the ground sees nothing over the ground's own echo and reflection, which "
            "'frequency' and 'clutter_gamma' reckon with; give it the height of its mast.",
            "sensor",
            number,
            "height",
        )
