"""The `[[feed]]` table of a site file, as a struct."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Relocation(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename={"origin": "from"}):
    """Fly a recording from elsewhere past this site: what happened around `from` happens around `to`.

    Both are [latitude °, longitude °, height above the ellipsoid m]; `turn_deg` turns clockwise about `to`.
    """

    origin: tuple[float, float, float]
    to: tuple[float, float, float]
    turn_deg: float = 0.0


class FeedConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One feed: which sensor's data come how and in what form.

    sensor     name of the sensor these data belong to
    transport  tcp, tcp_listen, udp, file or http
    format     beast, sbs, aircraft_json, asterix or jsonl
    host       tcp: where to connect; tcp_listen, udp: address to bind (default every interface)
    port       tcp, tcp_listen, udp; file: only the datagrams of a capture that went to this port
    group      udp: multicast group to join, on the interface with address `interface`
    tls        tcp: by TLS, and the server must be whom `ca` trusts; tcp_listen: the sensor must show a
               certificate that `ca` has signed for its name
    ca         PEM file of the authority; tcp without it trusts whom this machine trusts
    certificate, key  PEM files: what this side shows
    path       file: what to play; a relative path counts from the site file
    url        http: what to ask for, http:, https: or file:, every `poll_s` seconds
    speed      file: 1 the recorded pace, 2 twice as fast, 0 as fast as it can be read
    start      file: "recorded" keeps the recorded times, "now" moves them so that the first is now
    stale_s    silence after which the feed counts as stale
    retry_s, retry_max_s  first and longest wait before connecting again
    options    what the format lets one set; see its page
    relocate   moves the reports to another place
    origin     where the data really come from, shown to the user; a recording brings its own
    """

    sensor: str
    transport: str
    format: str
    host: str | None = None
    port: int | None = None
    group: str | None = None
    interface: str | None = None
    tls: bool = False
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    path: str | None = None
    url: str | None = None
    poll_s: float = 1.0
    speed: float = 1.0
    start: Literal["recorded", "now"] = "recorded"
    stale_s: float = 10.0
    retry_s: float = 0.5
    retry_max_s: float = 30.0
    options: dict[str, Any] = {}
    relocate: Relocation | None = None
    origin: str = ""
