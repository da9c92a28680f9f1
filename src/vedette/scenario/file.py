"""scenario.toml: a site, what flies, and a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from msgspec import Meta, field

from vedette.classes import flight_classes
from vedette.clock import NS
from vedette.config import (
    Degrees,
    Height,
    Name,
    NotNegative,
    Positive,
    Ratio,
    Table,
    TableError,
    located,
    parse_toml,
    read_text,
)
from vedette.errors import ConfigError
from vedette.geo import Place
from vedette.sensor.acoustic import Level
from vedette.sensor.radar_config import Rcs
from vedette.sensor.rf_bearing import Power

Seed = Annotated[int, Meta(ge=0, le=2**53, description="a seed, a whole number of 0 or more")]
Address = Annotated[
    str, Meta(pattern="^([0-9a-f]{6})?$", description="an ICAO address of six lower-case hex digits")
]
Serial = Annotated[str, Meta(pattern="^[ -~]{0,20}$", description="a serial number of at most 20 characters")]
Count = Annotated[int, Meta(ge=1, le=1_000, description="how many, 1 to 1000")]
Waypoints = Annotated[tuple[Place, ...], Meta(min_length=2, description="a list of at least two places")]


class Head(Table, frozen=True, kw_only=True):
    """`[scenario]`. `site` is a path that counts from this file; `start` is the time of its first moment.

    Without `duration` (s) it lasts until the last platform has arrived, and 20 s more.
    """

    name: Name
    site: str
    start: datetime
    title: str = ""
    seed: Seed = 1
    duration: Positive | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None:
            raise TableError("a time needs its zone; write it in UTC with a Z at the end.", "start")


BRACKETS = (
    "speed", "rcs", "emits", "rf_power", "sound", "size", "start", "interval", "height",
)  # fmt: skip


class PlatformConfig(Table, frozen=True, kw_only=True):
    """`[[platform]]`: one thing, or a group of them, that flies past its waypoints and arrives at the last.

    class      of the catalogue; gives the brackets for what is not given here
    speed      over ground, m/s; a number or a bracket [low, high] to sample from
    rcs        mean radar cross-section of its kind, dBsm; a number or a bracket
    rcs_spread standard deviation in dB of one individual about that mean
    turn_rate  degrees per second
    start      s after the scenario's start; a number or a bracket
    count      so many of them, each with numbers of its own, called "NAME 1", "NAME 2", …
    interval   s from the start of one to that of the next; a number or a bracket. Without it each draws
               `start`
    scatter    m: the way of each, but for its last waypoint, lies beside the given one, within so much
    height     m, a number or a bracket: at all waypoints but the last, instead of theirs
    flock      its individuals start together and wander alike
    threat     whether an alert about it is right; from the class unless given, as for a friend's drone
    transponder  ICAO address that it sends, if it says anything of itself
    emits      1: it has a radio link; 0: silent or pre-programmed; between: the probability that it has
    rf_power   of that link, dBm EIRP; a number or a bracket
    sound      dB re 20 µPa at 1 m; a number or a bracket
    size       m, √(width × height) of what is seen of it; a number or a bracket
    remote_id  serial number that it broadcasts, and `operator` the place of whoever flies it
    waypoints  places, with heights above the site's reference point
    """

    name: Name
    klass: Name = field(name="class")
    waypoints: Waypoints
    speed: Positive | tuple[Positive, ...] | None = None  # a pair in the type crashes msgspec 0.22
    rcs: Rcs | tuple[Rcs, ...] | None = None
    rcs_spread: NotNegative | None = None
    turn_rate: Positive | None = None
    start: NotNegative | tuple[NotNegative, ...] = 0.0
    count: Count = 1
    interval: NotNegative | tuple[NotNegative, ...] | None = None
    scatter: NotNegative = 0.0
    height: Height | tuple[Height, ...] | None = None
    flock: bool = False
    threat: bool | None = None
    transponder: Address = ""
    emits: Ratio | tuple[Ratio, ...] | None = None
    rf_power: Power | tuple[Power, ...] | None = None
    sound: Level | tuple[Level, ...] | None = None
    size: Positive | tuple[Positive, ...] | None = None
    remote_id: Serial = ""
    operator: Place | None = None

    def __post_init__(self) -> None:
        known = flight_classes()
        if self.klass not in known:
            raise TableError(
                f"'{self.klass}' is not in the catalogue; take one of {', '.join(known)}.", "class"
            )
        for key in BRACKETS:
            value = getattr(self, key)
            if isinstance(value, tuple) and (len(value) != 2 or value[0] > value[1]):
                raise TableError("a bracket is [low, high], two numbers in this order; mend it.", key)
        if self.operator is not None and not self.remote_id:
            raise TableError("only Remote ID tells where an operator is; add 'remote_id'.", "operator")
        if self.count > 1 and (self.transponder or self.remote_id):
            said = "transponder" if self.transponder else "remote_id"
            raise TableError("several cannot have the same name; give each a table of its own.", said)

    @property
    def names(self) -> tuple[str, ...]:
        """Of each of them."""
        if self.count == 1:
            return (self.name,)
        return tuple(f"{self.name} {n + 1}" for n in range(self.count))


class OutageConfig(Table, frozen=True, kw_only=True):
    """`[[outage]]`: a sensor of the site falls silent, from `start` to `end` s after the scenario's start.

    Its looks in that time are not reported. Nobody is told: whoever tracks must do with the silence.
    """

    sensor: Name
    start: NotNegative
    end: Positive

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise TableError("it ends before it begins; swap them, or make it longer.", "end")


class RecordedConfig(Table, frozen=True, kw_only=True):
    """`[[recorded]]`: a real aircraft, recorded elsewhere, flies past too. Simulated sensors do not see it.

    file    of bytes as a receiver gave them, counted from this file; or "afr34zg-climb", which is packaged
    sensor  of the site, that hears it
    class   of the catalogue
    place   where the place that its way is told from lies at this site
    origin  that place: a `latitude`, `longitude` and `height` (m above the ellipsoid); the packaged one has
            its own
    turn    degrees, clockwise, by which its way is turned about it
    start   s after the scenario's start at which its first report comes
    """

    name: Name
    file: Name
    sensor: Name
    place: Place
    klass: Name = field(name="class", default="airliner")
    origin: Place | None = None
    turn: Degrees = 0.0
    start: NotNegative = 0.0

    def __post_init__(self) -> None:
        if self.klass not in flight_classes():
            raise TableError(
                f"'{self.klass}' is not in the catalogue; take one of {', '.join(flight_classes())}.", "class"
            )
        if self.origin is not None and self.origin.latitude is None:
            raise TableError("it lies elsewhere; give its latitude and longitude.", "origin")


class ClutterConfig(Table, frozen=True, kw_only=True):
    """`[clutter]`: `factor` times as many false reports as the site's sensors say of themselves."""

    factor: NotNegative = 1.0


