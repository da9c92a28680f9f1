"""How a route answers: with a message, or with a sentence that says why not."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from vedette.server.messages import ErrorMessage, encode

ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorMessage, "description": "That is no JSON."},
    401: {"model": ErrorMessage, "description": "Nobody known asks: sign in, or send a token."},
    403: {"description": "Who asks may not do this, or asks from the page of another site."},
    404: {"model": ErrorMessage, "description": "There is no such thing."},
    405: {"model": ErrorMessage, "description": "That cannot be done to this."},
    408: {"description": "The body did not come in time."},
    409: {"model": ErrorMessage, "description": "That cannot be done now; the message says why."},
    413: {"description": "The body is too long."},
    421: {"description": "This server does not go by that name."},
    422: {
        "model": ErrorMessage,
        "description": "The request was not understood; the message says what is wrong.",
    },
}

# What any route may answer, by `guard` and `access`.
EVERYWHERE: dict[int | str, dict[str, Any]] = {
    code: ERRORS[code] for code in (400, 401, 403, 404, 405, 408, 413, 421, 422)
}


def errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    """What a route may refuse with; every one may be misunderstood."""
    return {code: ERRORS[code] for code in (*codes, 422)}


def json(message: object, status: int = 200) -> Response:
    """msgspec writes the same bytes for REST as for the WebSocket; the models only document them."""
    return Response(encode(message), status, media_type="application/json")


def sorry(status: int, sentence: str) -> Response:
    """A refusal."""
    return json(ErrorMessage(message=sentence), status)
