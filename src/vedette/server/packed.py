"""Every sensor's coverage in one small answer: a byte per cell, so that the page can fuse by itself."""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.geo import on_ground
from vedette.sensor import Cover, Coverage, Layer
from vedette.types import Array

Bytes = NDArray[np.uint8]

MAGIC = b"VDC1"
HEADER = struct.Struct("<4sI")  # the magic, and the length of the JSON that follows
# The least of several is the fused code: seen lower first, then what is known worse (vedette.sensor.fuse).
CODES = {Cover.NO_DATA: 253, Cover.HIDDEN: 254, Cover.OUTSIDE: 255}
# m; as fine as a judgement needs, and exact at every limit the page colours by
RUNGS = ((0, 60, 1), (60, 100, 2), (100, 300, 5), (300, 1_000, 20), (1_000, 3_000, 50))


@dataclass(frozen=True)
class Packed:
    """The answer's bytes, gzipped, and the tag by which a browser knows that it has them already."""

    body: bytes
    tag: str


def ladder(ceiling: float) -> Array:
    """(K,) rising heights in m, at most 253, the last one `ceiling`."""
    heights = np.concatenate([np.arange(*rung, dtype=float) for rung in RUNGS])
    return np.append(heights[heights < ceiling], ceiling)


def codes(layer: Layer, heights: Array) -> Bytes:
    """(n, n) from north to south: the index of the first height at which a cell is seen, or of CODES."""
    found = np.searchsorted(heights, np.nan_to_num(layer.height.astype(float)))
    code = np.minimum(found, len(heights) - 1).astype(np.uint8)
    for state, value in CODES.items():
        code[layer.state == state] = value
    return np.ascontiguousarray(code[::-1])


def pack(coverage: Coverage) -> Packed:
    """`VDC1`, the length of a JSON object, the object, then `cells`² bytes for each of its `sensors`."""
    chart, heights = coverage.chart, ladder(coverage.ceiling)
    about = {
        "terrain": coverage.terrain,
        "ceiling_m": coverage.ceiling,
        "probability": coverage.probability,
        "sensors": list(coverage.layers),
        "hear_only": coverage.hear_only(),
        "cells": len(chart.ground),
        "step_m": chart.step,
        "corners": on_ground(chart.corners, chart.frame),
        "heights_m": heights.tolist(),
        "codes": {state.name.lower(): code for state, code in CODES.items()},
    }
    text = json.dumps(about, separators=(",", ":")).encode()
    layers = b"".join(codes(layer, heights).tobytes() for layer in coverage.layers.values())
    body = gzip.compress(HEADER.pack(MAGIC, len(text)) + text + layers, 9, mtime=0)
    return Packed(body, f'"{hashlib.sha256(body).hexdigest()[:24]}"')
