"""/metrics: the counters of every stage, for Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from vedette.clock import seconds
from vedette.server.hub import Hub
from vedette.types import FeedState, Picture

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class DeskCollector(Collector):
    """Reads the desk when asked; nothing is counted twice, so nothing can disagree."""

    def __init__(self, hub: Hub, refused: Mapping[str, int]) -> None:
        self.hub, self.refused = hub, refused

    def collect(self) -> Iterator[Metric]:
        picture, now = self.hub.desk.picture(), self.hub.desk.now()
        yield gauge(
            "vedette_tracks",
            "Tracks by status.",
            "status",
            Counter(t.status.name.lower() for t in picture.tracks),
        )
        yield gauge(
            "vedette_alerts", "Alerts by state.", "state", Counter(a.state.value for a in picture.alerts)
        )
        yield gauge("vedette_viewers", "Open pages.", "", {"": len(self.hub.viewers)})
        yield gauge(
            "vedette_frame_delay_seconds",
            "From a picture handed over to its frame written to a viewer who is free; the last ten thousand.",
            "quantile",
            quantiles(self.hub.delays),
        )
        yield from sensor_metrics(picture, now)
        counters = {
            **picture.counters,
            **{f"server.{k}": n for k, n in {**self.hub.counters, **self.refused}.items()},
        }
        yield counter("vedette_events", "Counted events of every stage.", "event", counters)


def sensor_metrics(picture: Picture, now: int) -> Iterator[Metric]:
    """State, age and drops of every feed."""
    sensors = picture.sensors
    up = {s.sensor: int(s.state is FeedState.UP) for s in sensors}
    yield gauge("vedette_sensor_up", "1 while data of the sensor flow.", "sensor", up)
    ages = {s.sensor: seconds(now - s.t_last) for s in sensors if s.t_last is not None}
    yield gauge("vedette_sensor_age_seconds", "Time since the last byte of the sensor.", "sensor", ages)
    found = {s.sensor: s.detections for s in sensors}
    yield counter("vedette_sensor_detections", "Detections of the sensor.", "sensor", found)
    dropped = CounterMetricFamily(
        "vedette_sensor_dropped", "Reports dropped, by reason.", labels=["sensor", "reason"]
    )
    for s in sensors:
        for reason, n in sorted(s.counters.items()):
            dropped.add_metric([s.sensor, reason], n)
    yield dropped


def quantiles(sample: Iterable[float]) -> dict[str, float]:
    """The middle and the worst hundredth; none of an empty sample."""
    values = sorted(sample)
    return {f"{q:g}": values[round(q * (len(values) - 1))] for q in (0.5, 0.99) if values}


def gauge(
    name: str, text: str, label: str, values: dict[str, int] | dict[str, float] | Counter[str]
) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label] if label else [])
    for key, value in sorted(values.items()):
        family.add_metric([key] if label else [], value)
    return family


def counter(name: str, text: str, label: str, values: dict[str, int]) -> Metric:
    family = CounterMetricFamily(name, text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


def exposition(hub: Hub, refused: Mapping[str, int]) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(DeskCollector(hub, refused))
    return generate_latest(registry)
