"""Who may ask what: every route with its least role, in one table; and finding out who asks.

A person proves who it is by the cookie of a session, a machine by `Authorization: Bearer TOKEN`. Without
accounts (a demo, a replay: this machine only) nobody is known and everything is allowed, and `hello.account`
says so.

A browser sends a cookie along whoever made it ask. So what a cookie proves is taken for more than looking
only from a page of this very server: `Origin`, which no page can forge, must be there and be ours, the body
must be JSON, which a form of another site cannot send, and the cookie itself is `SameSite=Strict`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from vedette.errors import ServiceError
from vedette.people import Door, Session
from vedette.server.answers import sorry
from vedette.server.guard import SAFE_METHODS
from vedette.types import Mode, Person, Proof, Role

OPEN = None  # nobody needs to be known
VIEWER, OPERATOR, ADMIN = Role.VIEWER, Role.OPERATOR, Role.ADMIN
ROLES: Mapping[tuple[str, str], Role | None] = {
    # signing in, and what its page is made of
    ("GET", "/login"): OPEN,
    ("GET", "/login/login.js"): OPEN,
    ("GET", "/login/login.css"): OPEN,
    ("GET", "/favicon.svg"): OPEN,
    ("POST", "/api/login"): OPEN,
    # seeing
    ("GET", "/"): VIEWER,
    ("GET", "/index.html"): VIEWER,
    ("GET", "/assets/{path}"): VIEWER,
    ("WS", "/ws"): VIEWER,
    ("GET", "/events"): VIEWER,
    ("GET", "/metrics"): VIEWER,
    ("GET", "/openapi.json"): VIEWER,
    ("GET", "/api/docs"): VIEWER,
    ("GET", "/api/docs/reference.js"): VIEWER,
    ("GET", "/api/docs/reference.css"): VIEWER,
    ("GET", "/api/health"): VIEWER,
    ("GET", "/api/site"): VIEWER,
    ("GET", "/api/tracks"): VIEWER,
    ("GET", "/api/tracks/{track}"): VIEWER,
    ("GET", "/api/alerts"): VIEWER,
    ("GET", "/api/sensors"): VIEWER,
    ("GET", "/api/plots/{sensor}"): VIEWER,
    ("GET", "/api/outlook"): VIEWER,
    ("GET", "/api/advice"): VIEWER,
    ("GET", "/api/advice/choices"): VIEWER,
    ("GET", "/api/rules"): VIEWER,
    ("GET", "/api/handover"): VIEWER,
    ("GET", "/api/delivery"): VIEWER,
    ("GET", "/api/coverage"): VIEWER,
    ("GET", "/api/coverage/layers"): VIEWER,
    ("GET", "/api/replay"): VIEWER,
    # oneself
    ("GET", "/api/account"): VIEWER,
    ("POST", "/api/account/password"): VIEWER,
    ("POST", "/api/logout"): VIEWER,
    # acting
    ("POST", "/api/acts"): OPERATOR,
    ("POST", "/api/rules/preview"): OPERATOR,
    ("POST", "/api/delivery/{channel:path}/test"): OPERATOR,
    ("POST", "/api/replay"): OPERATOR,
    # seeing to people
    ("GET", "/api/sessions"): ADMIN,
    ("DELETE", "/api/sessions/{session}"): ADMIN,
    ("GET", "/api/log"): ADMIN,
}
COOKIE, SECURE_COOKIE = "vedette", "__Host-vedette"  # the prefix: this host only, TLS only, no other path
ASKED_FIRST = "/api/account"  # by the page to sign in at, so that its refusal is nothing to note


class DeniedError(ServiceError):
    """Somebody known may not do this."""


def least_role(method: str, path: str) -> Role | None:
    """The least role for a request; what is not in the table needs an admin.

    A path outside the interface that no route has is for everybody who may look, and gives 404.
    """
    for (listed, pattern), role in ROLES.items():
        if listed == ("GET" if method == "HEAD" else method) and matcher(pattern).fullmatch(path):
            return role
    elsewhere = not path.startswith(("/api", "/ws", "/events", "/metrics", "/openapi"))
    return VIEWER if method in SAFE_METHODS and elsewhere else ADMIN


@cache
def matcher(pattern: str) -> re.Pattern[str]:
    """'/api/tracks/{track}' as an expression: a parameter has no slash in it, '{name:path}' may."""
    parts = re.split(r"\{(\w+(?::path)?)\}", pattern)
    kinds = (".+" if name.endswith(":path") else "[^/]+" for name in parts[1::2])
    pairs = zip(map(re.escape, parts[::2]), (*kinds, ""), strict=True)
    return re.compile("".join(text + kind for text, kind in pairs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks. Without accounts `door` is None, and so is everything else."""

    door: Door | None = None
    person: Person | None = None
    session: Session | None = None
    secret: str = ""

    def alive(self) -> bool:
        """Whether what let this one in still holds; asked again and again while a connection is open."""
        if self.door is None:
            return True
        if self.session is not None:
            now = self.door.by_secret(self.secret)
            return now is not None and now.person == self.person
        return self.door.by_token(self.secret) == self.person


def caller(connection: HTTPConnection) -> Caller:
    """Who asks, as `Access` found out."""
    found = connection.scope.get("vedette.caller")
    return found if isinstance(found, Caller) else Caller()


def person(connection: HTTPConnection) -> Person | None:
    """Who asks; None where there are no accounts. A dependency for any route that wants to know."""
    return caller(connection).person


