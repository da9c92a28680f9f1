"""Who a target says it is: names heard in reports, as integer codes that kernels can compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vedette.types import Detection, Field

UNNAMED = -1
# Claims that name one airframe for good; the first one present is the name.
NAMING = ("icao24", "remote_id", "track_number")


@dataclass(slots=True)
class Names:
    """Every name heard so far gets the next code; what each one claimed last is kept with source and time."""

    codes: dict[tuple[str, ...], int] = field(default_factory=dict)
    facts: list[dict[str, Field]] = field(default_factory=list)

    def hear(self, detection: Detection) -> int:
        """Code of the report's name, or UNNAMED; its claims are filed under that name."""
        claims = detection.claims
        for key in NAMING:
            if key in claims:
                break
        else:
            return UNNAMED
        # A track number means something only to the sensor that gave it.
        name = (key, str(claims[key]), detection.sensor if key == "track_number" else "")
        code = self.codes.setdefault(name, len(self.facts))
        if code == len(self.facts):
            self.facts.append({})
        known = self.facts[code]
        for fact, value in claims.items():
            if fact not in known or known[fact].t <= detection.t:
                known[fact] = Field(value=value, source=detection.sensor, t=detection.t)
        return code

    def of(self, code: int) -> Mapping[str, Field]:
        return dict(self.facts[code]) if code >= 0 else {}
