"""Vedette: raw sensor reports in, one trustworthy air picture and a timely warning out."""

__version__ = "0.1.0"