def signed(connection: HTTPConnection, by: str) -> str:
    """The name under which an act goes: the person's own where there are accounts, else what was typed.

    Raises DeniedError when somebody acts in another's name or may not act, ServiceError when nobody is named.
    """
    who = person(connection)
    if who is None:
        if not by:
            raise ServiceError("Say who you are: give `by`.")
        return by
    if not who.may(Role.OPERATOR):
        raise DeniedError(f"{who.name} is a viewer here; only operators and admins act.")
    if by not in ("", who.name):
        raise DeniedError(f"You are {who.name}, and act under that name only.")
    return who.name


def decider(connection: HTTPConnection, mode: Mode) -> Literal["password", "none"]:
    """How whoever decides on advice has proved who they are: a person, signed in with a password.

    Raises DeniedError for a machine, whatever its role, and for anybody where nobody is identified, but in
    demos, exercises and replays, where nothing real is decided on.
    """
    who = person(connection)
    if who is None and mode is Mode.LIVE:
        raise DeniedError(
            "Nobody is identified here, so nobody can decide. Make accounts with `vedette user add NAME "
            "--role operator --site SITE`, start again, and sign in."
        )
    if who is None:
        return "none"
    if who.proof is not Proof.PASSWORD:
        if (door := caller(connection).door) is not None:
            scope = connection.scope
            door.refused(who, "not a person", {"address": address(scope), "path": scope["path"][:200]})
        raise DeniedError(f"{who.name} is a machine; a person decides, signed in at the page.")
    return "password"


class Access:
    """ASGI middleware: finds out who asks, and turns away who may not.

    `door` None: there are no accounts. `secure`: the page is reached by https, directly or through a proxy.
    """

    def __init__(self, app: ASGIApp, *, door: Door | None, secure: bool, counters: Counter[str]) -> None:
        self.app, self.door, self.secure, self.counters = app, door, secure, counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            scope["vedette.caller"] = Caller()
            refusal = None if self.door is None else self._refusal(scope, self.door)
            if refusal is not None:
                await answer(refusal, scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope, door: Door) -> Response | None:
        headers = Headers(scope=scope)
        method = "WS" if scope["type"] == "websocket" else scope["method"]
        least = least_role(method, scope["path"])
        told = {"address": address(scope), "path": scope["path"][:200], "method": method}
        found = scope["vedette.caller"] = self._who(headers, door)
        if least is not OPEN and found.person is None:
            if not is_navigation(method, scope["path"], headers) and scope["path"] != ASKED_FIRST:
                door.refused(None, "unknown", told)
            return unknown(method, scope["path"], headers)
        if method not in SAFE_METHODS and (why := self._foreign(method, scope, headers, found)):
            self.counters["origin_refused"] += 1
            door.refused(found.person, "foreign page", told)
            return sorry(403, why)
        if least is not OPEN and found.person is not None and not found.person.may(least):
            door.refused(found.person, "not allowed", told)
            return sorry(403, f"{found.person.name} is {found.person.role} here; this needs {least}.")
        return None

    def _who(self, headers: Headers, door: Door) -> Caller:
        """A token counts before a cookie: whoever shows one means it."""
        scheme, _, text = headers.get("authorization", "").partition(" ")
        if scheme:
            known = door.by_token(text.strip()) if scheme.lower() == "bearer" else None
            return Caller(door=door, person=known, secret=text.strip())
        secret = cookie(headers, SECURE_COOKIE if self.secure else COOKIE)
        session = door.by_secret(secret) if secret else None
        return Caller(
            door=door, person=None if session is None else session.person, session=session, secret=secret
        )

    def _foreign(self, method: str, scope: Scope, headers: Headers, found: Caller) -> str:
        """Why a request that a browser may have been tricked into is refused; empty when it is not."""
        own = f"{'https' if self.secure else 'http'}://{headers.get('host', '')}".lower()
        origin = headers.get("origin", "").lower()
        if origin != own and (found.session is not None or origin):
            return "Only the page of this server may ask that. Open the page, and do it there."
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        if has_body and method != "WS" and kind != "application/json":
            return "Send JSON, and say so: Content-Type: application/json."
        return ""


def cookie(headers: Headers, name: str) -> str:
    """The cookie of that name; one that is there twice was planted by somebody, and counts as none."""
    pairs = (pair.strip().partition("=") for line in headers.getlist("cookie") for pair in line.split(";"))
    found = [value for key, _, value in pairs if key == name]
    return found[0] if len(found) == 1 else ""


def address(scope: Scope) -> str:
    """Where a request comes from."""
    return str((scope.get("client") or ("",))[0])


def is_navigation(method: str, path: str, headers: Headers) -> bool:
    """Whether a person opens a page, rather than a script asking for data."""
    wants_page = "text/html" in headers.get("accept", "") or path == "/"
    return method in SAFE_METHODS and wants_page and not path.startswith("/api/")


def unknown(method: str, path: str, headers: Headers) -> Response:
    """To somebody who is not known: the page to sign in at, or a sentence."""
    if is_navigation(method, path, headers):
        return RedirectResponse("/login", 303)
    refusal = sorry(
        401, f"Sign in at /login, or send a token; {quote(path[:80])} is for those who are known."
    )
    refusal.headers["WWW-Authenticate"] = 'Bearer realm="vedette"'
    return refusal


async def answer(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """A WebSocket is refused before it opens: the browser sees HTTP 403."""
    if scope["type"] == "websocket":
        await WebSocketClose(code=1008, reason="refused")(scope, receive, send)
    else:
        await refusal(scope, receive, send)
