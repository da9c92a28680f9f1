"""Signing in and out, one's own account, and what admins see of sessions and the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import FileResponse, RedirectResponse
from starlette.routing import Route

from vedette.clock import NS, seconds
from vedette.errors import ServiceError
from vedette.people import Door, RefusedError, Session
from vedette.server.access import COOKIE, SECURE_COOKIE, address, caller
from vedette.server.answers import sorry
from vedette.server.messages import AccountMessage, ErrorMessage, encode
from vedette.store.log_check import entries
from vedette.types import Person

PAGE = Path(__file__).parent / "page"
AT_ONCE, WAITING = 2, 32  # passwords that are compared at a time, and that may wait for it
WITHOUT = "There are no accounts here; anybody on this machine sees and acts."
MOST = 1_000  # entries of the log in one answer
Answers = dict[int | str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoMessage:
    """Who asks; `account` is null where there are no accounts. `ends_s`: of the session, Unix seconds."""

    account: AccountMessage | None
    proof: Literal["password", "token"] | None
    ends_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMessage:
    """One person signed in at one page; times in Unix seconds."""

    id: str
    name: str
    role: str
    address: str
    began_s: float
    seen_s: float
    ends_s: float
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsMessage:
    """Everybody who is signed in, the oldest session first."""

    sessions: list[SessionMessage]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntryMessage:
    """One entry of the log; `t_ns` in ns UTC."""

    n: int
    t_ns: int
    who: str
    what: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMessage:
    """Entries in order, and the hash of the newest of all, to be noted elsewhere."""

    entries: list[LogEntryMessage]
    last: int
    head: str


class SignIn(BaseModel):
    """A name and its password."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)


class NewPassword(BaseModel):
    """The password as it is, and as it shall be."""

    model_config = ConfigDict(extra="forbid")
    old: str = Field(min_length=1, max_length=256)
    new: str = Field(min_length=1, max_length=256)


def answers(*codes: int) -> Answers:
    words = {
        401: "The name or the password is wrong.",
        404: "There is no such thing.",
        409: "That cannot be done now; the message says why.",
        429: "Too many tries; wait as `Retry-After` says.",
        503: "Too many sign in at this moment; try again.",
    }
    return {code: {"model": ErrorMessage, "description": words[code]} for code in codes}


