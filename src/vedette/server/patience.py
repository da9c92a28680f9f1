"""The limit of patience with who connects and does not ask: heads that trickle in, or never end."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S = 10.0  # s for the request line and the headers
LONGEST_HEAD = 32 * 1024  # bytes; the longest honest one, with all of this machine's cookies, has 16 kB


class Patient(HttpToolsProtocol):
    """uvicorn's protocol, which waits for ever for the end of the headers, with an end to waiting."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head, self._late = 0, self.loop.call_later(HEAD_S, self._give_up)
        self._in_head = True

    def data_received(self, data: bytes) -> None:
        """Count what comes before the headers are complete."""
        if not self._in_head and self.cycle is not None and self.cycle.response_complete:
            self._in_head, self._head = True, 0
            self._late = self.loop.call_later(HEAD_S, self._give_up)
        super().data_received(data)
        if self._in_head:
            self._head += len(data)
            if self._head > LONGEST_HEAD and not self.transport.is_closing():
                self.send_400_response("The headers are too long.")

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._late.cancel()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._late.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
