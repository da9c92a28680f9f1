"""When the next frame may go: about five a second, and a picture that comes no faster than that never waits.

A leaky bucket (the generic cell rate algorithm, ITU-T I.371) with room for one frame more. A beat that every
picture had to wait for would show all of them late, by up to a period, as long as they come in its rhythm.
"""

from __future__ import annotations

PERIOD = 0.19  # s: five frames a second, and a little more, by which a frame that waited catches up


class Beat:
    """Times are s of any steady clock."""

    def __init__(self, now: float, period: float = PERIOD) -> None:
        self.period = period
        self.due = now  # when the next frame would go at the steady rate

    def wait(self, now: float) -> float:
        """s from now until a frame may go: up to a period before it is due."""
        return max(0.0, self.due - self.period - now)

    def sent(self, now: float) -> None:
        """A frame goes now."""
        self.due = max(self.due, now) + self.period
