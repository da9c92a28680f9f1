import { useState } from "preact/hooks";
import { course, distance } from "../format";
import { measured, type MeasureEnd } from "../measure";
import { fromMgrs, mgrsText, placeText } from "../place";
import type { Place } from "../geodesy";
import type { State } from "../store";
import type { Commands } from "./commands";

export function MeasurePanel({ state, commands }: { state: State; commands: Commands }) {
  const { measures, site } = state;
  const open = measures.at(-1)?.length === 1;
  return (
    <div class="sheet-form">
      <p role="status">
        {open ? "Now click the other end." : "Click two places. An end on a track moves with it."}
      </p>
      <p class="sheet-quick">
        <button onClick={commands.measureSelected} disabled={state.selected === null || !site}>
          Site to selected track
        </button>
        <button onClick={commands.clearMeasures} disabled={measures.length === 0}>
          Clear all
        </button>
      </p>
      <ol class="measures">
        {measures.map((ends, i) => (
          <Line key={i} ends={ends} state={state} commands={commands} remove={() => commands.unmeasure(i)} />
        ))}
      </ol>
      <GoTo commands={commands} />
    </div>
  );
}

function endName(end: MeasureEnd): string {
  return "track" in end ? `T${end.track}` : "";
}

interface LineProps {
  ends: readonly MeasureEnd[];
  state: State;
  commands: Commands;
  remove: () => void;
}

function Line({ ends, state, commands, remove }: LineProps) {
  const found = measured(ends, commands.placeOf);
  const { units } = state;
  const text = (place: Place, end: MeasureEnd | undefined) => (
    <span class="end">
      {end && endName(end) && <b>{endName(end)} </b>}
      {placeText(place, state.coordinates)}
      <span class="dim"> {mgrsOf(place, state)}</span>
    </span>
  );
  if (ends.length < 2) return null;
  return (
    <li>
      {found ? (
        <>
          <span class="big-measure">
            <b>{course(found.bearing)}</b> <b>{distance(found.range, units)}</b>{" "}
            <span class="dim">back {course(found.back)}</span>
          </span>
          {text(found.from, ends[0])}
          {text(found.to, ends[1])}
        </>
      ) : (
        <span class="gone">A track of this measurement is gone.</span>
      )}
      <button onClick={remove} aria-label="Remove this measurement">
        ✕
      </button>
    </li>
  );
}

/** The other way of writing a place than the one that was chosen. */
function mgrsOf(place: Place, { coordinates }: State): string {
  return placeText(place, coordinates === "mgrs" ? "degrees" : "mgrs");
}

/** A place that somebody read out: the map goes there. */
function GoTo({ commands }: { commands: Commands }) {
  const [words, setWords] = useState("");
  const [refused, setRefused] = useState(false);
  const go = (event: Event) => {
    event.preventDefault();
    const place = placeIn(words);
    setRefused(!place);
    if (place) commands.goTo(place.latitude, place.longitude);
  };
  return (
    <form class="goto" onSubmit={go}>
      <label>
        <span>Go to</span>
        <input
          value={words}
          placeholder="38S LC 55103 39457 or 33.79, 42.44"
          onInput={(event) => setWords(event.currentTarget.value)}
          aria-invalid={refused}
        />
      </label>
      <button>Go</button>
      {refused && (
        <p class="warn" role="alert">
          Give an MGRS reference, or latitude and longitude in degrees:{" "}
          {mgrsText({ latitude: 0, longitude: 0 })}, or 33.79, 42.44.
        </p>
      )}
    </form>
  );
}

export function placeIn(words: string): Place | null {
  const numbers = words.trim().split(/[\s,;]+/);
  const [latitude, longitude] = numbers.map(Number);
  if (numbers.length === 2 && latitude !== undefined && longitude !== undefined) {
    if (Math.abs(latitude) <= 84 && Math.abs(longitude) <= 180) return { latitude, longitude };
  }
  return fromMgrs(words);
}
