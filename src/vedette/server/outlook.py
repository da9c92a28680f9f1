"""The look ahead as it is sent: with every status, and at /api/outlook."""

from __future__ import annotations

from fastapi import APIRouter, Response

from vedette.clock import seconds
from vedette.server.desk import Desk
from vedette.server.messages import OutlookMessage, OutlooksMessage, encode
from vedette.types import AssetOutlook, Outlook, Picture, Span


def outlooks(picture: Picture) -> list[OutlookMessage]:
    """One message per protected asset, [] without a look ahead. Times count from the picture's."""
    outlook = picture.outlook
    if outlook is None:
        return []
    age = seconds(picture.t - outlook.t)
    return [message(asset, outlook, age) for asset in outlook.assets]


def message(asset: AssetOutlook, outlook: Outlook, age: float) -> OutlookMessage:
    """One asset's outlook as it is `age` s after its picture: what comes is nearer by as much."""
    arrival, warning = since(asset.arrival, age), since(asset.warning, age)
    return OutlookMessage(
        asset=asset.asset,
        probability=asset.probability,
        arrivals_expected=asset.arrivals_expected,
        arrival_low_s=arrival[0],
        arrival_s=arrival[1],
        arrival_high_s=arrival[2],
        warning_low_s=warning[0],
        warning_s=warning[1],
        warning_high_s=warning[2],
        counts=list(asset.counts),
        at_once=list(asset.at_once),
        futures=outlook.futures,
        tracks=outlook.tracks,
        age_s=age,
        horizon_s=outlook.horizon_s,
    )


def since(span: Span | None, age: float) -> tuple[float | None, float | None, float | None]:
    """The quantiles `age` s later, not below 0; null where nothing comes."""
    if span is None:
        return None, None, None
    low, middle, high = span
    return max(low - age, 0.0), max(middle - age, 0.0), max(high - age, 0.0)


def whole(picture: Picture) -> OutlooksMessage:
    """The outlook of every asset, and how the look ahead fares."""
    counted = {name: picture.counters.get(f"outlook.{name}", 0) for name in ("made", "skipped", "restarts")}
    outlook = picture.outlook
    return OutlooksMessage(
        t_s=seconds(picture.t),
        age_s=None if outlook is None else seconds(picture.t - outlook.t),
        futures=0 if outlook is None else outlook.futures,
        tracks=0 if outlook is None else outlook.tracks,
        left_out=0 if outlook is None else outlook.left_out,
        assets=outlooks(picture),
        **counted,
    )


def add_routes(router: APIRouter, desk: Desk) -> None:
    """GET /api/outlook."""

    @router.get("/outlook", response_model=OutlooksMessage)
    async def outlook() -> Response:
        """What sampled futures bring to every protected asset: how likely, when, how much warning is left."""
        return Response(encode(whole(desk.picture())), media_type="application/json")
