"""Mode S messages on 1090 MHz: what aircraft say of themselves, decoded by rs1090 and remembered here.

| downlink format | type code | gives (ICAO Annex 10 vol. IV; RTCA DO-260B)                              |
|-----------------|-----------|--------------------------------------------------------------------------|
| 17, 18          | 1-4       | callsign, emitter category                                               |
| 17, 18          | 5-8       | position on the ground: no part of an air picture, counted as `ground`   |
| 17, 18          | 9-18      | position with barometric height, compact (CPR)                           |
| 17, 18          | 20-22     | position with height above the ellipsoid                                 |
| 17, 18          | 19        | velocity over ground; height above the ellipsoid minus barometric height |
| 17, 18          | 29, 31    | accuracy of the position (NACp)                                          |
| 5, 21           | -         | squawk; only for an address heard before: these frames prove nothing     |

Position. A compact position needs its partner: an even and an odd frame of the same aircraft within 10 s,
which rs1090 decodes together; after that each frame alone, against the aircraft's last position. A jump
beyond what anything flies is dropped, and three in a row start the aircraft afresh.

Height. z holds the height above the ellipsoid: barometric height plus the difference the aircraft itself sent
within the last 30 s. Without it z holds the barometric height, with a σ to match (adsb.height_sigma_baro).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import msgspec
import numpy as np
import rs1090

from vedette.clock import NS
from vedette.feed.format import adsb
from vedette.feed.format.protocol import Tally
from vedette.feed.limits import LIMITS, implausible
from vedette.types import Claim, Detection, Kind
from vedette.units import DEGREE, FOOT, FOOT_PER_MINUTE, KNOT

PAIR_AGE = 10 * NS  # even and odd of one position (DO-260B, airborne)
POSITION_AGE = 120 * NS  # at 1,100 m/s no aircraft leaves the ±180 NM of unambiguous decoding
VELOCITY_AGE = 2 * NS
DIFFERENCE_AGE = 30 * NS  # geometric minus barometric height
REPEAT_AGE = (
    2 * NS // 5
)  # the same frame again within 0.4 s is a second receiver's copy: a transponder needs 0.8 s
FORGET = 300 * NS  # an aircraft not heard for this long
JUMPS = 3  # in a row, and the aircraft starts afresh
MOST = 50_000  # aircraft remembered; more than have ever flown at once, so only an attacker gets here
TOP_SPEED = LIMITS["ground_speed"].high  # m/s
SLACK = 1000.0  # m, added to what can be flown between two reports
DEGREE_M = 111_195.0  # m per degree of a great circle

DF18_ICAO = (
    "ADSB_ES_NT",
    "TISB_ADSB_RELAY",
)  # control fields whose address is a true ICAO address of its sender


class ModeSOptions(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """latitude, longitude  of the receiver, degrees; with them a position beyond `range_km` is dropped
    range_km   how far this receiver can hear
    """

    latitude: float | None = None
    longitude: float | None = None
    range_km: float = 600.0


class Position(NamedTuple):
    t: int
    latitude: float  # degrees
    longitude: float


class Velocity(NamedTuple):
    """Over ground: east, north, up in m/s; up is None when not sent. Accuracy code NACv."""

    t: int
    east: float
    north: float
    up: float | None
    nacv: int | None


@dataclass(slots=True)
class Aircraft:
    """What one aircraft has said so far."""

    t: int
    even: tuple[int, str] | None = None
    odd: tuple[int, str] | None = None
    position: Position | None = None
    velocity: Velocity | None = None
    difference: tuple[int, float] | None = None
    callsign: str | None = None
    category: str | None = None
    squawk: str | None = None
    nacp: int | None = None
    frame: tuple[int, str] = (0, "")
    jumps: int = 0

    def partner(self, parity: str, newest: tuple[int, str]) -> tuple[int, str] | None:
        """Keep the newest position frame; returns the last one of the other parity."""
        if parity == "even":
            self.even = newest
            return self.odd
        self.odd = newest
        return self.even

    def jump(self) -> None:
        self.jumps += 1
        if self.jumps >= JUMPS:
            self.position = self.even = self.odd = None
            self.jumps = 0


class ModeS:
    """Messages in, one report at most for each; every message ends in one of the tally's counters."""

    def __init__(self, tally: Tally, options: ModeSOptions) -> None:
        self._tally = tally
        self._range = options.range_km * 1000.0
        self._receiver = None
        if options.latitude is not None and options.longitude is not None:
            self._receiver = options.latitude, options.longitude
        self._aircraft: dict[str, Aircraft] = {}
        self._t_forgot = 0

    def forget(self, t: int) -> None:
        """Drop what is known of aircraft that have long been silent."""
        if t - self._t_forgot > 60 * NS:
            self._t_forgot = t
            self._aircraft = {name: one for name, one in self._aircraft.items() if t - one.t <= FORGET}

    def message(self, octets: bytes, t: int, t_rx: int) -> Detection | None:
        """One message (7 or 14 octets) sent at t."""
        downlink = octets[0] >> 3
        if len(octets) == 14 and downlink in (17, 18):
            return self._squitter(octets, octets.hex(), t, t_rx)
        if downlink in (5, 21):
            self._tally.counters[self._squawk(octets.hex())] += 1
        else:
            self._tally.drop("not_needed")
        return None

    def _squawk(self, frame: str) -> str:
        message = decode(frame)
        aircraft = self._aircraft.get(message.get("icao24", "")) if message else None
        if message is None or aircraft is None:
            return "unknown_address"
        aircraft.squawk = message["squawk"]
        return "used"

    def _squitter(self, octets: bytes, frame: str, t: int, t_rx: int) -> Detection | None:
        aircraft = self._aircraft.get(frame[2:8])
        message = decode(frame, reference(aircraft, t))
        if message is None or message.get("tisb", DF18_ICAO[0]) not in DF18_ICAO:
            self._tally.drop("tis_b" if message else "bad_checksum" if checksum(octets) else "undecodable")
            return None
        if aircraft is None:
            if len(self._aircraft) >= MOST:
                self._tally.drop("too_many_aircraft")
                return None
            aircraft = self._aircraft.setdefault(frame[2:8], Aircraft(t))
        aircraft.t = max(aircraft.t, t)
        if message["bds"] == "05":
            return self._airborne(aircraft, message, frame, t, t_rx)
        self._tally.counters[absorb(aircraft, message, octets[4], t)] += 1
        return None

    # positions

    def _airborne(
        self, aircraft: Aircraft, message: dict[str, Any], frame: str, t: int, t_rx: int
    ) -> Detection | None:
        height = None if message["altitude"] is None else message["altitude"] * FOOT
        place = self._place(aircraft, message, frame, t)
        if isinstance(place, str):
            self._tally.drop(place)
        elif height is None:
            self._tally.drop("no_height")
        elif reason := implausible(height_baro=height):
            self._tally.drop(reason)
        else:
            return self._report(aircraft, message, place, height, t_rx)
        return None

    def _place(self, aircraft: Aircraft, message: dict[str, Any], frame: str, t: int) -> Position | str:
        """Where the frame says the aircraft is; or the counter's name when that cannot be told."""
        t_before, before = aircraft.frame
        if frame == before and abs(t - t_before) < REPEAT_AGE:
            return "duplicate"
        aircraft.frame = t, frame
        partner = aircraft.partner(message["parity"], (t, frame))
        if "latitude" not in message:
            message = pair(partner, (t, frame))
        if message.get("latitude") is None:
            return "no_position"
        place = Position(t, message["latitude"], message["longitude"])
        if reason := self._against(aircraft, place):
            return reason
        aircraft.position, aircraft.jumps = place, 0
        return place

    def _against(self, aircraft: Aircraft, place: Position) -> str | None:
        """What speaks against the place, as a counter's name."""
        if reason := implausible(latitude=place.latitude, longitude=place.longitude):
            return reason
        if self._receiver is not None and distance(self._receiver, place[1:]) > self._range:
            return "beyond_range"
        before = aircraft.position
        if before is None or abs(place.t - before.t) > POSITION_AGE:
            return None
        flown = TOP_SPEED * abs(place.t - before.t) / NS + SLACK
        if distance(before[1:], place[1:]) <= flown:
            return None
        aircraft.jump()
        return "position_jump"

    def _report(
        self,
        aircraft: Aircraft,
        message: dict[str, Any],
        place: Position,
        height: float,
        t_rx: int,
    ) -> Detection | None:
        geometric = message["source"] == "GNSS"
        up, sigma_up = ellipsoidal(aircraft, height, geometric, place.t)
        velocity = aircraft.velocity
        if velocity is not None and abs(place.t - velocity.t) > VELOCITY_AGE:
            velocity = None
        speed = None if velocity is None else math.hypot(velocity.east, velocity.north)
        sigma = adsb.position_sigma(adsb.epu(aircraft.nacp, message.get("NUCp")), speed)
        z = [place.latitude * DEGREE, place.longitude * DEGREE, up]
        sigmas = [sigma, sigma, sigma_up]
        if velocity is not None:
            across, climb = adsb.velocity_sigmas(velocity.nacv, abs(place.t - velocity.t) / NS)
            z += [velocity.east, velocity.north, velocity.up or 0.0]
            sigmas += [across, across, climb if velocity.up is not None else 10.0]
        return self._tally.detection(
            place.t,
            t_rx,
            Kind.GEODETIC if velocity is None else Kind.GEODETIC_VELOCITY,
            np.array(z),
            adsb.covariance(*sigmas),
            claims(aircraft, message["icao24"], None if geometric else height),
        )


