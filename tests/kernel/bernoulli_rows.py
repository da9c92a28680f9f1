"""The struct of arrays that kernels take, from the parts that a test cares about."""

from __future__ import annotations

import numpy as np


def rows_of(r, mu, x, P, code):
    """In the order of kernel.rows.Rows, sharing memory with r (N,), mu (N, K), x, P and code (N,)."""
    N = len(r)
    floats, ints = (lambda: np.zeros(N)), (lambda: np.zeros(N, np.int64))
    counts = [ints() for _ in range(7)]
    return r, floats(), floats(), mu, x, P, *counts, code, np.zeros((N, 1), np.int64)
