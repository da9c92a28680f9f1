"""What the server needs of whatever runs the pipeline: live feeds, an exercise or a replay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from vedette.assess import PostureConfig, Preview, Rule
from vedette.site import Site
from vedette.types import Delivery, Detection, Picture, ReplayState
from vedette.types.acts import Act, Done
from vedette.types.operations import Entry


class Desk(Protocol):
    """The one thing behind the screen. All methods are called on the event loop's thread.

    `simulated` names the sensors whose reports come from a scenario. Times are int ns UTC.
    """

    @property
    def site(self) -> Site: ...

    @property
    def simulated(self) -> frozenset[str]: ...

    def now(self) -> int:
        """The moment that ages are measured against: the clock in live mode, the play-head otherwise."""
        ...

    def picture(self) -> Picture:
        """The newest tracks and alerts, with the feeds' health as it is now, even when no data arrive."""
        ...

    def listen(self, listener: Callable[[Picture], None]) -> None:
        """Call `listener` on the event loop with every new picture."""
        ...

    async def run(self) -> None:
        """Work until cancelled."""
        ...

    def rules(self) -> tuple[Rule, ...]:
        """Every rule as it stands, those of the site first."""
        ...

    def levels(self) -> tuple[PostureConfig, ...]:
        """The levels of readiness, the calmest first."""
        ...

    def handover(self) -> tuple[Entry, ...]:
        """What people did, oldest first."""
        ...

    async def act(self, act: Act) -> Done:
        """Do what somebody says and record it; ServiceError, in a sentence, when it cannot be done."""
        ...

    async def preview(self, rule: Mapping[str, Any]) -> Preview:
        """What a rule would do with the tracks of now, without a change; ServiceError for one of no use."""
        ...

    async def plots(self, sensor: str) -> tuple[Detection, ...]:
        """The newest reports of a sensor, oldest first; none of one that the site does not have."""
        ...

    def deliveries(self) -> tuple[Delivery, ...]:
        """How the channels to people elsewhere fare."""
        ...

    def try_channel(self, channel: str, by: str) -> None:
        """`by` sends a test on a channel; ServiceError when there is none, or it is off."""
        ...

    async def replay(self, action: str, *, t: int | None = None, speed: float | None = None) -> ReplayState:
        """play, pause, seek (t), speed (speed) or live; ServiceError when nothing can be replayed."""
        ...
