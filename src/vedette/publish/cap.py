"""A warning as a document of the Common Alerting Protocol, version 1.2 (OASIS Standard, 1 July 2010).

The order of elements is the schema's. Times end in "-00:00", as §3.3.2 asks for UTC ("Z" is not allowed),
and have no fraction. Coordinates are "latitude,longitude" in WGS84 degrees; a polygon ends with its first
point; a circle has its radius in km.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from vedette.clock import NS, iso
from vedette.publish.area import WarnedArea
from vedette.publish.config import CapConfig

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
CIRCLE_DIGITS = 3  # of the radius in km: to the metre
DEGREE_DIGITS = 5  # to the metre

MsgType = Literal["Alert", "Update", "Cancel"]
Urgency = Literal["Immediate", "Expected", "Past"]
Severity = Literal["Extreme", "Severe", "Moderate"]
Certainty = Literal["Observed", "Likely", "Possible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicWarning:
    """What a document says. Times are ns UTC; of the arrival the earliest, the expected and the latest.

    status      "Actual", "Exercise" or "Test"
    references  earlier documents of the same thread, as "sender,identifier,sent"
    """

    identifier: str
    sent: int
    status: Literal["Actual", "Exercise", "Test"]
    kind: MsgType
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    earliest: int
    expected: int
    latest: int
    expires: int
    threats: int
    area: WarnedArea
    headline: str
    description: str
    references: tuple[str, ...] = ()


def document(config: CapConfig, warning: PublicWarning) -> bytes:
    """The XML document, UTF-8 with its declaration."""
    root = ET.Element("alert", xmlns=NAMESPACE)
    _fill(root, _head(config, warning))
    info = ET.SubElement(root, "info")
    _fill(info, _info(config, warning))
    for name, value in _parameters(warning):
        parameter = ET.SubElement(info, "parameter")
        _fill(parameter, [("valueName", name), ("value", value)])
    _fill(ET.SubElement(info, "area"), _area(warning.area))
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _fill(parent: ET.Element, children: Iterable[tuple[str, str]]) -> None:
    """Children with text, in order; those without are left out."""
    for name, text in children:
        if text:
            ET.SubElement(parent, name).text = plain(text)


def _head(config: CapConfig, warning: PublicWarning) -> Sequence[tuple[str, str]]:
    return [
        ("identifier", warning.identifier),
        ("sender", config.sender),
        ("sent", stamp(warning.sent)),
        ("status", warning.status),
        ("msgType", warning.kind),
        ("scope", config.scope),
        ("restriction", config.restriction if config.scope == "Restricted" else ""),
        ("addresses", " ".join(map(quoted, config.addresses)) if config.scope == "Private" else ""),
        ("references", " ".join(warning.references)),
    ]


def _info(config: CapConfig, warning: PublicWarning) -> Sequence[tuple[str, str]]:
    return [
        ("language", config.language),
        ("category", "Security"),
        ("event", config.event),
        ("responseType", "AllClear" if warning.kind == "Cancel" else config.response),
        ("urgency", warning.urgency),
        ("severity", warning.severity),
        ("certainty", warning.certainty),
        ("effective", stamp(warning.sent)),
        ("onset", stamp(warning.earliest)),
        ("expires", stamp(warning.expires)),
        ("senderName", config.sender_name),
        ("headline", warning.headline),
        ("description", warning.description),
        ("instruction", "" if warning.kind == "Cancel" else config.instruction),
        ("web", config.web),
        ("contact", config.contact),
    ]


def _parameters(warning: PublicWarning) -> Sequence[tuple[str, str]]:
    if warning.kind == "Cancel":
        return []
    return [
        ("arrival-earliest", stamp(warning.earliest)),
        ("arrival-expected", stamp(warning.expected)),
        ("arrival-latest", stamp(warning.latest)),
        ("threats", str(warning.threats)),
    ]


def _area(area: WarnedArea) -> Sequence[tuple[str, str]]:
    ring = (*area.polygon, area.polygon[0]) if area.polygon else ()
    circle = ""
    if area.center is not None:
        circle = f"{_pair(area.center)} {area.radius / 1000.0:.{CIRCLE_DIGITS}f}"
    return [("areaDesc", area.name), ("polygon", " ".join(map(_pair, ring))), ("circle", circle)]


def _pair(place: tuple[float, float]) -> str:
    return f"{place[0]:.{DEGREE_DIGITS}f},{place[1]:.{DEGREE_DIGITS}f}"


def stamp(t: int) -> str:
    """ns UTC as CAP writes it: 2026-11-27T03:41:07-00:00."""
    return f"{iso(t - t % NS)[:19]}-00:00"


def quoted(address: str) -> str:
    """Several addresses stand in one element, apart by spaces; those with spaces stand in quotes."""
    return f'"{address}"' if " " in address else address


def plain(text: str) -> str:
    """Without characters that XML cannot hold: a callsign may bring any."""
    return "".join(
        c
        for c in text
        if c in "\t\n\r" or (c >= " " and not 0xD800 <= ord(c) <= 0xDFFF and c not in "\ufffe\uffff")
    )
