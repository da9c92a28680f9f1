"""HTTP POST: one attempt, whose failure is said in a sentence."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path

from vedette.errors import ConfigError
from vedette.publish.channel import DeliveryError

FINAL = {400, 410, 413, 422}  # the request itself is wrong: the same one will not be taken later


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A POST that is redirected arrives as a GET without its body: better told of than followed."""

    def redirect_request(self, *_: object) -> None:
        return None


def opener(ca_file: Path | None) -> urllib.request.OpenerDirector:
    """What opens addresses, trusting the system's certificates or those of a file. Raises ConfigError."""
    try:
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"{ca_file} holds no certificates ({error}); name a PEM file.", key="ca_file"
        ) from None
    return urllib.request.build_opener(_NoRedirect(), urllib.request.HTTPSHandler(context=context))


def post(
    way: urllib.request.OpenerDirector, url: str, body: bytes, headers: Mapping[str, str], timeout: float
) -> None:
    """One attempt. Raises DeliveryError."""
    request = urllib.request.Request(url, body, {"User-Agent": "vedette", **headers}, method="POST")
    try:
        with way.open(request, timeout=timeout) as answer:
            answer.read(1024)
    except urllib.error.HTTPError as error:
        with error:
            after = error.headers.get("Retry-After", "")
            raise DeliveryError(
                f"it answered {error.code} {error.reason}",
                final=error.code in FINAL,
                after_s=float(after) if after.isdecimal() else 0.0,
            ) from None
    except TimeoutError:
        raise DeliveryError(f"no answer within {timeout:g} s") from None
    except (OSError, HTTPException, ValueError) as error:
        raise DeliveryError(f"it cannot be reached: {getattr(error, 'reason', None) or error}") from None
