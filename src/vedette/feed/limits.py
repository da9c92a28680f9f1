"""What a field may hold. A record can parse perfectly and still be impossible; this table decides.

Edit the table, not the decoders. Values are SI except the angles, which are in degrees because people check
them by eye. A field outside its limits drops the whole record, counted as `implausible_<field>`: a record
with one impossible number is most likely read with the wrong layout (the 2008 CAT062 sample of
asterix-decoder decodes to a latitude of 4330°), so its other numbers are worth nothing either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Limit(NamedTuple):
    low: float
    high: float
    unit: str
    why: str


# fmt: off
LIMITS: Mapping[str, Limit] = {
    "latitude":       Limit(-90.0, 90.0, "°", "the poles"),
    "longitude":      Limit(-180.0, 180.0, "°", "once around"),
    "azimuth":        Limit(0.0, 360.0, "°", "once around"),
    "elevation":      Limit(-90.0, 90.0, "°", "straight down to straight up"),
    "track_angle":    Limit(0.0, 360.0, "°", "once around"),
    "slant_range":    Limit(1.0, 600e3, "m", "beyond the longest air-surveillance radar (470 km)"),
    "height":         Limit(-1000.0, 45e3, "m", "the Dead Sea in low pressure to stratospheric balloons"),
    "height_baro":    Limit(-1500.0, 40e3, "m", "Mode C ends at 126,700 ft (ICAO Annex 10 vol. IV)"),
    "geo_minus_baro": Limit(-2000.0, 2000.0, "m", "ISA ± 40 K moves pressure altitude 1,800 m at 12 km"),
    "ground_speed":   Limit(0.0, 1100.0, "m/s", "the SR-71's record is 981 m/s"),
    "vertical_rate":  Limit(-170.0, 170.0, "m/s", "Mode S codes at most 32,640 ft/min (166 m/s)"),
    "time_of_day":    Limit(0.0, 86_400.0, "s", "one day"),
    "clock_offset":   Limit(-3600.0, 3600.0, "s", "beyond it the clock or the layout is wrong"),
    "age":            Limit(0.0, 3600.0, "s", "an older position is of no use to anybody"),
    "rotation":       Limit(0.2, 60.0, "s", "one turn of an antenna"),
}
# fmt: on


def plausible(name: str, value: float) -> bool:
    """Whether `value`, in the table's unit, can be true. NaN cannot."""
    low, high, _, _ = LIMITS[name]
    return low <= value <= high


def implausible(**fields: float | None) -> str | None:
    """The counter's name for the first field that cannot be true, e.g. "implausible_latitude"; or None.

    A field that is None was not sent, and passes.
    """
    for name, value in fields.items():
        if value is not None and not plausible(name, value):
            return f"implausible_{name}"
    return None
