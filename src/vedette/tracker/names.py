"""Who a target says it is: names heard in reports, as integer codes that kernels can compare."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vedette.clock import NS
from vedette.types import Detection, Field

UNNAMED = -1
SILENCE = 600 * NS
# Claims that name one airframe for good; the first one present is the name.
NAMING = ("icao24", "remote_id", "track_number")


@dataclass(slots=True)
class Names:
    """Every name heard gets the next code; what each one claimed last is kept with source and time.

    A name not heard for `SILENCE` is forgotten: anybody with a transmitter can invent new ones for ever.
    """

    codes: dict[tuple[str, ...], int] = field(default_factory=dict)
    facts: dict[int, dict[str, Field]] = field(default_factory=dict)
    heard: dict[int, int] = field(default_factory=dict)  # code → ns UTC
    given: int = 0
    swept: int = 0  # ns UTC of the last look for names to forget

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
        code = self.codes.setdefault(name, self.given)
        if code == self.given:
            self.given += 1
            self.facts[code] = {}
        known = self.facts[code]
        self.heard[code] = max(detection.t, self.heard.get(code, 0))
        for fact, value in claims.items():
            if fact not in known or known[fact].t <= detection.t:
                known[fact] = Field(value=value, source=detection.sensor, t=detection.t)
        return code

    def hear_all(self, detections: Sequence[Detection]) -> NDArray[np.int64]:
        """(M,) codes of many."""
        return np.array([self.hear(d) for d in detections], np.int64)

    def of(self, code: int) -> Mapping[str, Field]:
        return dict(self.facts.get(code, {}))

    def forget(self, t: int, carried: Collection[int]) -> None:
        """At time t (ns UTC): free the names long silent that no target carries. Codes are not used again."""
        if t - self.swept < SILENCE // 10:
            return
        self.swept = t
        gone = {code for code, heard in self.heard.items() if heard < t - SILENCE}.difference(carried)
        if gone:
            self.codes = {name: code for name, code in self.codes.items() if code not in gone}
            self.facts = {code: facts for code, facts in self.facts.items() if code not in gone}
            self.heard = {code: heard for code, heard in self.heard.items() if code not in gone}
