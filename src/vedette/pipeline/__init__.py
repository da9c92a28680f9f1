"""The only place that joins source → tracker → sinks."""

from vedette.pipeline.deliver import deliver
from vedette.pipeline.demo import open_demo
from vedette.pipeline.desk import Desk, PacedDesk
from vedette.pipeline.exercise import Exercise, TruthKeeper, arrivals
from vedette.pipeline.journal import Journal
from vedette.pipeline.live import LiveDesk, open_feeds, run_live
from vedette.pipeline.loop import PICTURE_PERIOD, Checkpoint, Pipeline, Sink
from vedette.pipeline.metadata import metadata_of, origins_of, simulated_in, site_of
from vedette.pipeline.operator import HumanModel, Operator
from vedette.pipeline.outlook import LookAhead
from vedette.pipeline.play import Player, run_fast, run_paced
from vedette.pipeline.replay import ReplayDesk, Replayer, entries
from vedette.pipeline.source import file_scans, scenario_scans
from vedette.pipeline.umpire import Umpire, staged
from vedette.pipeline.warm import warm_up

__all__ = [
    "PICTURE_PERIOD",
    "Checkpoint",
    "Desk",
    "Exercise",
    "HumanModel",
    "Journal",
    "LiveDesk",
    "LookAhead",
    "Operator",
    "PacedDesk",
    "Pipeline",
    "Player",
    "ReplayDesk",
    "Replayer",
    "Sink",
    "TruthKeeper",
    "Umpire",
    "arrivals",
    "deliver",
    "entries",
    "file_scans",
    "metadata_of",
    "open_demo",
    "open_feeds",
    "origins_of",
    "run_fast",
    "run_live",
    "run_paced",
    "scenario_scans",
    "simulated_in",
    "site_of",
    "staged",
    "warm_up",
]
