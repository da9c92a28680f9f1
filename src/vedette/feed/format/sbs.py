"""SBS (BaseStation): comma-separated lines that dump1090 and readsb serve on port 30003.

| field | name                | unit   | in message types | becomes                                   |
|-------|---------------------|--------|------------------|-------------------------------------------|
| 1     | MSG                 |        | all              | other kinds (SEL, ID, AIR, …) are counted |
| 2     | type                |        | all              | see below                                 |
| 5     | address             | hex    | all              | claims icao24                             |
| 7, 8  | date, time          |        | all              | producer's clock: not used                |
| 11    | callsign            |        | 1                | claims callsign                           |
| 12    | altitude            | ft     | 2, 3, 5, 6, 7    | barometric height                         |
| 13    | ground speed        | kt     | 2, 4             | velocity                                  |
| 14    | track               | °      | 2, 4             | velocity                                  |
| 15 16 | latitude, longitude | °      | 2, 3             | position                                  |
| 17    | vertical rate       | ft/min | 4                | rate of climb                             |
| 18    | squawk              |        | 6                | claims squawk                             |
| 22    | on ground           | 0 / -1 | 2, 3, 5          | on the ground: dropped                    |

Source: the field list that Kinetic Avionics published for its BaseStation software. Type 3 (a position)
makes a report; all others tell something of the aircraft, which is kept. The time of a report is its time of
arrival.

The format has no accuracy and only barometric heights: adsb.EPU_DEFAULT and adsb.height_sigma_baro stand in.
Where there is a choice, take `beast` or `aircraft_json`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec
import numpy as np

from vedette.clock import NS
from vedette.feed.format import adsb
from vedette.feed.format.lines import Lines
from vedette.feed.format.protocol import Tallied, Tally
from vedette.feed.limits import implausible
from vedette.feed.look import Report
from vedette.types import Claim, Detection, Kind
from vedette.units import DEGREE, FOOT, FOOT_PER_MINUTE, KNOT

FIELDS = 22
OTHERS = ("SEL", "ID", "AIR", "STA", "CLK")  # kinds of line without anything we need
ADDRESS, CALLSIGN, ALTITUDE, SPEED, TRACK, LATITUDE, LONGITUDE, RATE, SQUAWK, GROUND = (
    4, 10, 11, 12, 13, 14, 15, 16, 17, 21
)  # fmt: skip
VELOCITY_AGE = 2 * NS
FORGET = 300 * NS
MOST = 50_000  # aircraft remembered
DIGITS = frozenset("0123456789abcdef")


class SbsOptions(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """epu_m  95 % radius of the positions, m, where the aircraft are known to be better than the rule"""

    epu_m: float = adsb.EPU_DEFAULT


@dataclass(slots=True)
class Aircraft:
    """What one aircraft has said so far: velocity (t, east, north, up or None), callsign, squawk."""

    t: int
    velocity: tuple[int, float, float, float | None] | None = None
    callsign: str = ""
    squawk: str = ""


class Sbs(Tallied):
    def __init__(self, sensor: str, options: SbsOptions) -> None:
        self._tally = Tally(sensor)
        self._lines = Lines(self._tally)
        self._epu = options.epu_m
        self._aircraft: dict[str, Aircraft] = {}
        self._t_forgot = 0

    def feed(self, data: bytes, t_rx: int) -> list[Report]:
        reports = [self._line(line, t_rx) for line in self._lines.lines(data)]
        if t_rx - self._t_forgot > 60 * NS:
            self._t_forgot = t_rx
            self._aircraft = {name: one for name, one in self._aircraft.items() if t_rx - one.t <= FORGET}
        return [report for report in reports if report is not None]

    def close(self) -> list[Report]:
        """A last line without its end is not trusted: it may have been cut."""
        for _ in self._lines.close():
            self._tally.seen()
            self._tally.drop("cut_line")
        return []

    def _line(self, line: bytes, t_rx: int) -> Detection | None:
        self._tally.seen()
        fields = [field.strip() for field in line.decode("ascii", "replace").split(",")]
        if fields[0] != "MSG":
            self._tally.drop("not_needed" if fields[0] in OTHERS else "not_a_line")
            return None
        address = fields[ADDRESS].lower() if len(fields) >= FIELDS else ""
        if len(address) != 6 or not DIGITS.issuperset(address):
            self._tally.drop("not_a_line")
            return None
        aircraft = self._aircraft.get(address)
        if aircraft is None:
            if len(self._aircraft) >= MOST:
                self._tally.drop("too_many_aircraft")
                return None
            aircraft = self._aircraft.setdefault(address, Aircraft(t_rx))
        aircraft.t = t_rx
        try:
            return self._message(aircraft, address, fields, t_rx)
        except ValueError:
            self._tally.drop("not_a_number")
            return None

    def _message(self, aircraft: Aircraft, address: str, fields: list[str], t_rx: int) -> Detection | None:
        if fields[1] == "3":
            return self._position(aircraft, address, fields, t_rx)
        if fields[1] not in ("1", "2", "4", "5", "6", "7", "8"):
            self._tally.drop("not_a_line")
        elif fields[1] == "2":
            self._tally.drop("ground")
        elif reason := absorb(aircraft, fields, t_rx):
            self._tally.drop(reason)
        else:
            self._tally.used()
        return None

    def _position(self, aircraft: Aircraft, address: str, fields: list[str], t_rx: int) -> Detection | None:
        latitude, longitude = number(fields[LATITUDE]), number(fields[LONGITUDE])
        altitude = number(fields[ALTITUDE])
        height = None if altitude is None else altitude * FOOT
        if latitude is None or longitude is None:
            self._tally.drop("no_position")
        elif fields[GROUND] == "-1":
            self._tally.drop("ground")
        elif height is None:
            self._tally.drop("no_height")
        elif reason := implausible(latitude=latitude, longitude=longitude, height_baro=height):
            self._tally.drop(reason)
        else:
            return self._report(aircraft, address, (latitude, longitude, height), t_rx)
        return None

    def _report(
        self, aircraft: Aircraft, address: str, place: tuple[float, float, float], t: int
    ) -> Detection | None:
        latitude, longitude, height = place
        velocity = aircraft.velocity
        if velocity is not None and t - velocity[0] > VELOCITY_AGE:
            velocity = None
        speed = None if velocity is None else math.hypot(velocity[1], velocity[2])
        sigma = adsb.position_sigma(self._epu, speed)
        z = [latitude * DEGREE, longitude * DEGREE, height]
        sigmas = [sigma, sigma, adsb.height_sigma_baro(height)]
        if velocity is not None:
            across, climb = adsb.velocity_sigmas(None, (t - velocity[0]) / NS)
            z += [velocity[1], velocity[2], velocity[3] or 0.0]
            sigmas += [across, across, climb]
        kind = Kind.GEODETIC if velocity is None else Kind.GEODETIC_VELOCITY
        said = claims(aircraft, address, height)
        return self._tally.detection(t, t, kind, np.array(z), adsb.covariance(*sigmas), said)


def absorb(aircraft: Aircraft, fields: list[str], t: int) -> str | None:
    """Take what a line without position says; returns the counter's name when it cannot be true."""
    aircraft.callsign = fields[CALLSIGN] or aircraft.callsign
    if len(fields[SQUAWK]) == 4 and fields[SQUAWK].isdigit():
        aircraft.squawk = fields[SQUAWK]
    speed, track, rate = (number(fields[at]) for at in (SPEED, TRACK, RATE))
    up = None if rate is None else rate * FOOT_PER_MINUTE
    metres = None if speed is None else speed * KNOT
    if reason := implausible(ground_speed=metres, track_angle=track, vertical_rate=up):
        return reason
    if metres is not None and track is not None:
        east, north = metres * math.sin(track * DEGREE), metres * math.cos(track * DEGREE)
        aircraft.velocity = t, east, north, up
    return None


def number(field: str) -> float | None:
    """None for an empty field. Raises ValueError for anything else that is not a number."""
    return float(field) if field else None


def claims(aircraft: Aircraft, icao24: str, height: float) -> dict[str, Claim]:
    said: dict[str, Claim] = {"icao24": icao24, "ground": False, "height_baro": height}
    if aircraft.callsign:
        said["callsign"] = aircraft.callsign
    if aircraft.squawk:
        said["squawk"] = aircraft.squawk
    return said


def looks_like_sbs(head: bytes) -> bool:
    first = head.partition(b"\n")[0]
    return first.split(b",")[0] in [b"MSG", *(name.encode() for name in OTHERS)] and first.count(b",") >= 9
