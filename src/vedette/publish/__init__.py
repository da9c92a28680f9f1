"""What leaves Vedette for people and partners elsewhere: messages and warnings, never a command."""

from vedette.publish.area import WarnedArea
from vedette.publish.cap import document
from vedette.publish.channel import Channel, DeliveryError, Office
from vedette.publish.config import AppriseConfig, CapConfig, NotifyConfig, WebhookConfig
from vedette.publish.courier import Courier
from vedette.publish.outbox import Letter, Outbox
from vedette.publish.registry import CHANNELS, open_channel

__all__ = [
    "CHANNELS",
    "AppriseConfig",
    "CapConfig",
    "Channel",
    "Courier",
    "DeliveryError",
    "Letter",
    "NotifyConfig",
    "Office",
    "Outbox",
    "WarnedArea",
    "WebhookConfig",
    "document",
    "open_channel",
]