def decode(frame: str, near: tuple[float, float] | None = None) -> dict[str, Any] | None:
    """rs1090's reading of one frame (hexadecimal): None when its checksum or its content is wrong.

    With `near` (latitude, longitude in degrees) a compact position is resolved as the place closest to it.
    """
    message = rs1090.decode(frame) if near is None else rs1090.decode(frame, reference=near)
    return cast(dict[str, Any] | None, message)  # a plain dict, though rs1090's stubs name every shape


def pair(partner: tuple[int, str] | None, newest: tuple[int, str]) -> dict[str, Any]:
    """The newest frame with the position that it and its partner of the other parity fix, or nothing."""
    if partner is None or abs(newest[0] - partner[0]) > PAIR_AGE:
        return {}
    ages = [0.0, abs(newest[0] - partner[0]) / NS]
    messages: Any = rs1090.decode([partner[1], newest[1]], ages)
    return messages[-1] if len(messages) == 2 else {}


def reference(aircraft: Aircraft | None, t: int) -> tuple[float, float] | None:
    if aircraft is None or aircraft.position is None or abs(t - aircraft.position.t) > POSITION_AGE:
        return None
    return aircraft.position.latitude, aircraft.position.longitude


def absorb(aircraft: Aircraft, message: dict[str, Any], octet: int, t: int) -> str:
    """Take what a message without an airborne position says; returns the counter it belongs under."""
    match message["bds"]:
        case "09":
            return take_velocity(aircraft, message, t)
        case "06":
            return "ground"
        case "08":
            aircraft.callsign = message["callsign"].replace("#", "").strip() or aircraft.callsign
            aircraft.category = adsb.emitter_category(octet) or aircraft.category
        case "62" | "65" if message.get("NACp") is not None:
            aircraft.nacp = message["NACp"]
        case _:
            return "not_needed"
    return "used"


