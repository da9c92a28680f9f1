"""Whether a feed's configuration can work; if not, a sentence with the nearest thing that can."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from vedette.errors import ConfigError
from vedette.feed.config import FeedConfig
from vedette.feed.format import FORMATS
from vedette.feed.nearest import nearest
from vedette.feed.transport import TRANSPORTS

UNKNOWN = re.compile(r"contains unknown field `(.+?)`")


def checked(config: FeedConfig) -> msgspec.Struct:
    """The format's options, read and checked. Raises ConfigError for whatever is wrong in the table."""
    one_of("transport", config.transport, TRANSPORTS)
    one_of("format", config.format, FORMATS)
    entry = TRANSPORTS[config.transport]
    for key in entry.needs:
        if getattr(config, key) in (None, ""):
            raise ConfigError(
                f"the {config.transport} transport needs it; add it to the feed.", key=f"feed.{key}"
            )
    for key in ("stale_s", "retry_s", "retry_max_s", "poll_s"):
        if not getattr(config, key) > 0:
            raise ConfigError(
                f"{getattr(config, key):g} s is no time; give one above zero.", key=f"feed.{key}"
            )
    if config.tls and config.transport not in ("tcp", "tcp_listen"):
        raise ConfigError(
            f"the {config.transport} transport knows no TLS here; tcp and tcp_listen do.", key="feed.tls"
        )
    if config.speed < 0:
        raise ConfigError("give 1 for the recorded pace, 0 for as fast as possible.", key="feed.speed")
    if config.port is not None and not 0 <= config.port <= 65_535:
        raise ConfigError(f"{config.port} is no port; ports are 0 to 65535.", key="feed.port")
    return options(config)


def one_of(key: str, value: str, known: Iterable[str]) -> None:
    if value not in (names := list(known)):
        raise ConfigError(f"'{value}' is not known; {nearest(value, names)}", key=f"feed.{key}")


def options(config: FeedConfig) -> msgspec.Struct:
    kind = FORMATS[config.format].options
    try:
        return msgspec.convert(config.options, kind, strict=False)
    except msgspec.ValidationError as error:
        unknown = UNKNOWN.search(str(error))
        if unknown is None:
            page = FORMATS[config.format].page
            raise ConfigError(f"{error}; see docs/feed/{page}.", key="feed.options") from None
        names = list(kind.__struct_fields__)
        remedy = nearest(unknown[1], names) if names else "this format has no options."
        message = f"the {config.format} format does not know it; {remedy}"
        raise ConfigError(message, key=f"feed.options.{unknown[1]}") from None
