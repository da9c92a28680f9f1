"""Carries letters to the channels: on a thread of its own, so that no slow mail server holds up the picture.

As a sink it takes every picture. When its alerts have changed, each channel says what is new to it, and the
letters lie in the outbox until they have arrived or are too old to be of use.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vedette.clock import NS
from vedette.errors import ServiceError
from vedette.publish.channel import Channel, DeliveryError, Office
from vedette.publish.config import NotifyConfig
from vedette.publish.outbox import Letter, Outbox
from vedette.publish.registry import kind_of, open_channel
from vedette.types import Alert, Delivery, DeliveryState, Picture

RENEW = 5 * NS  # ns of data time after which channels look at unchanged alerts again: times of arrival move
PATIENCE = 3.0  # s that letters on their way get when the program ends

Told = Callable[[str, str, Mapping[str, object]], None]  # (channel, what, numbers): for the log


@dataclass(slots=True)
class _Route:
    """One channel at work. `failures` in a row, the last one's `trouble`, and s it asked us to wait."""

    config: NotifyConfig
    channel: Channel
    failures: int = 0
    trouble: str = ""
    after_s: float = 0.0
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Courier:
    """The `[[notify]]` channels of a site.

    clock     ns UTC
    outbox    where letters lie, a file that outlives the program; ":memory:" does not
    told      is called, on the courier's thread, with what was delivered and given up
    counters  letters written, delivered, given up, and attempts that failed
    """

    def __init__(
        self,
        configs: Sequence[NotifyConfig],
        office: Office,
        clock: Callable[[], int],
        *,
        outbox: Path | str = ":memory:",
        told: Told = lambda *_: None,
    ) -> None:
        used = [config for config in configs if config.exercise or not office.exercise]
        self._off = [config for config in configs if config not in used]
        self._routes = {config.name: _Route(config, open_channel(config, office)) for config in used}
        self._clock, self._path, self.told = clock, outbox, told
        self.counters = {"written": 0, "delivered": 0, "given_up": 0, "attempts_failed": 0}
        self._states: Mapping[str, Delivery] = {}
        self._stages: object = None
        self._looked = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._order = [config.name for config in configs]
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="courier", daemon=True)
        self._ready = threading.Event()
        self._failure: ServiceError | None = None
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure

    # ---------------------------------------------------------- called by the pipeline

    def write(self, picture: Picture) -> None:
        """Take the newest picture; returns at once."""
        stages = tuple((a.id, a.state, a.severity, len(a.history)) for a in picture.alerts)
        if stages == self._stages and (not stages or 0 <= picture.t - self._looked < RENEW):
            return
        self._stages, self._looked = stages, picture.t
        self._call(lambda: self._look(picture.t, picture.alerts))

    def close(self) -> None:
        """Give letters on their way a little time, and end. What is left lies in the outbox."""
        self._call(self._end)
        self._thread.join(PATIENCE + 1.0)

    # -------------------------------------------------------------- called by anybody

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Every channel's condition, in the order of the site file."""
        states = self._states
        return tuple(states[name] for name in self._order if name in states)

    def test(self, name: str, by: str) -> None:
        """`by` tries a channel out. Raises ServiceError when there is no such channel, or it is off."""
        if any(config.name == name for config in self._off):
            raise ServiceError(
                f"The channel {name} is not used in exercises; give it exercise = true to use it there."
            )
        if name not in self._routes:
            raise ServiceError(f"There is no channel {name}; GET /api/delivery lists those there are.")
        self._call(lambda: self._try(name, by))

    def _call(self, work: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(work)

    # ---------------------------------------------------------- on the courier's thread

    async def _run(self) -> None:
        try:
            self._outbox = Outbox(self._path)
        except ServiceError as error:
            self._failure = error
            self._ready.set()
            return
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        tasks = [asyncio.create_task(self._carry(name)) for name in self._routes]
        self._report()
        self._ready.set()
        await self._stop.wait()
        if tasks:
            await asyncio.wait(tasks, timeout=PATIENCE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._outbox.close()

    def _end(self) -> None:
        if self._stop is not None:
            self._stop.set()
        for route in self._routes.values():
            route.wake.set()

    def _look(self, t: int, alerts: Sequence[Alert]) -> None:
        """Let every channel write its letters about these alerts."""
        for name, route in self._routes.items():
            letters, remember = route.channel.news(t, alerts, self._outbox.said(name))
            self._outbox.put(name, letters)
            for about, body in remember.items():
                self._outbox.say(name, about, body)
            self._written(route, letters)

    def _try(self, name: str, by: str) -> None:
        letter = self._routes[name].channel.trial(self._clock(), by)
        self._outbox.put(name, [letter])
        self._written(self._routes[name], [letter])

    def _written(self, route: _Route, letters: Sequence[Letter]) -> None:
        if letters:
            self.counters["written"] += len(letters)
            route.wake.set()  # try at once, whatever happened before
            self._report()

    async def _carry(self, name: str) -> None:
        """Deliver what waits, pause, and wait for more; until the end."""
        route = self._routes[name]
        while True:
            letters = self._fresh(name, route)
            if letters:
                await self._attempt(name, route, letters)
            if self._stop is None or self._stop.is_set():
                return
            if letters:
                await self._rest(route)
            else:
                await route.wake.wait()
                route.wake.clear()

    async def _rest(self, route: _Route) -> None:
        """After a message the channel's pause; after a failure longer each time, or until there are news."""
        config = route.config
        pause = float(getattr(config, "pause_s", 0.0))
        if route.failures:
            pause = min(config.retry_s * 2.0 ** (route.failures - 1), config.retry_max_s)
            pause = max(pause, route.after_s)
        try:
            async with asyncio.timeout(pause):
                while self._stop is not None and not self._stop.is_set():
                    await route.wake.wait()
                    route.wake.clear()
                    if route.failures:
                        return
        except TimeoutError:
            pass

    def _fresh(self, name: str, route: _Route) -> list[Letter]:
        """What waits and is not too old; the rest is given up."""
        waiting = self._outbox.waiting(name, route.channel.gather)
        now, most = self._clock(), round(route.config.expire_s * NS)
        old = [letter for letter in waiting if now - letter.t > most]
        if old:
            self._give_up(name, route, old, route.trouble or "too old when its turn came")
        return [letter for letter in waiting if now - letter.t <= most]

    async def _attempt(self, name: str, route: _Route, letters: Sequence[Letter]) -> None:
        try:
            await route.channel.send(letters, self._clock())
        except DeliveryError as error:
            route.failures += 1
            route.trouble, route.after_s = str(error), min(error.after_s, route.config.retry_max_s)
            self.counters["attempts_failed"] += 1
            if error.final:
                self._give_up(name, route, letters, str(error))
        else:
            route.failures, route.trouble = 0, ""
            self.counters["delivered"] += len(letters)
            self._outbox.done(letters, "sent", self._clock())
            self._outbox.prune()
            self.told(name, "delivered", {"letters": len(letters), "subject": letters[0].subject})
        self._report()

    def _give_up(self, name: str, route: _Route, letters: Sequence[Letter], why: str) -> None:
        self.counters["given_up"] += len(letters)
        self._outbox.done(letters, "failed", self._clock(), why)
        self.told(name, "given up", {"letters": len(letters), "subject": letters[0].subject, "why": why})
        self._report()

    # ------------------------------------------------------------------ how they fare

    def _report(self) -> None:
        """Put the conditions together anew; readers on other threads get the whole mapping at once."""
        found = {name: self._condition(name, route) for name, route in self._routes.items()}
        self._states = {**{c.name: self._turned_off(c) for c in self._off}, **found}

    def _condition(self, name: str, route: _Route) -> Delivery:
        counts, last = self._outbox.counts(name), self._outbox.last(name)
        failed = last is not None and last[0] == "failed"
        state = DeliveryState.IDLE if last is None else DeliveryState.FAILED if failed else DeliveryState.OK
        if counts["waiting"]:
            state = DeliveryState.TRYING
        return Delivery(
            channel=name,
            kind=kind_of(route.config),
            state=state,
            t_last=self._outbox.last_sent(name),
            waiting=counts["waiting"],
            sent=counts["sent"],
            failed=counts["failed"],
            detail=route.trouble or (last[2] if last is not None and failed else ""),
        )

    @staticmethod
    def _turned_off(config: NotifyConfig) -> Delivery:
        return Delivery(
            channel=config.name,
            kind=kind_of(config),
            state=DeliveryState.OFF,
            t_last=None,
            waiting=0,
            sent=0,
            failed=0,
            detail="not used in exercises",
        )
