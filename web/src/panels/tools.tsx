import { cellAt } from "../coverage/paint";
import { UNSEEN } from "../coverage/chart";
import { lowestAt } from "../coverage/scale";
import { bearingText, height, longUnit, number, shortUnit } from "../format";
import { rangeAndBearing } from "../geodesy";
import { DATUM_NAMES } from "../heights";
import type { Sheet } from "../look";
import { placeText } from "../place";
import { working, type State } from "../store";
import type { Commands } from "./commands";
import { CoverChoice } from "./coverage";

const LEVELS = { 1: "name", 2: "motion", 3: "all" } as const;
const SHEET_BUTTONS: readonly (readonly [Sheet, string, string])[] = [
  ["tracks", "Tracks", "Table of tracks (G)"],
  ["filter", "Filter", "Show fewer tracks (O)"],
  ["measure", "Measure", "Range and bearing (M)"],
  ["settings", "Settings", "Units, trails, rings, views (,)"],
];

/** Buttons for what the keys do, for a mouse or a finger. */
export function Tools({ state, commands }: { state: State; commands: Commands }) {
  return (
    <div class="tools" role="toolbar" aria-label="Map">
      <button onClick={() => commands.zoom(1)} aria-label="Zoom in" title="Zoom in (E)">
        +
      </button>
      <button onClick={() => commands.zoom(-1)} aria-label="Zoom out" title="Zoom out (Q)">
        −
      </button>
      <Compass bearing={state.bearing} northUp={commands.northUp} />
      <button onClick={commands.home} title="Back to the whole site (H)">
        Site
      </button>
      <button onClick={commands.cycleLabels} title="Labels (L)">
        <span>Labels</span> <b>{LEVELS[state.labels]}</b>
      </button>
      <button onClick={commands.cycleTrails} title="Trails (T)">
        <span>Trails</span> <b>{state.trails}</b>
      </button>
      <CoverChoice state={state} commands={commands} />
      {SHEET_BUTTONS.map(([sheet, name, title]) => (
        <button
          key={sheet}
          class="opens"
          aria-pressed={state.sheet === sheet}
          title={title}
          onClick={() => commands.toggleSheet(sheet)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

/** Points north; a click turns north up. */
function Compass({ bearing, northUp }: { bearing: number; northUp: () => void }) {
  const turned = Math.abs(bearing) > 0.05;
  const degrees = String((Math.round(bearing) + 360) % 360).padStart(3, "0");
  const where = turned ? `${degrees}° is up; turn north up` : "North is up";
  return (
    <button
      class={`compass ${turned ? "turned" : ""}`}
      onClick={northUp}
      aria-label={where}
      title={`${where} (\\)`}
    >
      <svg viewBox="-10 -10 20 20" width="16" height="16" aria-hidden="true">
        <g transform={`rotate(${-bearing})`}>
          <path class="north" d="M0 -9 L4 1 L0 -1 L-4 1 Z" />
          <path d="M0 9 L4 1 L0 -1 L-4 1 Z" />
        </g>
      </svg>
      {turned && <b>{degrees}°</b>}
    </button>
  );
}

const ROUND = [1, 2, 5];

/** The longest round distance whose bar is at most `pixels` wide. */
export function scaleLength(metresPerPixel: number, pixels: number): number {
  const most = metresPerPixel * pixels;
  const decade = 10 ** Math.floor(Math.log10(most));
  return decade * (ROUND.findLast((n) => n * decade <= most) ?? 1);
}

/** From what height a target is seen under the pointer; nothing while coverage is off. */
function seenFrom({ chart, cover, cursor, site, ...rest }: State): string {
  if (!chart || !cover || !cursor || !site) return "";
  const cell = cellAt({ ...chart, latitude: site.latitude, longitude: site.longitude }, cursor);
  if (cell < 0) return "";
  const code = lowestAt(chart, cover, working({ chart, cover, cursor, site, ...rest }), cell);
  return code < UNSEEN ? `seen from ${height(chart.heights[code], rest.units)} up` : "not watched";
}

/** A bar of a round length in the chosen units. */
function ScaleBar({ metresPerPixel, units }: Pick<State, "metresPerPixel" | "units">) {
  if (!(metresPerPixel > 0)) return null;
  const long = longUnit(units);
  const unit = metresPerPixel * 120 >= long.size ? long : shortUnit(units);
  const length = scaleLength(metresPerPixel / unit.size, 120);
  return (
    <span class="scale" style={{ width: `${(length * unit.size) / metresPerPixel}px` }}>
      {number(length, length < 1 ? 1 : 0)} {unit.name}
    </span>
  );
}

export function ReadOut({ state }: { state: State }) {
  const { cursor, site, coordinates, units, datum } = state;
  const seen = seenFrom(state);
  const polar = cursor && site ? rangeAndBearing(site, cursor) : null;
  return (
    <div class="readout" aria-hidden="true">
      <ScaleBar metresPerPixel={state.metresPerPixel} units={units} />
      {cursor && <span class="cursor-place">{placeText(cursor, coordinates)}</span>}
      {polar && <span>{bearingText(polar.range, polar.bearing, units)} from site</span>}
      {seen && <span>{seen}</span>}
      <span class="datum">
        heights {DATUM_NAMES[datum]}, {shortUnit(units).name}
      </span>
    </div>
  );
}
