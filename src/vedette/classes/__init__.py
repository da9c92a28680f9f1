"""The catalogue of what flies, from public sources: scenarios sample from it, and advice reckons with it."""

from vedette.classes.flight import Bracket, FlightClass, at_end, flight_classes, sample

__all__ = ["Bracket", "FlightClass", "at_end", "flight_classes", "sample"]
