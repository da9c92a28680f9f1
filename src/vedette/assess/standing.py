"""What people have ordered and said, until they say otherwise: rules, posture, identities, the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

from vedette.assess.config import AlertConfig, OwnConfig, PostureConfig, ZoneConfig
from vedette.assess.posture import levels
from vedette.assess.rule import Rule, terms_of
from vedette.config import of_data
from vedette.errors import ConfigError, NotThereError, ServiceError
from vedette.geo import LocalFrame, Terrain
from vedette.types import Field, Posture, Track, acts
from vedette.types.operations import Entry, Operations, Word

MOST_RULES = 100  # of operators: every one costs at every step
MOST_ENTRIES = 2_000  # of the log that are kept at hand; the recording has them all
AFFILIATION = "affiliation"
KNOWN = {each.value: each for each in acts.Affiliation}


class Standing:
    """Rules and levels of a site, and everything that people have changed about them.

    rules     as they stand now, those of the site first
    level     the level of readiness that holds
    changes   how often the rules have changed
    log       what people did, oldest first
    words     track → whose it is
    """

    def __init__(
        self,
        zones: Sequence[ZoneConfig],
        alert: AlertConfig,
        frame: LocalFrame,
        terrain: Terrain | None,
        postures: Sequence[PostureConfig],
        own: Sequence[OwnConfig],
    ) -> None:
        self.alert, self.frame, self.terrain = alert, frame, terrain
        self.site = tuple(zones)
        self.levels = levels(postures, alert)
        self.level = self.levels[0]
        self.posture = Posture(level=self.level.name, rank=self.level.rank)
        self.operators: dict[str, ZoneConfig] = {}
        self._given: dict[str, Mapping[str, Any]] = {}
        self.switched: dict[str, bool] = {}
        self.words: dict[int, Word] = {}
        self.log: tuple[Entry, ...] = ()
        self.changes = 0
        self._own = {(fact, plain(value)): each for each in own for fact, value in each.names().items()}
        self._ruled()

    # --------------------------------------------------------------------------- rules

    def _ruled(self) -> None:
        """Make the rules anew from all that bears on them."""
        self.rules = (
            *(self._rule(config, "site") for config in self.site),
            *(self._rule(config, "operator") for config in self.operators.values()),
        )

    def _rule(self, config: ZoneConfig, source: Literal["site", "operator"]) -> Rule:
        on = self.switched.get(config.name)
        if on is None:
            on = config.name in self.level.on or (config.on and config.name not in self.level.off)
        terms = terms_of(config, self.level, self.alert)
        return Rule.of(config, source, self.frame, self.terrain, on=on, terms=terms)

    def set_rule(self, act: acts.SetRule) -> str:
        """Add an operator's rule, or replace it. Raises ServiceError for one that cannot be used."""
        text = self._take_rule(act.rule)
        self._changed()
        return text

    def trial(self, rule: Mapping[str, Any]) -> Rule:
        """The rule that this `[[zone]]` would be now. Raises ServiceError for one that cannot be used."""
        return self._rule(self._usable(rule), "operator")

    def _take_rule(self, rule: Mapping[str, Any]) -> str:
        config = self._usable(rule)
        verb = "replaced" if config.name in self.operators else "added"
        self.operators[config.name] = config
        self._given[config.name] = {key: value for key, value in rule.items() if value is not None}
        return f"{verb} the rule {config.name}"

    def _usable(self, rule: Mapping[str, Any]) -> ZoneConfig:
        """The table of an operator's rule, if it can be taken."""
        try:
            config = of_data(dict(rule), ZoneConfig)
        except ConfigError as error:
            raise ServiceError(f"That rule cannot be used: {error}") from None
        if any(known.name == config.name for known in self.site):
            raise ServiceError(
                f"The rule {config.name} is the site file's and can only be switched off; "
                "give yours another name."
            )
        if config.name not in self.operators and len(self.operators) >= MOST_RULES:
            raise ServiceError(f"There are {MOST_RULES} rules of operators already; replace one of them.")
        return config

    def switch(self, act: acts.Switch) -> str:
        """Switch a rule on or off, whatever the posture says of it."""
        if all(rule.name != act.rule for rule in self.rules):
            raise NotThereError(f"There is no rule {act.rule}; GET /api/rules lists those there are.")
        self.switched[act.rule] = act.on
        self._changed()
        return f"switched the rule {act.rule} {'on' if act.on else 'off'}"

    def _changed(self) -> None:
        self.changes += 1
        self._ruled()

    # ------------------------------------------------------------------------- posture

    def set_posture(self, t: int, act: acts.SetPosture) -> str:
        """Go to another level of readiness."""
        found = next((level for level in self.levels if level.name == act.level), None)
        if found is None:
            names = ", ".join(level.name for level in self.levels)
            raise NotThereError(f"There is no level {act.level}; name one of {names}.")
        before, self.level = self.level.name, found
        self.posture = Posture(level=found.name, rank=found.rank, by=act.by, t=t, note=act.note)
        self._changed()
        return f"set the posture from {before} to {found.name}"

    # ---------------------------------------------------------------------- identities

    def identify(self, t: int, act: acts.Identify) -> str:
        """Take somebody's word about whose a track is; unknown withdraws it."""
        if act.identity is acts.Affiliation.UNKNOWN:
            self.words.pop(act.track, None)
            return f"withdrew what was said of track {act.track}"
        self.words[act.track] = Word(track=act.track, affiliation=act.identity, by=act.by, t=t, note=act.note)
        return f"called track {act.track} {act.identity.value}"

    def marked(self, tracks: Sequence[Track]) -> tuple[Track, ...]:
        """The tracks with whose they are, where somebody or the site file says so."""
        if not self.words and not self._own:
            return tuple(tracks)
        return tuple(self._marked(track) for track in tracks)

    def _marked(self, track: Track) -> Track:
        facts = self._said(track)
        return replace(track, identity={**track.identity, **facts}) if facts else track

    def _said(self, track: Track) -> Mapping[str, Field]:
        word = self.words.get(track.id)
        if word is not None:
            return {AFFILIATION: Field(value=word.affiliation.value, source=f"operator {word.by}", t=word.t)}
        for fact, field in track.identity.items():
            own = self._own.get((fact, plain(str(field.value))))
            if own is not None:
                facts = {AFFILIATION: acts.Affiliation.FRIEND.value, "own": own.name}
                owner = {"owner": own.owner} if own.owner else {}
                return {
                    name: Field(value=value, source="site file", t=field.t)
                    for name, value in {**facts, **owner}.items()
                }
        return {}

    # ---------------------------------------------------------------- over a restart

    def operations(self, **more: Any) -> Operations:
        """All of this, with what else must outlive a restart."""
        return Operations(
            words=tuple(self.words.values()),
            rules=tuple(self._given.values()),
            switched=dict(self.switched),
            posture=self.posture if self.posture.by else None,
            log=self.log,
            **more,
        )

    def restore(self, operations: Operations) -> None:
        """Be as it was; rules and levels that the site file does not allow any more are left out."""
        self.words = {word.track: word for word in operations.words}
        self.switched, self.log = dict(operations.switched), operations.log
        for rule in operations.rules:
            with suppress(ServiceError):
                self._take_rule(rule)
        posture = operations.posture
        level = next((level for level in self.levels if posture and level.name == posture.level), None)
        if posture is not None and level is not None:
            self.level, self.posture = level, replace(posture, rank=level.rank)
        self._changed()

    def carry_over(self, old: int, new: int) -> None:
        """What was said of track `old` is said of `new`, unless somebody has spoken of that already."""
        word = self.words.pop(old, None)
        if word is not None and new not in self.words:
            self.words[new] = replace(word, track=new)

    # ----------------------------------------------------------------------------- log

    def note(self, t: int, act: acts.Act, text: str) -> None:
        """Enter an act into the log."""
        kind, note = str(type(act).__struct_config__.tag), str(getattr(act, "note", ""))
        self.enter(t, act.by, kind, text, note)

    def enter(self, t: int, by: str, kind: str, text: str, note: str = "") -> None:
        """Enter what somebody did, or that nobody did."""
        self.log = (*self.log, Entry(t, by, kind, text, note))[-MOST_ENTRIES:]


def plain(name: str) -> str:
    """A name as it is compared."""
    return name.strip().upper()


def affiliation(track: Track) -> acts.Affiliation:
    """Whose a marked track is."""
    field = track.identity.get(AFFILIATION)
    if field is None:
        return acts.Affiliation.UNKNOWN
    return KNOWN.get(str(field.value), acts.Affiliation.UNKNOWN)
