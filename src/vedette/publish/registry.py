"""Channels by kind: what a `[[notify]]` table may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from vedette.publish.channel import Channel, Office
from vedette.publish.config import AppriseConfig, CapConfig, NotifyConfig, WebhookConfig
from vedette.publish.push import Push
from vedette.publish.warning import Warnings
from vedette.publish.webhook import Webhook


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEntry:
    """One row of the registry."""

    kind: str
    title: str
    config: type[WebhookConfig] | type[AppriseConfig] | type[CapConfig]
    make: Callable[[Any, Office], Channel]


_ROWS = (
    ChannelEntry(kind="webhook", title="JSON to another program", config=WebhookConfig, make=Webhook),
    ChannelEntry(kind="apprise", title="e-mail, SMS, chat, push", config=AppriseConfig, make=Push),
    ChannelEntry(kind="cap", title="public warnings, CAP 1.2", config=CapConfig, make=Warnings),
)
CHANNELS: Mapping[str, ChannelEntry] = MappingProxyType({row.kind: row for row in _ROWS})


def kind_of(config: NotifyConfig) -> str:
    """ "webhook", "apprise" or "cap"."""
    return str(config.__struct_config__.tag)


def open_channel(config: NotifyConfig, office: Office) -> Channel:
    """The channel of a `[[notify]]` table. Raises ConfigError for one that cannot work."""
    return CHANNELS[kind_of(config)].make(config, office)
