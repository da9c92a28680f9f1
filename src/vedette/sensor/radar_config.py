"""What a site file says of a radar."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from vedette.config import Degrees, Height, Name, NotNegative, Positive, Probability, TableError
from vedette.geo import Place

Beamwidth = Annotated[
    float, msgspec.Meta(gt=0, le=90, description="a beamwidth in degrees between the half-power points")
]
Elevation = Annotated[float, msgspec.Meta(ge=-90, le=90, description="an elevation in degrees, up positive")]
Turn = Annotated[float, msgspec.Meta(gt=0, le=360, description="a width in degrees, at most a full turn")]
FalseAlarm = Annotated[
    float, msgspec.Meta(gt=0, le=0.01, description="a false-alarm probability per resolution cell")
]
Rcs = Annotated[float, msgspec.Meta(ge=-60, le=60, description="a radar cross-section in dBsm")]
Frequency = Annotated[float, msgspec.Meta(ge=1e7, le=1e11, description="a frequency in Hz")]
Gamma = Annotated[float, msgspec.Meta(ge=-60, le=10, description="the ground's reflectivity γ in dB")]
Improvement = Annotated[float, msgspec.Meta(ge=0, le=120, description="a clutter improvement in dB")]
Cells = Annotated[int, msgspec.Meta(ge=1, le=65536, description="how many Doppler cells there are")]
Sectors = Annotated[int, msgspec.Meta(ge=1, le=360)]


class RadarConfig(Place, frozen=True, kw_only=True):
    """Keys of a radar's `[[sensor]]` table. Lengths m, angles degrees, times s; `height` is the antenna's."""

    name: Name
    range_max: Positive
    reference_range: Positive
    reference_rcs: Rcs
    reference_pd: Probability
    range_resolution: Positive
    azimuth_beamwidth: Beamwidth
    elevation_min: Elevation
    elevation_max: Elevation
    period: Positive
    pfa: FalseAlarm = 1e-6
    expected_rcs: Rcs | None = None
    expected_rcs_spread: NotNegative = 0.0
    range_min: NotNegative = 0.0
    range_floor: NotNegative = 0.0
    azimuth_floor: NotNegative = 0.0
    azimuth_start: Degrees = 0.0
    azimuth_width: Turn = 360.0
    sectors: Sectors = 1
    latency: NotNegative = 0.0
    min_radial_speed: NotNegative = 0.0
    radial_speed_sigma: Positive = 1.0
    radial_speed_span: Positive = 600.0
    doppler: bool = True
    doppler_cells: Cells = 1
    clutter: NotNegative = 0.0
    amplitude: bool = True
    merging: bool = True
    fluctuation: Literal[0, 1, 3] = 1
    frequency: Frequency | None = None
    surface_roughness: NotNegative | None = None
    clutter_gamma: Gamma | None = None
    clutter_improvement: Improvement | None = None

    @property
    def needs_mast(self) -> bool:
        """Whether it reckons with the ground, over which its antenna then has to stand."""
        return self.frequency is not None or self.clutter_gamma is not None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.elevation_min >= self.elevation_max:
            raise TableError("elevation_min must lie below elevation_max; swap them.", "elevation_min")
        if self.range_min >= self.range_max:
            raise TableError("range_min must lie below range_max; lower it.", "range_min")
        if self.reference_pd <= self.pfa:
            raise TableError(
                "reference_pd must be above pfa; a detection is likelier than a false alarm.", "reference_pd"
            )
        for one, other in (("surface_roughness", "frequency"), ("clutter_improvement", "clutter_gamma")):
            if getattr(self, one) is not None and getattr(self, other) is None:
                raise TableError(f"{one} needs {other}, without which nothing asks for it; add it.", one)


class Radar3DConfig(RadarConfig, frozen=True, kw_only=True, tag_field="kind", tag="radar3d"):
    """A radar that measures elevation."""

    elevation_beamwidth: Beamwidth
    elevation_floor: NotNegative = 0.0


class Radar2DConfig(RadarConfig, frozen=True, kw_only=True, tag_field="kind", tag="radar2d"):
    """A radar with a fan beam: height is a weak prior, N(height_prior, height_sigma²) in m above the site."""

    height_prior: Height
    height_sigma: Positive