class ScenarioFile(Table, frozen=True, kw_only=True):
    """scenario.toml as it is written."""

    scenario: Head
    platform: tuple[PlatformConfig, ...] = ()
    clutter: ClutterConfig = ClutterConfig()
    outage: tuple[OutageConfig, ...] = ()
    recorded: tuple[RecordedConfig, ...] = ()

    def __post_init__(self) -> None:
        if not self.platform:
            raise TableError("nothing flies; add a [[platform]].")
        known: set[str] = set()
        for table in ("platform", "recorded"):
            for i, entry in enumerate(getattr(self, table)):
                names = {entry.name, *getattr(entry, "names", ())}
                if names & known:
                    raise TableError("there are two of this name; rename one.", table, i, "name")
                known |= names


@dataclass(frozen=True, eq=False)
class Scenario:
    """A scenario as read; `scenario.World` brings it to life at a site.

    path  of the file; `site` is the path of its site file
    text  of the file, to name the line of what turns out wrong later
    """

    path: Path
    file: ScenarioFile
    text: str

    @property
    def name(self) -> str:
        return self.file.scenario.name

    @property
    def site(self) -> Path:
        return self.path.parent / self.file.scenario.site

    @property
    def title(self) -> str:
        return self.file.scenario.title

    @property
    def seed(self) -> int:
        return self.file.scenario.seed

    @property
    def start(self) -> int:
        """ns UTC."""
        return _ns(self.file.scenario.start)

    @property
    def platforms(self) -> Sequence[PlatformConfig]:
        return self.file.platform

    def error(self, fault: TableError) -> ConfigError:
        """The fault with this file's name and the line of its key."""
        return located(fault, self.text, str(self.path))


def packaged() -> tuple[str, ...]:
    """Names of the scenarios that come with Vedette."""
    found = []
    for entry in (files("vedette.scenario") / "catalogue").iterdir():
        if entry.name.endswith(".toml") and "[scenario]" in entry.read_text("utf-8"):
            found.append(entry.name.removesuffix(".toml"))
    return tuple(sorted(found))


def load_scenario(name: str | Path) -> Scenario:
    """A scenario file, or one that comes with Vedette by its name, e.g. "two-drones".

    Raises ConfigError, one line per mistake: file, line, key, remedy.
    """
    path = Path(name)
    if path.suffix != ".toml" and not path.exists():
        if str(name) not in packaged():
            raise ConfigError(
                f"There is no scenario '{name}'; give a .toml file or one of {', '.join(packaged())}."
            )
        path = Path(str(files("vedette.scenario") / "catalogue" / f"{name}.toml"))
    text = read_text(path)
    scenario = Scenario(path, parse_toml(text, ScenarioFile, str(path)), text)
    if not scenario.site.is_file():
        fault = TableError("there is no such site file; the path counts from this file.", "scenario", "site")
        raise scenario.error(fault)
    return scenario


def _ns(t: datetime) -> int:
    """Exact to the microsecond that TOML allows."""
    since = t - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * NS + since.microseconds * 1000
