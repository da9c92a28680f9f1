"""E-mail, SMS, chat and push, by the library Apprise (the extra "notify")."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from vedette.errors import ConfigError
from vedette.publish.channel import DeliveryError, Office
from vedette.publish.config import AppriseConfig
from vedette.publish.notice import Teller
from vedette.publish.outbox import Letter
from vedette.publish.secret import lines_of

LONGEST = 8  # alerts told of in full in one message; the others are named


class Push(Teller):
    """Sends to every address of the channel; an attempt has failed when one of them has."""

    gather = 200

    def __init__(self, config: AppriseConfig, office: Office) -> None:
        super().__init__(config, office)
        self.config = config
        self._apprise = _library()
        self._service = self._apprise.Apprise(asset=_asset(self._apprise))
        for number, url in enumerate(_addresses(config, office), start=1):
            if not self._service.add(url):  # its text may hold a password: it is not repeated
                raise ConfigError(
                    f"Address {number} of [[notify]] '{config.name}' is none that Apprise knows; "
                    "see https://github.com/caronc/apprise/wiki for their forms.",
                    key="url",
                )

    async def send(self, letters: Sequence[Letter], t: int) -> None:
        subject, text = together(letters)
        try:
            async with asyncio.timeout(self.config.timeout_s * max(len(self._service), 1)):
                await asyncio.to_thread(self._notify, subject, text)
        except TimeoutError:
            raise DeliveryError(f"no answer within {self.config.timeout_s:g} s") from None

    def _notify(self, subject: str, text: str) -> None:
        apprise = self._apprise
        with apprise.LogCapture(level=apprise.logging.WARNING, fmt="%(message)s") as log:
            if self._service.notify(
                body=text, title=subject, notify_type=apprise.NotifyType.WARNING, body_format="text"
            ):
                return
            said = " ".join(log.getvalue().split())
        raise DeliveryError(said[:300] or "the service refused it without saying why")


def together(letters: Sequence[Letter]) -> tuple[str, str]:
    """Several letters as one message: the first ones in full, the others by their subject."""
    if len(letters) == 1:
        return letters[0].subject, letters[0].text
    full = [f"{letter.subject}\n{letter.text}" for letter in letters[:LONGEST]]
    short = [letter.subject for letter in letters[LONGEST:]]
    return f"{letters[0].subject} (and {len(letters) - 1} more)", "\n\n".join([*full, *short])


def _library() -> Any:
    try:
        import apprise
    except ImportError:
        raise ConfigError(
            "[[notify]] of kind 'apprise' needs the library Apprise; install it with "
            "pip install 'vedette[notify]'."
        ) from None
    return apprise


def _asset(apprise: Any) -> Any:
    """Sent under our name, in this thread, and without anything being kept on the disk."""
    return apprise.AppriseAsset(
        app_id="Vedette",
        app_desc="Vedette",
        async_mode=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )


def _addresses(config: AppriseConfig, office: Office) -> Sequence[str]:
    if config.url_file:
        return lines_of(office.folder, config.url_file, "url_file")
    return (config.url,) if isinstance(config.url, str) else config.url
