"""The gate before every request: who may speak to this server, how much, and what a page may do.

A web page that a user happens to visit can send requests to servers on the user's own machine. Three checks
stop it from reading or steering the air picture:

- `Host` must be a name this server goes by, so that a foreign name which was made to resolve to 127.0.0.1 is
  refused (DNS rebinding);
- `Origin`, which browsers send with every WebSocket and every POST and a page cannot forge, must be this
  server itself, or loopback on both sides (a development server beside it);
- a body may not be longer than `max_body`, nor take longer than BODY_S to come.

Where a proxy stands in front, nobody but the proxy may connect, and it says from whom a request comes. Every
answer carries a content security policy that allows nothing from outside this server.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from vedette.site import is_address

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
BODY_S = 10.0  # s that a body may take
HSTS = "max-age=31536000"  # a year of https only, once a browser has trusted the certificate
MAX_BODY = 64 * 1024  # bytes; the largest honest body, an acknowledgement with a note, stays below 5 kB
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?\Z")


def split_host(host: str) -> tuple[str, str | None] | None:
    """'[::1]:8700' → ('::1', '8700'); None when it is not a host."""
    match = HOST.match(host)
    return (match["name"].strip("[]").lower(), match["port"]) if match else None


def content_security_policy(host: str) -> str:
    """Everything from this server only; MapLibre needs its worker, and blob and data images."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "worker-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "manifest-src 'self'",
            f"connect-src 'self' ws://{host} wss://{host}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


class Guard:
    """ASGI middleware that refuses foreign hosts and origins and bodies that are too long, and counts them.

    `hosts` are the names, besides loopback and plain addresses, under which this server may be reached. A
    plain address needs no list: no foreign name stands behind it. `counters` takes what was refused.
    `secure`: browsers reach it by https. `proxy`: the address of the proxy through which alone it is reached.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        counters: Counter[str],
        hosts: Iterable[str] = (),
        max_body: int = MAX_BODY,
        secure: bool = False,
        proxy: str | None = None,
    ) -> None:
        self.app, self.counters, self.max_body = app, counters, max_body
        self.secure, self.proxy = secure, proxy
        self.hosts = LOOPBACK | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refuse(scope, receive, send, *refusal)
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self._answer(scope, receive, send, headers["host"])

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        if self.proxy is not None and not self._through_proxy(scope, headers, self.proxy):
            self.counters["proxy_refused"] += 1
            return 403, "This server is reached through its proxy only; ask there."
        host = split_host(headers.get("host", "")) if len(headers.getlist("host")) == 1 else None
        if host is None or not (host[0] in self.hosts or is_address(host[0])):
            self.counters["host_refused"] += 1
            return 421, (
                "This server does not go by that name. Open it under the address it printed at its start, "
                "or start it with that name as an allowed host."
            )
        if self._asks_to_act(scope) and not self._origin_allowed(headers, host):
            self.counters["origin_refused"] += 1
            return (
                403,
                "Pages of another site may not speak to this server. Open the page this server offers.",
            )
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.max_body:
            self.counters["body_refused"] += 1
            return 413, f"The body is too long; send at most {self.max_body} bytes."
        return None

    @staticmethod
    def _through_proxy(scope: Scope, headers: Headers, proxy: str) -> bool:
        """Whether it comes from the proxy; then it comes from whom the proxy, and nobody before it, says."""
        if (scope.get("client") or ("",))[0] != proxy:
            return False
        told = ",".join(headers.getlist("x-forwarded-for")).rpartition(",")[2].strip()
        scope["client"] = (told if is_address(told) else proxy, 0)
        return True

    @staticmethod
    def _asks_to_act(scope: Scope) -> bool:
        return scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS

    @staticmethod
    def _origin_allowed(headers: Headers, host: tuple[str, str | None]) -> bool:
        """No Origin: not a browser's page, so nothing to protect from. Two of them: nobody honest."""
        origins = headers.getlist("origin")
        if not origins:
            return True
        origin = split_host(urlsplit(origins[0]).netloc)
        if len(origins) > 1 or origin is None:
            return False
        return origin == host or (origin[0] in LOOPBACK and host[0] in LOOPBACK)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        """Pass on with a body cut off at the limit (a chunked one states no length), and add headers."""
        received, refused, started, whole = 0, 0, False, False
        due = asyncio.get_running_loop().time() + BODY_S

        async def limited() -> Message:
            nonlocal received, refused, whole
            try:
                async with asyncio.timeout_at(None if whole else due):
                    message = await receive()
            except TimeoutError:
                refused = 408
            else:
                whole = whole or not message.get("more_body", False)
                received += len(message.get("body", b""))
                if received <= self.max_body:
                    return message
                refused = 413
            self.counters["body_refused"] += 1
            return {"type": "http.disconnect"}

        async def secured(message: Message) -> None:
            nonlocal started
            if refused and not started:
                return  # whatever the application makes of half a body, the answer is below
            if message["type"] == "http.response.start":
                started = True
                secure(MutableHeaders(scope=message), host, scope["path"], by_https=self.secure)
            await send(message)

        await self.app(scope, limited, secured)
        if refused and not started:
            text = f"The body is too long; send at most {self.max_body} bytes."
            if refused == 408:
                text = f"The body did not come within {BODY_S:g} s."
            await refuse(scope, receive, send, refused, text)


def secure(headers: MutableHeaders, host: str, path: str, *, by_https: bool = False) -> None:
    """Add the headers that tell a browser to trust nothing but this server, and to keep no stale picture."""
    headers["Content-Security-Policy"] = content_security_policy(host)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), usb=(), serial=()"
    if by_https:
        headers["Strict-Transport-Security"] = HSTS
    # The build names the files below /assets/ after their content, so they never change.
    fixed = path.startswith("/assets/")
    headers.setdefault("Cache-Control", "public, max-age=31536000, immutable" if fixed else "no-cache")


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, sentence: str) -> None:
    """Answer with a sentence; a WebSocket is refused before it opens (the browser sees HTTP 403)."""
    if scope["type"] == "websocket":
        await WebSocketClose(code=1008, reason="refused")(scope, receive, send)
        return
    response = PlainTextResponse(sentence + "\n", status, {"Connection": "close"})
    secure(response.headers, "localhost", "")
    await response(scope, receive, send)
