"""Advice in the pipeline: which site gets any, whose decision is taken, what is entered into the log."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.advise.adviser import Adviser
from vedette.advise.answered import engaged_friend, unanswered
from vedette.advise.planner import Planner
from vedette.assess import Asset
from vedette.assess.ledger import AUTHOR
from vedette.assess.standing import Standing
from vedette.errors import ServiceError
from vedette.site import Site
from vedette.types import Mode, acts
from vedette.types.acts import Done


def adviser_of(site: Site) -> Adviser | None:
    """The site's adviser; None where it has nothing to advise with, or wants no advice."""
    if not site.effectors or not site.advice.enabled:
        return None
    assets = tuple(Asset.from_config(asset, site.frame) for asset in site.assets)
    planner = Planner(site.effectors, assets, site.advice, site.frame, site.alert, site.terrain)
    return Adviser(
        planner,
        site.effectors,
        site.advice,
        sensors=site.sensors,
        most=site.tracker.p_detect_max,
    )


def shared_by(adviser: Adviser | None) -> Iterator[object]:
    """What copies of an adviser share."""
    if adviser is not None:
        yield from (adviser.planner, adviser.magazines.effectors, adviser.sensors)


def refuse_unproven(mode: Mode, act: acts.Act) -> None:
    """Raises ServiceError for a decision in a live run of whoever has not signed in with a password."""
    if mode is Mode.LIVE and isinstance(act, acts.Decide) and act.proof != "password":
        raise ServiceError("Only a person who has signed in with a password decides on what is real.")


def enter(standing: Standing, done: Done) -> None:
    """Write a decision, or a corrected stock, into the hand-over log."""
    if done.text:
        standing.note(done.t, done.act, done.text)


def enter_news(standing: Standing, adviser: Adviser) -> None:
    """Write into the hand-over log what nobody answered, and that a friend was engaged."""
    for said in adviser.lapsed:
        standing.enter(said.t, AUTHOR, "decide", unanswered(said))
    for each in adviser.mistaken:
        standing.enter(each.t_friend, AUTHOR, "engagement", engaged_friend(each))
