"""How good a self-reported position is: ADS-B's accuracy codes turned into covariances.

ADS-B says how accurate it believes it is in coded 95 % bounds. For a round Gaussian the radius that holds
95 % is √(-2 ln 0.05) σ = 2.448 σ, and in one dimension 1.960 σ; so σ = EPU / 2.448 per horizontal axis.

Sources: the NACp, NACv, GVA and (version 0) NUCp tables of RTCA DO-260/A/B, as reprinted in J. Sun, "The 1090
Megahertz Riddle", 2nd ed. 2021, chapter on uncertainty. Without any code we take NACp 8, the least that
14 CFR §91.227(c)(1)(i) lets fly in controlled airspace.
"""

from __future__ import annotations

import math

import numpy as np

from vedette.types import Array
from vedette.units import FOOT, NAUTICAL_MILE

CIRCLE_95 = math.sqrt(-2.0 * math.log(0.05))  # 2.448: σ of the 95 % radius of a round Gaussian
LINE_95 = 1.959964  # σ of the 95 % interval in one dimension

# NACp → 95 % horizontal bound (EPU), m. 0 means 10 NM or worse.
EPU_NACP = {
    11: 3.0, 10: 10.0, 9: 30.0, 8: 0.05 * NAUTICAL_MILE, 7: 0.1 * NAUTICAL_MILE, 6: 0.3 * NAUTICAL_MILE,
    5: 0.5 * NAUTICAL_MILE, 4: NAUTICAL_MILE, 3: 2 * NAUTICAL_MILE, 2: 4 * NAUTICAL_MILE,
    1: 10 * NAUTICAL_MILE, 0: 20 * NAUTICAL_MILE,
}  # fmt: skip
# NUCp of ADS-B version 0 → 95 % horizontal bound, m. 0 means no statement; 20 NM as above.
EPU_NUCP = {
    9: 3.0, 8: 10.0, 7: 0.05 * NAUTICAL_MILE, 6: 0.1 * NAUTICAL_MILE, 5: 0.25 * NAUTICAL_MILE,
    4: 0.5 * NAUTICAL_MILE, 3: NAUTICAL_MILE, 2: 5 * NAUTICAL_MILE, 1: 10 * NAUTICAL_MILE,
    0: 20 * NAUTICAL_MILE,
}  # fmt: skip
EPU_DEFAULT = EPU_NACP[8]
# NACv → 95 % bounds on horizontal and vertical velocity, m/s. 0 means 10 m/s or worse: twice that is taken.
VELOCITY_NACV = {
    0: (20.0, 30.0), 1: (10.0, 50 * FOOT), 2: (3.0, 15 * FOOT), 3: (1.0, 5 * FOOT), 4: (0.3, 1.5 * FOOT)
}  # fmt: skip
# GVA → 95 % bound on geometric height, m.
HEIGHT_GVA = {1: 150.0, 2: 45.0}

# σ of the delay from fix to antenna, s. 14 CFR §91.227(e)(2) allows 0.6 s uncompensated; most do better.
LATENCY = 0.1
SPEED_UNKNOWN = 130.0  # m/s, taken for the latency term while no velocity has been heard (half of jet cruise)
FLOOR = 2.0  # m, σ of the airborne position code: 360°/60/2¹⁷ is a step of 5.1 m north, σ = 5.1/√12 and some
ACCELERATION = 3.0  # m/s², how fast a velocity report goes stale (a 0.3 g turn)

# Heights. A geometric height without GVA is taken as GVA 2 (45 m at 95 %) and its 25 ft step.
HEIGHT_GEOMETRIC = 45.0 / LINE_95
# A barometric height is not a height: it misses the day's pressure (σ 12 hPa, 8.3 m per hPa), the geoid
# (σ 30 m over the globe, EGM96) and the air's temperature (σ 10 K in 288 K: 3.5 % of the height).
HEIGHT_BARO = math.hypot(100.0, 30.0)
HEIGHT_BARO_SHARE = 0.035


def epu(nacp: int | None, nucp: int | None) -> float:
    """The 95 % radius in m: from NACp, else from the version 0 NUCp, else the regulatory minimum."""
    if nacp is not None and nacp in EPU_NACP:
        return EPU_NACP[nacp]
    if nucp is not None and nucp in EPU_NUCP:
        return EPU_NUCP[nucp]
    return EPU_DEFAULT


def position_sigma(radius_95: float, speed: float | None) -> float:
    """σ per horizontal axis, m: the fix itself, the code's step, and what is flown within the latency."""
    flown = LATENCY * (SPEED_UNKNOWN if speed is None else speed)
    return math.sqrt((radius_95 / CIRCLE_95) ** 2 + FLOOR**2 + flown**2)


def height_sigma_geometric(gva: int | None) -> float:
    """σ in m of a height above the ellipsoid."""
    return HEIGHT_GVA[gva] / LINE_95 if gva in HEIGHT_GVA else HEIGHT_GEOMETRIC


def height_sigma_baro(height: float) -> float:
    """σ in m of a barometric height that stands in for a height above the ellipsoid."""
    return math.hypot(HEIGHT_BARO, HEIGHT_BARO_SHARE * max(height, 0.0))


def velocity_sigmas(nacv: int | None, age: float) -> tuple[float, float]:
    """σ (horizontal per axis, vertical) in m/s of a velocity heard `age` seconds ago."""
    horizontal, vertical = VELOCITY_NACV.get(0 if nacv is None else nacv, VELOCITY_NACV[0])
    turned = ACCELERATION * age
    return math.hypot(horizontal / CIRCLE_95, turned), math.hypot(vertical / LINE_95, turned)


def covariance(*sigmas: float) -> Array:
    """Independent errors: diag(σ²)."""
    m = len(sigmas)
    R = np.zeros((m, m))
    R.flat[:: m + 1] = [sigma * sigma for sigma in sigmas]
    return R


def emitter_category(octet: int) -> str | None:
    """The emitter category, e.g. "A3", from the first octet of an identification message (type 1-4, sub 0-7).

    DO-260B §2.2.3.2.5.2: type 4 is set A, 3 is B, 2 is C, 1 is D. A sub-code of 0 says nothing.
    """
    sub = octet & 0x07
    return f"{'DCBA'[(octet >> 3) - 1]}{sub}" if sub and 1 <= octet >> 3 <= 4 else None
