"""The truth of an exercise comes back to the bit, and only to whoever asks for it by name."""

from __future__ import annotations

import numpy as np

from tests.store.recorded_world import T0
from vedette.store import (
    ActorSet,
    TruthSet,
    decode_actors,
    decode_truth,
    encode_actors,
    encode_truth,
    open_recording,
    repair,
)
from vedette.store.truth import decode_first_plot, decode_outcome, encode_first_plot, encode_outcome
from vedette.types import FirstPlot, Outcome, Result


def as_bytes(entries):
    encoders = {ActorSet: encode_actors, TruthSet: encode_truth}
    others = {FirstPlot: encode_first_plot, Outcome: encode_outcome}
    return [
        others[type(entry)](entry) if type(entry) in others else encoders[type(entry)](*entry)
        for entry in entries
    ]


def test_it_comes_back_to_the_bit(exercise):
    path, _, truth = exercise
    found = list(open_recording(path).messages(topics=("/truth/",)))
    assert as_bytes(found) == as_bytes(truth)
    assert found[0].actors[0].arrivals == {"Quarters": T0}
    assert found[0].actors[1].rcs is None
    np.testing.assert_array_equal(found[1].truths[0].x, truth[1].truths[0].x)
    assert encode_actors(*decode_actors(as_bytes(truth)[0])) == as_bytes(truth)[0]
    assert encode_truth(*decode_truth(as_bytes(truth)[1])) == as_bytes(truth)[1]
    assert found[2] == truth[2] == decode_first_plot(as_bytes(truth)[2])
    assert found[3::4] == truth[3::4]
    assert decode_outcome(as_bytes(truth)[3]) == truth[3]
    assert {outcome.result for outcome in found[3::4]} == set(Result)
    assert {outcome.arrives for outcome in found[3::4]} == {None, T0}


def test_nobody_else_meets_it(exercise):
    """Neither in what a recording tells unasked, nor in the time it begins, which a replay shows."""
    path, kept, _ = exercise
    recording = open_recording(path)
    told = list(recording.messages())
    assert len(told) == len(kept)
    assert not any(isinstance(entry, ActorSet | TruthSet | FirstPlot | Outcome) for entry in told)
    assert recording.t_begin == T0


def test_a_repaired_copy_keeps_it(exercise, tmp_path):
    path, _, truth = exercise
    copy = repair(path, tmp_path / "copy.mcap")
    assert as_bytes(copy.messages(topics=("/truth/",))) == as_bytes(truth)