class Gate:
    """Few passwords are compared at a time: each takes memory and a core, and others need them too."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @asynccontextmanager
    async def through(self) -> AsyncIterator[bool]:
        """Yields whether there is room even to wait."""
        if self._waiting >= WAITING:
            yield False
            return
        self._waiting += 1
        try:
            async with self._free:
                yield True
        finally:
            self._waiting -= 1


def build_login(door: Door | None, *, secure: bool) -> APIRouter:
    """The routes below /api that are about people. Without a door they say that there are no accounts."""
    router, gate = APIRouter(prefix="/api", tags=["people"]), Gate()
    name = SECURE_COOKIE if secure else COOKIE

    def known() -> Door:
        if door is None:
            raise ServiceError(WITHOUT)
        return door

    @router.post("/login", response_model=WhoMessage, responses=answers(401, 409, 429, 503))
    async def sign_in(body: SignIn, request: Request) -> Response:
        """Sign in; the cookie that comes back proves it from then on."""
        there, at = known(), address(request.scope)
        async with gate.through() as room:
            if not room:
                return sorry(503, "Too many people sign in at this moment. Try again in a few seconds.")
            try:
                hashed = there.knock(body.name, at)
                matches = await asyncio.to_thread(there.compare, body.password, hashed)
                new = there.admit(body.name, body.password, hashed, matches, at)
            except RefusedError as error:
                return turned_away(error)
        before = caller(request).session
        if before is not None:  # one page, one session
            there.sign_out(before, before.person)
        answer = json(who(new.session.person, new.session))
        answer.set_cookie(
            name,
            new.secret,
            max_age=there.sessions.lasts_ns // NS,
            path="/",
            secure=secure,
            httponly=True,
            samesite="strict",
        )
        return answer

    @router.post("/logout", response_model=WhoMessage, responses=answers(409))
    async def sign_out(request: Request) -> Response:
        """End this session."""
        there, asking = known(), caller(request)
        if asking.session is not None and asking.person is not None:
            there.sign_out(asking.session, asking.person)
        answer = json(WhoMessage(account=None, proof=None, ends_s=None))
        answer.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")
        return answer

    @router.get("/account", response_model=WhoMessage)
    async def account(request: Request) -> Response:
        """Who asks."""
        asking = caller(request)
        return json(who(asking.person, asking.session))

    @router.post("/account/password", response_model=WhoMessage, responses=answers(401, 409, 429, 503))
    async def password(body: NewPassword, request: Request) -> Response:
        """Take another password; one must sign in anew everywhere."""
        there, asking = known(), caller(request)
        if asking.session is None or asking.person is None:
            raise ServiceError("A token has no password; create another token and revoke this one.")
        async with gate.through() as room:
            if not room:
                return sorry(503, "Too many people sign in at this moment. Try again in a few seconds.")
            try:
                there.change_password(asking.person, body.old, body.new, address(request.scope))
            except RefusedError as error:
                return turned_away(error)
        return json(WhoMessage(account=None, proof=None, ends_s=None))

    @router.get("/sessions", response_model=SessionsMessage, responses=answers(409))
    async def sessions(request: Request) -> Response:
        """Who is signed in. For admins."""
        own = caller(request).session
        return json(SessionsMessage(sessions=[told(s, own) for s in known().sessions.all()]))

    @router.delete("/sessions/{session}", response_model=SessionsMessage, responses=answers(404, 409))
    async def end(session: str, request: Request) -> Response:
        """End somebody's session; its page is closed within a second. For admins."""
        there, asking = known(), caller(request)
        found = next((s for s in there.sessions.all() if s.id == session), None)
        if found is None or asking.person is None:
            return sorry(404, "There is no such session now; GET /api/sessions lists those there are.")
        there.sign_out(found, asking.person)
        return json(SessionsMessage(sessions=[told(s, asking.session) for s in there.sessions.all()]))

    @router.get("/log", response_model=LogMessage, responses=answers(409))
    async def log(
        after: Annotated[int, Query(ge=0, le=2**53)] = 0,
        most: Annotated[int, Query(ge=1, le=MOST)] = 100,
    ) -> Response:
        """Entries of the log after number `after`. For admins; `vedette log export` gives all of it."""
        kept = known().log
        found = await asyncio.to_thread(lambda: list(islice(beyond(kept.folder, after), most)))
        last, head = kept.head
        return json(LogMessage(entries=found, last=last, head=head))

    return router


def beyond(folder: Path, after: int) -> Iterator[LogEntryMessage]:
    """The entries after number `after`."""
    for entry in entries(folder):
        if entry.number > after:
            yield LogEntryMessage(
                n=entry.number, t_ns=entry.t, who=entry.who, what=entry.what, body=entry.body
            )


def turned_away(error: RefusedError) -> Response:
    """401 for a wrong password, 429 for one that came too soon."""
    if error.wait <= 0.0:
        return sorry(401, str(error))
    answer = sorry(429, str(error))
    answer.headers["Retry-After"] = str(max(1, round(error.wait)))
    return answer


def who(person: Person | None, session: Session | None) -> WhoMessage:
    return WhoMessage(
        account=account_of(person),
        proof=None if person is None else person.proof.value,
        ends_s=None if session is None else seconds(session.ends),
    )


def account_of(person: Person | None) -> AccountMessage | None:
    return None if person is None else AccountMessage(name=person.name, role=person.role.value)


def told(session: Session, own: Session | None) -> SessionMessage:
    return SessionMessage(
        id=session.id,
        name=session.person.name,
        role=session.person.role.value,
        address=session.address,
        began_s=seconds(session.began),
        seen_s=seconds(session.seen),
        ends_s=seconds(session.ends),
        own=own is not None and own.id == session.id,
    )


def json(message: object) -> Response:
    return Response(encode(message), media_type="application/json", headers={"Cache-Control": "no-store"})


def login_page(door: Door | None) -> Iterable[Route]:
    """The page to sign in at, with its script and its style; to the picture where nobody needs to."""

    async def page(_: Request) -> Response:
        return RedirectResponse("/", 303) if door is None else FileResponse(PAGE / "login.html")

    async def asset(request: Request) -> Response:
        return FileResponse(PAGE / request.url.path.rsplit("/", 1)[1])

    return [Route("/login", page), Route("/login/login.js", asset), Route("/login/login.css", asset)]
