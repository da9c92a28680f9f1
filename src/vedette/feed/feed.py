"""One feed: a transport joined to a format, kept alive, with its state to be seen.

A feed that is refused, stalls, sends garbage or breaks off is never an error of the program: it is counted,
shown, and opened again after a wait that doubles up to `retry_max_s`, with jitter so that many feeds of one
dead gateway do not come back in step.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable
from typing import NamedTuple

import numpy as np

from vedette.clock import NS
from vedette.errors import FeedError
from vedette.feed.check import checked
from vedette.feed.config import FeedConfig
from vedette.feed.format import FORMATS
from vedette.feed.look import Report
from vedette.feed.relocate import Relocate, shifted
from vedette.feed.transport import TRANSPORTS, Chunk, Clock, Transport
from vedette.types import Detection, FeedState, SensorHealth

OnRaw = Callable[[str, bytes, int], int]
RATE_WINDOW = 10 * NS
# What a format counts when bytes make no sense at all, and when they do.
NONSENSE = (
    "garbage_bytes", "broken_frame", "bad_checksum", "malformed", "not_a_line", "not_a_document",
    "not_a_number", "wrong_size", "no_kind", "undecodable",
)  # fmt: skip
SENSE = ("detections", "looks", "used")
SILENCE = 3.0  # stale times after which a connection that may hang is given up and opened again


class Batch(NamedTuple):
    """What one chunk gave."""

    reports: list[Report]
    t_rx: int


class Feed:
    """`async for reports, t_rx in feed.stream()`: never ends for a live source, ends with the file for a
    file.

    clock   now in ns UTC, for the stamps of arrival
    rng     jitter of the waits
    on_raw  (sensor, data, t_rx) -> index: takes every raw chunk before it is parsed; its index goes into
            Detection.raw

    Raises ConfigError at once when the configuration cannot work.
    """

    def __init__(
        self, config: FeedConfig, *, clock: Clock, rng: np.random.Generator, on_raw: OnRaw | None = None
    ) -> None:
        self.config, self._options = config, checked(config)
        self._clock, self._rng, self._on_raw = clock, rng, on_raw
        self._format = FORMATS[config.format].open(config.sensor, self._options)
        self._transport: Transport = TRANSPORTS[config.transport].make(config, clock)
        self._relocate = None if config.relocate is None else Relocate(config.relocate)
        self._shift: int | None = None if config.start == "now" else 0
        self._counters: Counter[str] = Counter()
        self._recent: deque[tuple[int, int]] = deque()
        self._state, self._detail = FeedState.CONNECTING, ""
        self._t_open: int | None = None
        self._t_last: int | None = None  # of the last bytes that made sense
        self._t_bytes: int | None = None  # of the last bytes
        self._tries = 0

    @property
    def sensor(self) -> str:
        return self.config.sensor

    @property
    def transport(self) -> Transport:
        return self._transport

    # the stream

    async def stream(self) -> AsyncGenerator[Batch, None]:
        while True:
            try:
                chunks = await self._transport.open()
                self._opened()
                async for batch in self._session(chunks):
                    yield batch
            except (OSError, TimeoutError) as error:
                self._broke(str(error) or type(error).__name__)
            except FeedError as error:
                # A file that is not there or is no recording does not mend itself.
                self._state, self._detail = FeedState.DOWN, str(error)
                return
            rest = self._moved(self._format.close())
            if rest and self._t_last is not None:
                yield Batch(rest, self._t_last)
            if self._state is FeedState.ENDED:
                return
            await self._pause()

    async def _session(self, chunks: AsyncGenerator[Chunk, None]) -> AsyncGenerator[Batch, None]:
        """One connection, until it ends, stalls or breaks."""
        patience = self.config.stale_s * SILENCE if self._transport.hangs else None
        try:
            while True:
                try:
                    async with asyncio.timeout(patience):
                        chunk = await anext(chunks)
                except StopAsyncIteration:
                    self._finished()
                    return
                except TimeoutError:
                    self._counters["stalls"] += 1
                    raise TimeoutError(f"nothing heard for {patience:g} s") from None
                yield self._parse(chunk)
        finally:
            await chunks.aclose()

    def _parse(self, chunk: Chunk) -> Batch:
        if self._shift is None:
            self._shift = self._clock() - chunk.t_rx
        t_rx = chunk.t_rx + self._shift
        self._counters["octets"] += len(chunk.data)
        sense, nonsense = self._count(SENSE), self._count(NONSENSE)
        self._format.raw = None if self._on_raw is None else self._on_raw(self.sensor, chunk.data, t_rx)
        reports = self._format.feed(chunk.data, chunk.t_rx)
        if self._transport.whole:
            reports += self._format.close()
        self._t_bytes = t_rx
        if self._count(SENSE) > sense or self._count(NONSENSE) == nonsense:
            self._state, self._detail, self._tries, self._t_last = FeedState.UP, "", 0, t_rx
        reports = self._moved(reports)
        self._note(t_rx, sum(isinstance(report, Detection) for report in reports))
        return Batch(reports, t_rx)

    def _count(self, names: tuple[str, ...]) -> int:
        return sum(self._format.counters.get(name, 0) for name in names)

    def _moved(self, reports: list[Report]) -> list[Report]:
        """The reports at the time and the place where this site is to see them."""
        if self._shift:
            reports = [shifted(report, self._shift) for report in reports]
        if self._relocate is not None:
            reports = [self._relocate(report) for report in reports]
        return reports

    # what happens to a connection

    def _opened(self) -> None:
        self._counters["connections"] += 1
        self._t_open = self._clock()
        self._detail = "connected again, nothing heard yet" if self._state is FeedState.DOWN else ""

    def _finished(self) -> None:
        if self._transport.live:
            self._broke("the other side closed the connection")
        else:
            self._state, self._detail = FeedState.ENDED, "played to its end"

    def _broke(self, why: str) -> None:
        self._counters["failures"] += 1
        self._state, self._detail = FeedState.DOWN, why

    async def _pause(self) -> None:
        """Wait before the next try: doubled each time, times a factor between a half and one and a half."""
        longest = self.config.retry_max_s
        wait = min(self.config.retry_s * 2.0 ** min(self._tries, 30), longest) * self._rng.uniform(0.5, 1.5)
        self._tries += 1
        self._detail = f"{self._detail}; trying again in {wait:.1f} s"
        await asyncio.sleep(wait)
        self._t_open = None

    # health

    def _note(self, t_rx: int, detections: int) -> None:
        self._counters["detections"] += detections
        if detections:
            self._recent.append((t_rx, detections))
        while self._recent and self._recent[0][0] <= t_rx - RATE_WINDOW:
            self._recent.popleft()

    def health(self, now_ns: int) -> SensorHealth:
        """The feed's condition at `now_ns`; on a recording played faster or slower, give the data's time."""
        recent = sum(count for t, count in self._recent if t > now_ns - RATE_WINDOW)
        state, detail = self._state, self._detail
        silent = self._silence(now_ns)
        if state in (FeedState.UP, FeedState.CONNECTING) and silent > self.config.stale_s:
            state, detail = FeedState.STALE, f"connected, but silent for {silent:.0f} s"
            if self._t_bytes is not None and (now_ns - self._t_bytes) / NS <= self.config.stale_s:
                detail = f"sends bytes, but nothing readable for {silent:.0f} s; check format and port"
        if remark := getattr(self._transport, "remark", ""):
            detail = f"{detail}; {remark}" if detail else remark
        return SensorHealth(
            sensor=self.sensor,
            kind=self.config.format,
            state=state,
            t_last=self._t_last,
            rate=recent / (RATE_WINDOW / NS),
            detections=self._counters["detections"],
            counters=self.counters(),
            detail=detail,
            origin=self.config.origin or self._transport.origin,
        )

    def _silence(self, now: int) -> float:
        """s since the last byte of this connection, or since it was opened."""
        if self._t_open is None:
            return 0.0
        since = self._t_open if self._t_last is None else self._t_last
        return max(0.0, (now - since) / NS)

    def counters(self) -> dict[str, int]:
        """Every named count of the connection, the transport and the format."""
        own = {name: count for name, count in self._counters.items() if name != "detections"}
        return {**getattr(self._transport, "counters", {}), **own, **self._format.counters}
