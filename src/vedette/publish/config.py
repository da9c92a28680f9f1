"""`[[notify]]` of a site file: who is told of alerts, how, and of which.

Addresses hold passwords. So that a site file can be shown to others, `url_file` and `secret_file` name a file
that holds them; a relative path counts from the site file.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from vedette.config import Name, NotNegative, Positive, Table, TableError
from vedette.types import Severity

Event = Literal["new", "acknowledged", "assigned", "ignored", "closed"]
EVENTS: tuple[Event, ...] = ("new", "acknowledged", "assigned", "ignored", "closed")
Text = Annotated[str, msgspec.Meta(max_length=2000)]


class Channel(Table, frozen=True, kw_only=True):
    """What every channel has.

    severity   the least that is told of
    zones      only these; none named: all
    exercise   true: used in exercises and demos too, where every message says that it is one
    retry_s, retry_max_s  first and longest wait before another attempt; it doubles in between
    expire_s   s after which a message is given up: an old warning as if it were new helps nobody
    timeout_s  s that one attempt may take
    """

    name: Name
    severity: Severity = Severity.ADVISORY
    zones: tuple[Name, ...] = ()
    exercise: bool = False
    retry_s: Positive = 2.0
    retry_max_s: Positive = 60.0
    expire_s: Positive = 900.0
    timeout_s: Positive = 10.0


class Told(Channel, frozen=True, kw_only=True):
    """Channels that tell of single alerts.

    on       events told of
    pause_s  s between two messages; what happens meanwhile goes into one, so that a raid of a hundred drones
             is not a hundred calls
    """

    on: tuple[Event, ...] = ("new", "ignored", "closed")
    pause_s: NotNegative = 10.0

    def __post_init__(self) -> None:
        if not self.on:
            raise TableError("it names no event; name some of " + ", ".join(EVENTS) + ".", "on")


class WebhookConfig(Told, frozen=True, kw_only=True, tag="webhook", tag_field="kind"):
    """`kind = "webhook"`: JSON by HTTP POST to another program.

    url, url_file        where to; https wherever the way leaves this machine
    secret, secret_file  if given, every request is signed with it (docs/notify.md says how to check)
    ca_file              certificates to trust instead of the system's, for a network of its own
    """

    url: str = ""
    url_file: str = ""
    secret: str = ""
    secret_file: str = ""
    ca_file: str = ""
    pause_s: NotNegative = 0.0
    on: tuple[Event, ...] = EVENTS

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of(self.url, self.url_file)
        if self.url:
            check_url(self.url)
        if self.secret and self.secret_file:
            raise TableError("'secret' and 'secret_file' say the same in two ways; keep one.", "secret")


class AppriseConfig(Told, frozen=True, kw_only=True, tag="apprise", tag_field="kind"):
    """`kind = "apprise"`: e-mail, SMS, chat, push: whatever the library Apprise speaks.

    url, url_file  addresses in Apprise's own form, e.g. mailtos://user:password@example.org; a file holds one
                   a line
    """

    url: tuple[str, ...] | str = ()
    url_file: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of(self.url, self.url_file)


class CapConfig(Channel, frozen=True, kw_only=True, tag="cap", tag_field="kind"):
    """`kind = "cap"`: public warnings in the Common Alerting Protocol 1.2, one thread of messages per zone.

    folder       where each message is written as a file; a relative one counts from the site file
    url, url_file, ca_file  where each message is POSTed, instead or besides
    sender       who warns, as the receivers know him: no spaces, commas, "<" or "&"
    sender_name, contact, web, instruction, event, language  go into the message as they are
    scope        Public, Restricted (then `restriction` says to whom) or Private (then `addresses` lists them)
    response     what people shall do, in CAP's words
    after        "acknowledged": only what a person has seen is told to the public; "new": at once
    delay_s      s that a warning waits before it is sent, by policy
    round_s      s to which times of arrival are rounded, the earliest down and the latest up
    change_s     s by which the expected arrival must have moved before an update is sent
    lasts_s      s after the latest arrival until which the warning holds
    """

    sender: str
    folder: str = ""
    url: str = ""
    url_file: str = ""
    ca_file: str = ""
    sender_name: Text = ""
    contact: Text = ""
    web: Text = ""
    event: Text = "Air threat"
    instruction: Text = ""
    language: str = "en"
    scope: Literal["Public", "Restricted", "Private"] = "Restricted"
    restriction: Text = "For the staff of the defended site"
    addresses: tuple[str, ...] = ()
    response: Literal["Shelter", "Evacuate", "Prepare", "Avoid", "Monitor", "None"] = "Shelter"
    after: Literal["new", "acknowledged"] = "acknowledged"
    delay_s: NotNegative = 0.0
    round_s: Positive = 60.0
    change_s: Positive = 60.0
    lasts_s: Positive = 900.0

    def __post_init__(self) -> None:
        if not (self.folder or self.url or self.url_file):
            raise TableError("it goes nowhere; give 'folder', 'url' or 'url_file'.", "folder")
        if self.url:
            check_url(self.url)
        if self.url and self.url_file:
            one_of(self.url, self.url_file)
        if not self.sender or re.search(r"[\s,<&]", self.sender):
            raise TableError('a sender has no spaces, commas, "<" or "&"; mend it.', "sender")
        if self.scope == "Private" and not self.addresses:
            raise TableError("a private warning needs its readers; list them.", "addresses")
        if self.scope == "Restricted" and not self.restriction:
            raise TableError("a restricted warning says to whom it is restricted; fill it in.", "restriction")


NotifyConfig = WebhookConfig | AppriseConfig | CapConfig


def one_of(url: object, file: str) -> None:
    if bool(url) == bool(file):
        raise TableError("give either 'url' or 'url_file', one of the two.", "url")


def check_url(url: str) -> None:
    """Raises TableError for what is no web address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TableError("this is no web address; write http://… or https://….", "url")
