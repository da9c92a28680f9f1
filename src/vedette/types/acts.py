"""What people do: one union of acts, recorded and replayed as the JSON objects that they are.

Every act is signed (`by`). It takes effect at a data time, is recorded there, and a replay repeats it:

    {"act": "acknowledge", "alert": "12-Inner-1", "by": "Duty officer", "note": "seen on camera 2"}
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from vedette.errors import NotUnderstoodError
from vedette.types.advice import Advice
from vedette.types.alert import Alert

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"\S")]
Note = Annotated[str, msgspec.Meta(max_length=2000)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=r"\S")]
TrackNumber = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
Effector = Annotated[str, msgspec.Meta(max_length=64)]
Rounds = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Reply = Literal["accept", "decline", "hold"]
Given = Literal["", "password", "none", "model"]  # how whoever decided had proved who they are


class Affiliation(StrEnum):
    """Whose a track is, in the operator's word. A friend never alarms; unknown withdraws the word."""

    FRIEND = "friend"
    NEUTRAL = "neutral"
    HOSTILE = "hostile"
    UNKNOWN = "unknown"


class _Act(msgspec.Struct, tag_field="act", forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`by` is the name of the person who acts."""

    by: Word


class Acknowledge(_Act, tag="acknowledge", frozen=True, kw_only=True):
    """A person has seen the alert."""

    alert: Word
    note: Note = ""


class Assign(_Act, tag="assign", frozen=True, kw_only=True):
    """The alert is `to` somebody to deal with."""

    alert: Word
    to: Word
    note: Note = ""


class Close(_Act, tag="close", frozen=True, kw_only=True):
    """The alert is over, in this person's judgement."""

    alert: Word
    note: Note = ""


class Identify(_Act, tag="identify", frozen=True, kw_only=True):
    """Whose the track is."""

    track: TrackNumber
    identity: Affiliation
    note: Note = ""


class SetPosture(_Act, tag="posture", frozen=True, kw_only=True):
    """The site goes to another level of readiness; `note` is the reason."""

    level: Name
    note: Reason


class SetRule(_Act, tag="rule", frozen=True, kw_only=True):
    """A rule of an operator is added, or replaced by name; `rule` has the keys of a `[[zone]]`."""

    rule: dict[str, Any]
    note: Note = ""


class Switch(_Act, tag="switch", frozen=True, kw_only=True):
    """A rule is switched off or on; `note` is the reason."""

    rule: Name
    on: bool
    note: Reason


class Remark(_Act, tag="remark", frozen=True, kw_only=True):
    """An entry of the hand-over log, for the next watch."""

    text: Reason


class Decide(_Act, tag="decide", frozen=True, kw_only=True):
    """A person's answer to advice. Nothing is commanded by it.

    effector  to act with another of the options instead; empty: as advised
    note      why; must be given unless it is accepted
    proof     how the person has proved who they are. Nobody says that of themselves: the server fills it in,
              or the human model of an exercise
    """

    advice: Word
    answer: Reply
    effector: Effector = ""
    note: Note = ""
    proof: Given = ""

    def __post_init__(self) -> None:
        if self.answer != "accept" and not self.note.strip():
            raise ValueError(f"say in `note` why you {self.answer}")


class Stock(_Act, tag="stock", frozen=True, kw_only=True):
    """So many rounds an effector truly has; `note` is the reason."""

    effector: Name
    rounds: Rounds
    note: Reason


Act = Acknowledge | Assign | Close | Identify | SetPosture | SetRule | Switch | Remark | Decide | Stock


class Done(NamedTuple):
    """An act at data time t (ns UTC), and the alert or the advice it was about as it then is.

    changed  False: things were so already, and nothing is recorded
    text     what was done, in words, for the hand-over log where that is not written by whoever did it
    refusal  it is recorded and shown, and changes nothing: why
    """

    t: int
    act: Act
    alert: Alert | None = None
    changed: bool = True
    advice: Advice | None = None
    text: str = ""
    refusal: str = ""


def of(record: Mapping[str, Any] | bytes) -> Act:
    """An act from its JSON, or from the object that a recording holds.

    Raises NotUnderstoodError, in a sentence, for anything else.
    """
    try:
        found = msgspec.json.decode(record) if isinstance(record, bytes) else dict(record)
        act: Act = msgspec.convert(_whole(found), Act)
        return act
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotUnderstoodError(
            f"That act was not understood ({error}); docs/reference/wire.md lists what can be done."
        ) from None


def _whole(found: Any) -> Any:
    """JSON has one kind of number: 3.0 is 3 where a whole one is wanted."""
    if not isinstance(found, dict):
        return found
    whole = {
        key: int(found[key])
        for key in ("rounds", "track")
        if isinstance(found.get(key), float) and found[key].is_integer()
    }
    return {**found, **whole}


def record(act: Act) -> dict[str, Any]:
    """The act as the JSON object that a recording holds."""
    plain: dict[str, Any] = msgspec.to_builtins(act)
    return plain
