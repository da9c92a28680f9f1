import { cellAt } from "../coverage/paint";
import { UNSEEN } from "../coverage/chart";
import { lowestAt } from "../coverage/scale";
import { bearingText, height, latitude, longitude } from "../format";
import { rangeAndBearing } from "../geodesy";
import { working, type State } from "../store";
import type { Commands } from "./commands";
import { CoverChoice } from "./coverage";

const LEVELS = { 1: "name", 2: "motion", 3: "all" } as const;

/** Buttons for what the keys do, for a mouse or a finger. */
export function Tools({ state, commands }: { state: State; commands: Commands }) {
  return (
    <div class="tools" role="toolbar" aria-label="Map">
      <button onClick={() => commands.zoom(1)} aria-label="Zoom in" title="Zoom in (+)">
        +
      </button>
      <button onClick={() => commands.zoom(-1)} aria-label="Zoom out" title="Zoom out (−)">
        −
      </button>
      <button onClick={commands.home} title="Back to the whole site (H)">
        Site
      </button>
      <button onClick={commands.cycleLabels} title="Labels (L)">
        <span>Labels</span> <b>{LEVELS[state.labels]}</b>
      </button>
      <button onClick={commands.cycleTrails} title="Trails (T)">
        <span>Trails</span> <b>{state.trails}</b>
      </button>
      <button
        onClick={commands.toggleTheme}
        aria-pressed={state.theme === "night"}
        title="Red night theme (N)"
      >
        <span>Night</span> <b>{state.theme === "night" ? "on" : "off"}</b>
      </button>
      <CoverChoice state={state} commands={commands} />
    </div>
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
  return code < UNSEEN ? `seen from ${height(chart.heights[code])} up` : "not watched";
}

export function ReadOut({ state }: { state: State }) {
  const { cursor, site, metresPerPixel } = state;
  const seen = seenFrom(state);
  const polar = cursor && site ? rangeAndBearing(site, cursor) : null;
  const length = metresPerPixel > 0 ? scaleLength(metresPerPixel, 120) : 0;
  return (
    <div class="readout" aria-hidden="true">
      {length > 0 && (
        <span class="scale" style={{ width: `${length / metresPerPixel}px` }}>
          {length >= 1000 ? `${length / 1000} km` : `${length} m`}
        </span>
      )}
      {cursor && (
        <span>
          {latitude(cursor.latitude)} {longitude(cursor.longitude)}
        </span>
      )}
      {polar && <span>{bearingText(polar.range, polar.bearing)} from site</span>}
      {seen && <span>{seen}</span>}
    </div>
  );
}
