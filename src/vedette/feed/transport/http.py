"""HTTP polling: asks for one document again and again, and gives it when it has changed.

A `file:` address works too: readsb writes /run/readsb/aircraft.json once a second.
"""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from collections.abc import AsyncGenerator
from http import HTTPStatus

from vedette.feed.config import FeedConfig
from vedette.feed.transport.protocol import Chunk, Clock

LARGEST = 32 * 1024 * 1024  # octets; a longer document is refused
TIMEOUT = 10.0  # s


class Http:
    whole = True
    live = True
    hangs = False
    origin = ""

    def __init__(self, config: FeedConfig, clock: Clock) -> None:
        self._url, self._period, self._clock = config.url or "", config.poll_s, clock
        self._tag: dict[str, str] = {}  # what makes the next request conditional
        self._last = b""

    async def open(self) -> AsyncGenerator[Chunk, None]:
        first = await asyncio.to_thread(self._fetch)
        return self._chunks(first)

    async def _chunks(self, body: bytes | None) -> AsyncGenerator[Chunk, None]:
        while True:
            if body is not None and body != self._last:
                self._last = body
                yield Chunk(body, self._clock())
            await asyncio.sleep(self._period)
            body = await asyncio.to_thread(self._fetch)

    def _fetch(self) -> bytes | None:
        """The document, or None when it has not changed. Raises OSError."""
        request = urllib.request.Request(self._url, headers={"User-Agent": "vedette", **self._tag})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                body: bytes = answer.read(LARGEST + 1)
                headers = answer.headers
        except urllib.error.HTTPError as error:
            with error:
                if error.code == HTTPStatus.NOT_MODIFIED:
                    return None
                raise OSError(f"{self._url} answered {error.code} {error.reason}") from None
        if len(body) > LARGEST:
            raise OSError(f"{self._url} sent more than {LARGEST} octets")
        pairs = (("If-None-Match", headers.get("ETag")), ("If-Modified-Since", headers.get("Last-Modified")))
        self._tag = {name: value for name, value in pairs if value}
        return body
