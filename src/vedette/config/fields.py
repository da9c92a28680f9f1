"""Types of keys: each carries its range, which is checked, and its meaning, which error messages quote."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=64, description="a short name, unique among its kind")]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="latitude in degrees, north positive")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="longitude in degrees, east positive")]
Height = Annotated[float, Meta(ge=-500, le=50_000, description="height in m")]
Degrees = Annotated[float, Meta(ge=-360, le=360, description="an angle in degrees")]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Probability = Annotated[float, Meta(gt=0, lt=1, description="a probability between 0 and 1")]
Ratio = Annotated[float, Meta(ge=0, le=1, description="a part of the whole, 0 to 1")]
