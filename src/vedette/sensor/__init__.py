"""Measurement models and coverage of every kind of sensor."""

from vedette.sensor.base import Sensor

__all__ = ["Sensor"]
