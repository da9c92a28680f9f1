"""The coverage map for the page and for scripts: made once, fused anew when a sensor comes or goes."""

from __future__ import annotations

import asyncio
import base64
from typing import Literal

import numpy as np

from vedette.errors import ConfigError, ServiceError
from vedette.geo import on_ground, undulation
from vedette.sensor import Cover, Coverage, Layer, cover, shares
from vedette.server.desk import Desk
from vedette.server.messages import CoverageMessage
from vedette.server.packed import Packed, pack
from vedette.types import Array, FeedState

CELLS = 201  # per side: 80 kB per layer, a second or less for each sensor
CODES = {Cover.HIDDEN: -32766, Cover.OUTSIDE: -32767, Cover.NO_DATA: -32768}
FUSED = "fused"
Above = Literal["ground", "sea"]


class CoverageRoom:
    """Keeps the coverage of a desk's site. For the event loop; the map is made on a thread beside it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._making = asyncio.Lock()
        self._coverage: Coverage | None = None
        self._packed: Packed | None = None
        self._answers: dict[tuple[str, Above], tuple[frozenset[str], CoverageMessage]] = {}

    async def answer(self, layer: str, above: Above) -> CoverageMessage | None:
        """The layer of one sensor or the fused one; None when there is no such sensor."""
        if layer != FUSED and layer not in self.desk.site.sensors:
            return None
        async with self._making:
            coverage = await self._made()
            working = self.working()
            known = self._answers.get((layer, above))
            if known is None or known[0] != working:
                encoded = await asyncio.to_thread(encode, coverage, layer, above, working)
                known = self._answers[layer, above] = working, encoded
        return known[1]

    async def packed(self) -> Packed:
        """All sensors' own layers, which do not change while the server runs."""
        async with self._making:
            if self._packed is None:
                self._packed = await asyncio.to_thread(pack, await self._made())
        return self._packed

    async def _made(self) -> Coverage:
        if self._coverage is None:
            self._coverage = await asyncio.to_thread(self._make)
        return self._coverage

    def working(self) -> frozenset[str]:
        """Sensors whose reports come: a silent, failed or ended one covers nothing."""
        health = self.desk.picture().sensors
        return frozenset(one.sensor for one in health if one.state is FeedState.UP)

    def _make(self) -> Coverage:
        site = self.desk.site
        return cover(site.sensors, site.frame, site.terrain, cells=CELLS)


def encode(coverage: Coverage, name: str, above: Above, working: frozenset[str]) -> CoverageMessage:
    """One sensor's layer, or that of all that work. Raises ServiceError for heights that cannot be had."""
    layer = coverage.fused(working) if name == FUSED else coverage.layers[name]
    try:
        return message(coverage, name, layer, above, working)
    except ConfigError as error:
        raise ServiceError(str(error)) from None


def message(
    coverage: Coverage, name: str, layer: Layer, above: Above, working: frozenset[str]
) -> CoverageMessage:
    """One layer as it is sent."""
    chart = coverage.chart
    return CoverageMessage(
        layer=name,
        above=above,
        terrain=coverage.terrain,
        ceiling_m=coverage.ceiling,
        probability=coverage.probability,
        working=sorted(working & set(coverage.kinds)),
        silent=sorted(set(coverage.kinds) - working),
        hear_only=coverage.hear_only(),
        cells=len(chart.ground),
        step_m=chart.step,
        corners=on_ground(chart.corners, chart.frame),
        heights=base64.b64encode(heights(coverage, layer, above).tobytes()).decode(),
        codes={state.name.lower(): code for state, code in CODES.items()},
        shares=shares(layer) | {"lost": lost(coverage, layer) if name == FUSED else 0.0},
    )


def heights(coverage: Coverage, layer: Layer, above: Above) -> Array:
    """(n, n) int16, little-endian, from north to south: m above ground or sea, or one of CODES."""
    height = np.ceil(layer.height.astype(float))
    if above == "sea":
        height = np.ceil(layer.height + above_sea(coverage))
    known = np.where(layer.state == Cover.SEEN, np.clip(height, -32_000, 32_000), 0.0)
    for state, code in CODES.items():
        known[layer.state == state] = code
    return np.ascontiguousarray(known[::-1]).astype("<i2")


def above_sea(coverage: Coverage) -> Array:
    """(n, n) height of the ground above mean sea level."""
    chart = coverage.chart
    geodetic = chart.frame.to_geodetic(np.dstack([chart.places, np.zeros(chart.ground.shape)]))
    return chart.ground - undulation(geodetic[..., 0], geodetic[..., 1])


def lost(coverage: Coverage, fused: Layer) -> float:
    """The part of the map that is seen while all sensors work, and now is not."""
    whole = coverage.fused(coverage.kinds)
    return float(((whole.state == Cover.SEEN) & (fused.state != Cover.SEEN)).mean())
