"""Whether corners listed in a file make a polygon that everybody draws alike."""

from __future__ import annotations

Corner = tuple[float, float]


def crosses_itself(corners: tuple[Corner, ...]) -> bool:
    """Whether two edges that are not neighbours meet, or neighbours lie on each other.

    Edges pq and rs meet when p, q lie on different sides of rs, or on it, and r, s of pq.
    """
    edges = list(zip(corners, (*corners[1:], corners[0]), strict=True))
    count = len(edges)
    for i, (p, q) in enumerate(edges):
        if _turn(p, q, edges[(i + 1) % count][1]) == 0.0 and _back(p, q, edges[(i + 1) % count][1]):
            return True
        for r, s in edges[i + 2 : count - (i == 0)]:
            apart = _turn(r, s, p) * _turn(r, s, q) <= 0.0 and _turn(p, q, r) * _turn(p, q, s) <= 0.0
            if apart and _overlap(p, q, r, s):
                return True
    return False


def _turn(a: Corner, b: Corner, c: Corner) -> float:
    """Twice the signed area of abc: above zero on one side of ab, below on the other."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _back(p: Corner, q: Corner, s: Corner) -> bool:
    """Whether the way p → q → s turns back at q, or does not move."""
    return (q[0] - p[0]) * (s[0] - q[0]) + (q[1] - p[1]) * (s[1] - q[1]) <= 0.0


def _overlap(p: Corner, q: Corner, r: Corner, s: Corner) -> bool:
    """Whether the boxes about pq and rs meet, which tells edges on one line apart."""
    return all(max(min(p[k], q[k]), min(r[k], s[k])) <= min(max(p[k], q[k]), max(r[k], s[k])) for k in (0, 1))