def take_velocity(aircraft: Aircraft, message: dict[str, Any], t: int) -> str:
    speed, rate = message.get("groundspeed"), message.get("vertical_rate")
    difference, track = message.get("geo_minus_baro"), message.get("track")
    metres = None if difference is None else difference * FOOT
    speed = None if speed is None else speed * KNOT
    up = None if rate is None else rate * FOOT_PER_MINUTE
    if reason := implausible(geo_minus_baro=metres, ground_speed=speed, track_angle=track, vertical_rate=up):
        return reason
    if metres is not None:
        aircraft.difference = t, metres
    if speed is not None and track is not None:
        east, north = speed * math.sin(track * DEGREE), speed * math.cos(track * DEGREE)
        aircraft.velocity = Velocity(t, east, north, up, message.get("NACv"))
    return "used"


def ellipsoidal(aircraft: Aircraft, height: float, geometric: bool, t: int) -> tuple[float, float]:
    """Height above the ellipsoid and its σ, m."""
    if geometric:
        return height, adsb.height_sigma_geometric(None)
    if aircraft.difference is not None and abs(t - aircraft.difference[0]) <= DIFFERENCE_AGE:
        return height + aircraft.difference[1], adsb.height_sigma_geometric(None)
    return height, adsb.height_sigma_baro(height)


def claims(aircraft: Aircraft, icao24: str, height_baro: float | None) -> dict[str, Claim]:
    said: dict[str, Claim] = {"icao24": icao24, "ground": False}
    if aircraft.callsign is not None:
        said["callsign"] = aircraft.callsign
    if aircraft.squawk is not None:
        said["squawk"] = aircraft.squawk
    if aircraft.category is not None:
        said["category"] = aircraft.category
    if height_baro is not None:
        said["height_baro"] = height_baro
    return said


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """m between two places (latitude, longitude in degrees) on a sphere; good to 0.5 %."""
    la, lb = a[0] * DEGREE, b[0] * DEGREE
    # haversine: sin²(c/2) = sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2)
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin((b[1] - a[1]) * DEGREE / 2) ** 2
    return 2.0 * DEGREE_M / DEGREE * math.asin(min(1.0, math.sqrt(h)))


def checksum(message: bytes) -> int:
    """The remainder of the Mode S parity check (ICAO Annex 10 vol. IV, generator 0x1FFF409); 0 is right."""
    value, top = int.from_bytes(message, "big"), len(message) * 8 - 1
    for bit in range(top, 23, -1):
        if value >> bit & 1:
            value ^= 0x1FFF409 << (bit - 24)
    return value
