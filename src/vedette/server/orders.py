"""What a browser may say over the WebSocket, as docs/reference/wire.md has it; anything else is refused."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Id = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
Finite = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]


class Select(msgspec.Struct, tag="select", tag_field="type", forbid_unknown_fields=True, frozen=True):
    """Show the details of one track, or of none."""

    id: Id | None


class Replay(msgspec.Struct, tag="replay", tag_field="type", forbid_unknown_fields=True, frozen=True):
    """Move the play-head: `t_s` (Unix seconds) goes with seek, `speed` with speed."""

    action: Literal["play", "pause", "seek", "speed", "live"]
    t_s: Finite | None = None
    speed: Finite | None = None


class Seen(msgspec.Struct, tag="seen", tag_field="type", forbid_unknown_fields=True, frozen=True):
    """The frame of this sequence has been taken up. Whoever says so is sent no more than it takes up."""

    sequence: Id


Request = Select | Replay | Seen
decode = msgspec.json.Decoder(Request).decode
