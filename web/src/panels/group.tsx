import { distance, height, speed } from "../format";
import { heightIn } from "../heights";
import type { TrackRecord } from "../frame";
import { rangeAndBearing } from "../geodesy";
import { nameOf } from "../overlay/labels";
import type { State } from "../store";
import type { Commands } from "./commands";
import { Row } from "./detail";

/** What the chosen tracks are together. */
export function Group({ state, commands }: { state: State; now: number; commands: Commands }) {
  const { units, datum, site } = state;
  const records = commands.chosenTracks();
  const ground = site?.height ?? 0;
  const nearest = closest(records, state);
  const span = (pick: (record: TrackRecord) => number, write: (value: number) => string) => {
    const values = records.map(pick).filter(Number.isFinite);
    if (values.length === 0) return "–";
    const [low, high] = [write(Math.min(...values)), write(Math.max(...values))];
    return low === high ? low : `${low} to ${high}`;
  };
  return (
    <dl class="facts group">
      <Row name="Together">
        <b>{records.length}</b> tracks, {records.filter(({ severity }) => severity > 0).length} with an alert
      </Row>
      <Row name="Classes">{counted(records.map(({ klass }) => klass || "not known"))}</Row>
      <Row name="Height">
        {span(
          (record) => heightIn(datum, record, ground),
          (metres) => height(metres, units),
        )}
      </Row>
      <Row name="Speed">
        {span(
          ({ speed: v }) => v,
          (v) => speed(v, units),
        )}
      </Row>
      <Row name="Nearest">
        {nearest && `${nameOf(nearest.record)}, ${distance(nearest.range, units)} from the site`}
      </Row>
      <Row name="Across">{distance(across(records), units)}</Row>
      <Row name="Tracks">
        {records.map((record) => (
          <button
            key={record.id}
            class="name"
            onClick={() => commands.toggleMark(record.id)}
            title="Take it out"
          >
            {nameOf(record)} <span aria-hidden="true">✕</span>
          </button>
        ))}
      </Row>
    </dl>
  );
}

function counted(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, n]) => `${n} ${word}`).join(", ");
}

function closest(
  records: readonly TrackRecord[],
  { site }: State,
): { record: TrackRecord; range: number } | null {
  if (!site) return null;
  let best: { record: TrackRecord; range: number } | null = null;
  for (const record of records) {
    const range = rangeAndBearing(site, record)?.range ?? Infinity;
    if (!best || range < best.range) best = { record, range };
  }
  return best;
}

/** The diagonal of the box about them, in metres. */
function across(records: readonly TrackRecord[]): number | null {
  if (records.length < 2) return null;
  const of = (pick: (record: TrackRecord) => number) => records.map(pick);
  const [south, north] = [Math.min(...of((r) => r.latitude)), Math.max(...of((r) => r.latitude))];
  const [west, east] = [Math.min(...of((r) => r.longitude)), Math.max(...of((r) => r.longitude))];
  return (
    rangeAndBearing({ latitude: south, longitude: west }, { latitude: north, longitude: east })?.range ?? null
  );
}
