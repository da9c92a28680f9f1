"""What a track is said to be: its class, and on whose side it stands."""

from __future__ import annotations

from vedette.types import Claim, Track

AFFILIATIONS = ("unknown", "friend", "neutral", "hostile")  # in the order of their codes in a frame


def klass(track: Track) -> tuple[str, float]:
    """The likeliest class and its probability; else what a sensor takes it for, with 0; else ("", 0)."""
    if track.klass:
        return max(track.klass.items(), key=lambda item: (item[1], item[0]))
    return str(said(track, "class_hint") or ""), 0.0


def affiliation(track: Track) -> str:
    """As an operator or a feed said; a word that is none of ours says nothing."""
    word = said(track, "affiliation")
    return word if isinstance(word, str) and word in AFFILIATIONS else AFFILIATIONS[0]


def said(track: Track, fact: str) -> Claim | None:
    """The fused value of one fact, None where nobody said anything."""
    field = track.identity.get(fact)
    return None if field is None else field.value


def operator(track: Track) -> tuple[float, float] | None:
    """Latitude and longitude in rad of whoever flies it, as Remote ID claims; None where nothing is said."""
    latitude, longitude = said(track, "operator_latitude"), said(track, "operator_longitude")
    if isinstance(latitude, int | float) and isinstance(longitude, int | float):
        return float(latitude), float(longitude)
    return None
