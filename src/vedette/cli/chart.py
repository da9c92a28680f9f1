"""A coverage layer as a picture (PNG) and as a map for other programs (GeoTIFF)."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from vedette.errors import ConfigError
from vedette.sensor import Cover, Coverage, Layer
from vedette.units import DEGREE

Pixels = NDArray[np.uint8]

# Lowest height seen, m above ground → colour: dark and blue is low, pale is high. Told apart in grey too.
BANDS = ((60.0, (8, 64, 129)), (100.0, (43, 140, 190)), (300.0, (123, 204, 196)), (1000.0, (204, 235, 197)))
HIGHER = (240, 249, 232)
HIDDEN = (74, 58, 66)
OUTSIDE = (200, 200, 200)
STRIPES = ((214, 96, 77), (250, 228, 214))  # no data: never a plain colour
SIDE = 800  # pixels at least
STRIPE = 6  # pixels


def picture(made: Coverage, layer: Layer) -> bytes:
    """North is up. The colours are explained in docs/terrain.md."""
    scale = max(1, -(-SIDE // len(layer.state)))
    state = np.kron(layer.state[::-1], np.ones((scale, scale), np.uint8))
    height = np.kron(layer.height[::-1], np.ones((scale, scale), np.float32))
    pixels = np.empty((*state.shape, 3), np.uint8)
    pixels[:] = HIGHER
    for top, colour in reversed(BANDS):
        pixels[height <= top] = colour
    pixels[state == Cover.HIDDEN] = HIDDEN
    pixels[state == Cover.OUTSIDE] = OUTSIDE
    row, column = np.indices(state.shape)
    stripes = np.array(STRIPES, np.uint8)[(row + column) // STRIPE % 2]
    pixels[state == Cover.NO_DATA] = stripes[state == Cover.NO_DATA]
    return png(pixels)


def png(pixels: Pixels) -> bytes:
    """(rows, columns, 3) as PNG (W3C, Portable Network Graphics, 3rd edition), without filters."""
    rows, columns, _ = pixels.shape
    lines = np.zeros((rows, 1 + 3 * columns), np.uint8)
    lines[:, 1:] = pixels.reshape(rows, -1)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    data = zlib.compress(lines.tobytes(), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def geotiff(made: Coverage, layer: Layer) -> bytes:
    """Two bands in the site's own plane: lowest height above ground in m (nodata −9999), and Cover."""
    try:
        from rasterio import Affine
        from rasterio.crs import CRS
        from rasterio.io import MemoryFile
    except ImportError:
        raise ConfigError(
            "Writing a GeoTIFF needs the package rasterio; install it with `pip install 'vedette[terrain]'`, "
            "or write .png or .json."
        ) from None
    chart = made.chart
    count, step = len(chart.ground), chart.step
    latitude, longitude = chart.frame.latitude / DEGREE, chart.frame.longitude / DEGREE
    # East and north of a tangent plane are the orthographic projection of the ellipsoid.
    plane = CRS.from_proj4(f"+proj=ortho +lat_0={latitude!r} +lon_0={longitude!r} +datum=WGS84 +units=m")
    corner = Affine(step, 0.0, -count / 2.0 * step, 0.0, -step, count / 2.0 * step)
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff", width=count, height=count, count=2, dtype="float32", crs=plane, transform=corner,
            nodata=-9999.0, compress="deflate",
        ) as file:  # fmt: skip
            file.write(np.nan_to_num(layer.height[::-1], nan=-9999.0).astype(np.float32), 1)
            file.write(layer.state[::-1].astype(np.float32), 2)
            file.descriptions = (
                "lowest visible height above ground, m",
                ", ".join(f"{state.value} {state.name.lower()}" for state in Cover),
            )
        return bytes(memory.read())
