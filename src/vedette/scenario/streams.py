"""Independent streams of random numbers by name, all from one seed that the user gave.

A stream depends on the seed and its own name alone, so another sensor or platform in the scenario leaves
every existing one's luck as it was.
"""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *name: str) -> np.random.Generator:
    """The stream called `name`, e.g. ("sensor", "north"), of the scenario seeded with `seed`."""
    digest = hashlib.sha256("\0".join(name).encode()).digest()
    key = [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
