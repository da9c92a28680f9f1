"""What a site says about an ASTERIX source."""

from __future__ import annotations

import re

import msgspec

from vedette.errors import ConfigError
from vedette.feed.format.asterix.tables import editions
from vedette.feed.limits import LIMITS
from vedette.feed.nearest import nearest

SOURCE = re.compile(r"(\d{1,3})/(\d{1,3})")


class AsterixOptions(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """source  which radar or system on this line is this sensor: "25/100" (SAC/SIC); "first": the first one
            heard, others are counted; "any": all of them, for looking into a file (without looks)
    cat034, cat048, cat062  the edition the sender uses
    sigma_range_m, sigma_azimuth_deg  CAT048: the radar's random errors; see cat048 for the defaults
    sigma_height_m  CAT048: error of a height that the radar measured itself
    undulation_m    height of the geoid above the ellipsoid at the site, added to heights above sea level
    simulated       True: targets marked as simulated are taken
    clock_offset_s  a report stamped further from its arrival than this is dropped
    """

    source: str = "first"
    cat034: str = "1.29"
    cat048: str = "1.32"
    cat062: str = "1.21"
    sigma_range_m: float | None = None
    sigma_azimuth_deg: float | None = None
    sigma_height_m: float = 500.0
    undulation_m: float = 0.0
    simulated: bool = False
    clock_offset_s: float = LIMITS["clock_offset"].high

    def edition(self, category: int) -> str:
        name: str = getattr(self, f"cat{category:03d}")
        return name


def check(options: AsterixOptions) -> None:
    """Raises ConfigError for an edition or a source that cannot be."""
    for category in (34, 48, 62):
        names = [name for name, _ in editions(category)]
        edition, key = options.edition(category), f"feed.options.cat{category:03d}"
        if edition not in names:
            raise ConfigError(f"edition '{edition}' is not known; {nearest(edition, names)}", key=key)
    match = SOURCE.fullmatch(options.source)
    if options.source not in ("first", "any") and (match is None or max(map(int, match.groups())) > 255):
        message = f"'{options.source}' is no source; give SAC/SIC as in '25/100', or 'first' or 'any'."
        raise ConfigError(message, key="feed.options.source")
    for key in ("sigma_range_m", "sigma_azimuth_deg", "sigma_height_m", "clock_offset_s"):
        value = getattr(options, key)
        if value is not None and not value > 0:
            raise ConfigError(f"{value:g} is too small; give a value above zero.", key=f"feed.options.{key}")
