"""Conversions, used only at the edges: inside Vedette everything is SI and radians.

Each factor is exact by definition (NIST SP 811, ICAO Annex 5), so none is ever typed twice.
"""

from __future__ import annotations

import math

FOOT = 0.3048  # m
NAUTICAL_MILE = 1852.0  # m
KNOT = NAUTICAL_MILE / 3600.0  # m/s
FOOT_PER_MINUTE = FOOT / 60.0  # m/s
FLIGHT_LEVEL = 100.0 * FOOT  # m
DEGREE = math.pi / 180.0  # rad
SPEED_OF_LIGHT = 299_792_458.0  # m/s
