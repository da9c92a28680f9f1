"""JSON by HTTP POST to another program, signed if there is a secret."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Sequence

import msgspec

from vedette.clock import NS, seconds
from vedette.publish.channel import Office
from vedette.publish.config import WebhookConfig
from vedette.publish.notice import Teller
from vedette.publish.outbox import Letter
from vedette.publish.post import opener, post
from vedette.publish.secret import first_of


class Webhook(Teller):
    """Each request holds {"site", "exercise", "t_s", "events": [{"number", "t_s", "event", "alert"}, …]}.

    A request may come twice, when an answer was lost: `number` counts up and tells.
    """

    gather = 50

    def __init__(self, config: WebhookConfig, office: Office) -> None:
        super().__init__(config, office)
        self.config = config
        self._url = first_of(office.folder, config.url, config.url_file, "url_file")
        self._secret = first_of(office.folder, config.secret, config.secret_file, "secret_file").encode()
        self._way = opener(office.folder / config.ca_file if config.ca_file else None)

    async def send(self, letters: Sequence[Letter], t: int) -> None:
        body = msgspec.json.encode(
            {
                "site": self.office.site,
                "exercise": self.office.exercise,
                "t_s": seconds(t),
                "events": [
                    {"number": letter.number, "t_s": seconds(letter.t), **letter.body} for letter in letters
                ],
            }
        )
        headers = {"Content-Type": "application/json", **self._signature(body, t)}
        await asyncio.to_thread(post, self._way, self._url, body, headers, self.config.timeout_s)

    def _signature(self, body: bytes, t: int) -> dict[str, str]:
        return {"X-Vedette-Signature": signature(self._secret, body, t)} if self._secret else {}


def signature(secret: bytes, body: bytes, t: int) -> str:
    """ "t=<Unix seconds>,v1=<hex of HMAC-SHA256(secret, "<Unix seconds>." + body)>".

    The time is signed along, so that a request that was overheard is of no use later.
    """
    at = str(t // NS)
    return f"t={at},v1={hmac.new(secret, at.encode() + b'.' + body, hashlib.sha256).hexdigest()}"
