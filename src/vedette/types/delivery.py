"""How the messages of one channel fare on their way to people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeliveryState(StrEnum):
    """What a channel is doing."""

    IDLE = "idle"  # nothing has been sent yet
    OK = "ok"  # the last message arrived
    TRYING = "trying"  # a message waits for another attempt
    FAILED = "failed"  # the last message was given up
    OFF = "off"  # not used in this mode: exercises warn nobody unless told to


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One channel's condition. `detail` says in words what is wrong, or why it is off."""

    channel: str
    kind: str
    state: DeliveryState
    t_last: int | None  # ns UTC of the last message that arrived
    waiting: int  # letters not yet delivered
    sent: int  # letters delivered
    failed: int  # letters given up
    detail: str = ""
