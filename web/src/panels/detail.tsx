import type { ComponentChildren } from "preact";
import {
  age,
  clock,
  climbRate,
  course,
  distance,
  height,
  number,
  percent,
  speed,
  type Units,
} from "../format";
import type { Details } from "../messages";
import { placeText } from "../place";
import { paceOf, type State } from "../store";
import type { Commands } from "./commands";
import { Group } from "./group";
import { Identity } from "./identity";
import { Profile } from "./profile";
import { IdentityChoice } from "./word";

/** Details come every second; when they have stopped for this long, the track is gone or the server is. */
const STALE_MS = 3500;
const STATUS_NAMES = ["tentative", "confirmed", "coasting", "dropped"];

interface Props {
  state: State;
  now: number;
  commands: Commands;
}

export function Detail({ state, now, commands }: Props) {
  const { selected, details, marked } = state;
  const stale = details !== null && now - state.detailsAt > STALE_MS;
  return (
    <section class={`panel detail ${stale ? "stale-card" : ""}`} aria-labelledby="detail-title" tabIndex={0}>
      <div class="panel-head">
        <h2 id="detail-title">{selected === null ? "Track" : `Track T${selected}`}</h2>
        {marked.size > 0 && <span class="count">and {marked.size} more</span>}
        {details && !stale && marked.size === 0 && <span class="count">{statusName(details.status)}</span>}
        {selected !== null && <Buttons state={state} commands={commands} />}
      </div>
      {selected === null && (
        <p class="empty">
          No track selected. Click one on the map, or press J. Shift with a click or a drag selects several.
        </p>
      )}
      {marked.size > 0 && <Group state={state} now={now} commands={commands} />}
      {selected !== null && !details && (
        <p class="empty">Nothing is known of T{selected} now; it may have been dropped.</p>
      )}
      {stale && (
        <p class="gone">No longer in the picture. Last known {age((now - state.detailsAt) / 1000)} ago:</p>
      )}
      {!stale && <IdentityChoice state={state} commands={commands} />}
      {details && (
        <Facts details={details} state={state} passed={passedSince(state, now)} commands={commands} />
      )}
    </section>
  );
}

function Buttons({ state, commands }: { state: State; commands: Commands }) {
  return (
    <span class="panel-tools">
      {state.status?.advice?.threats.some(({ track }) => track === state.selected) && (
        <button title="What can be done against it" onClick={() => commands.openAdvice(state.selected)}>
          Advice
        </button>
      )}
      <button
        class={state.follow ? "on" : ""}
        aria-pressed={state.follow}
        title="Follow (F)"
        onClick={commands.toggleFollow}
      >
        Follow
      </button>
      <button onClick={() => commands.select(null)} aria-label="Clear the selection">
        ✕
      </button>
    </span>
  );
}

function passedSince(state: State, now: number): number {
  return Math.min(2, Math.max(0, now - state.detailsAt) / 1000) * paceOf(state.status?.replay);
}

function statusName(status: string | number): string {
  return typeof status === "number" ? (STATUS_NAMES[status] ?? String(status)) : status;
}

export function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

interface FactsProps {
  details: Details;
  state: State;
  passed: number;
  commands: Commands;
}

function Facts({ details: d, state, passed, commands }: FactsProps) {
  const { units, utc, coordinates } = state;
  const ground = state.site?.height ?? 0;
  const sensors = Object.entries(d.contributors).sort(([, a], [, b]) => a - b);
  return (
    <>
      <div class="big">
        <Figure
          value={height(d.height_m === null ? null : d.height_m - ground, units)}
          name={climb(d.climb_mps, units)}
        />
        <Figure value={speed(d.speed_mps, units)} name="speed" />
        <Figure value={course(d.course_deg)} name="course" />
        <Figure value={distance(d.range_m, units)} name="range" />
        <Figure value={course(d.bearing_deg)} name="bearing" />
      </div>
      <Profile points={commands.profile(d.id)} ground={ground} units={units} />
      <dl class="facts">
        <Identity identity={d.identity} passed={passed} units={units} />
        <Operator details={d} state={state} />
        <Klass details={d} />
        <Row name="Existence">
          <meter min={0} max={1} value={d.existence} aria-label="Existence" /> {percent(d.existence)}
        </Row>
        <Row name="Sensors">
          {sensors.map(([name, seconds]) => (
            <span class="pair" key={name}>
              {name} <span class="dim">{age(seconds + passed)} ago</span>
            </span>
          ))}
        </Row>
        <Row name="Heights">
          <Heights details={d} ground={ground} units={units} />
        </Row>
        <Row name="Uncertainty (1σ)">
          {number(d.sigma_major_m)} × {number(d.sigma_minor_m)} m, height ± {number(d.sigma_up_m)} m
        </Row>
        <Row name="Position">{placeText(d, coordinates)}</Row>
        <Row name="Seen">
          first {clock(d.t_born_s, utc)}, last {clock(d.t_updated_s, utc)} {utc ? "UTC" : "local"},{" "}
          {number(d.hits)} reports
        </Row>
      </dl>
    </>
  );
}

/** Every height with what it counts from: a wrong datum has flown people into hills. */
function Heights({ details: d, ground, units }: { details: Details; ground: number; units: Units }) {
  const above = d.height_m === null ? null : d.height_m - ground;
  const heights: [string, number | null, string][] = [
    ["site", above, "above the site's reference point"],
    ["AGL", d.height_agl_m, "above the ground below it"],
    ["MSL", d.height_msl_m, "above mean sea level, EGM96"],
    ["WGS84", d.height_m, "above the ellipsoid"],
  ];
  return (
    <>
      {heights.map(([name, metres, title]) => (
        <span class="pair" key={name} title={title}>
          {metres === null ? <span class="dim">not known</span> : height(metres, units)}{" "}
          <span class="dim">{name}</span>
        </span>
      ))}
    </>
  );
}

function Klass({ details: { klass, identity } }: { details: Details }) {
  const classes = Object.entries(klass).sort(([, a], [, b]) => b - a);
  if (classes.length > 0)
    return <Row name="Class">{classes.map(([name, p]) => `${name} ${percent(p)}`).join(", ")}</Row>;
  if ("class_hint" in identity) return null; // it stands among the claims
  return (
    <Row name="Class">
      <span class="dim">not known</span>
    </Row>
  );
}

function Operator({ details: d, state }: { details: Details; state: State }) {
  if (!d.operator) return null;
  const [latitude, longitude] = d.operator;
  return (
    <Row name="Its operator">
      {placeText({ latitude, longitude }, state.coordinates)},{" "}
      <b>{distance(d.operator_range_m, state.units)}</b> <span class="dim">from the drone, as it claims</span>
    </Row>
  );
}

function Figure({ value, name }: { value: string; name: string }) {
  return (
    <span class="figure">
      <b>{value}</b>
      <small>{name}</small>
    </span>
  );
}

function climb(metresPerSecond: number | null, units: Units): string {
  if (metresPerSecond === null) return "height";
  if (Math.abs(metresPerSecond) < 0.5) return "height, level";
  return `height, ${metresPerSecond > 0 ? "↑" : "↓"} ${climbRate(Math.abs(metresPerSecond), units)}`;
}
