"""How a route answers: with a message, or with a sentence that says why not."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from vedette.server.messages import ErrorMessage, encode

ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorMessage, "description": "There is no such thing."},
    409: {"model": ErrorMessage, "description": "That cannot be done now; the message says why."},
    413: {"description": "The body is too long."},
    422: {
        "model": ErrorMessage,
        "description": "The request was not understood; the message says what is wrong.",
    },
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
