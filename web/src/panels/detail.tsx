import type { ComponentChildren } from "preact";
import { age, clock, course, distance, height, latitude, longitude, number, percent, speed } from "../format";
import type { Details, Fact } from "../messages";
import { paceOf, type State } from "../store";
import type { Commands } from "./commands";
import { IdentityChoice } from "./identity";

/** Details come every second; when they have stopped for this long, the track is gone or the server is. */
const STALE_MS = 3500;
const STATUS_NAMES = ["tentative", "confirmed", "coasting", "dropped"];

/** Words for the facts that feeds report; others are shown under their own name. */
const FACTS: Record<string, string> = {
  callsign: "Callsign",
  icao24: "ICAO address",
  squawk: "Squawk",
  category: "Category",
  height_baro: "Barometric height",
  flight_level: "Flight level",
  ground: "On the ground",
  mode_3a: "Mode 3/A",
  snr_db: "Signal to noise",
  rcs_dbsm: "Radar cross-section",
  radial_speed: "Radial speed",
  track_number: "Sensor's track number",
  serial: "Serial number",
  relocated: "Moved to this site",
};
const UNITS: Record<string, string> = {
  height_baro: " m",
  flight_level: " m",
  snr_db: " dB",
  rcs_dbsm: " dBsm",
  radial_speed: " m/s",
};

export function Detail({ state, now, commands }: { state: State; now: number; commands: Commands }) {
  const { selected, details } = state;
  const stale = details !== null && now - state.detailsAt > STALE_MS;
  return (
    <section class={`panel detail ${stale ? "stale-card" : ""}`} aria-labelledby="detail-title">
      <div class="panel-head">
        <h2 id="detail-title">{selected === null ? "Track" : `Track T${selected}`}</h2>
        {details && !stale && <span class="count">{statusName(details.status)}</span>}
        {selected !== null && (
          <span class="panel-tools">
            <button
              class={state.follow ? "on" : ""}
              aria-pressed={state.follow}
              onClick={commands.toggleFollow}
            >
              Follow
            </button>
            <button onClick={() => commands.select(null)} aria-label="Clear the selection">
              ✕
            </button>
          </span>
        )}
      </div>
      {selected === null && <p class="empty">No track selected. Click one on the map, or press J.</p>}
      {selected !== null && !details && (
        <p class="empty">Nothing is known of T{selected} now; it may have been dropped.</p>
      )}
      {stale && (
        <p class="gone">No longer in the picture. Last known {age((now - state.detailsAt) / 1000)} ago:</p>
      )}
      {!stale && <IdentityChoice state={state} commands={commands} />}
      {details && (
        <Facts
          details={details}
          ground={state.site?.height ?? 0}
          passed={passedSince(state, now)}
          utc={state.utc}
        />
      )}
    </section>
  );
}

function passedSince(state: State, now: number): number {
  return Math.min(2, Math.max(0, now - state.detailsAt) / 1000) * paceOf(state.status?.replay);
}

function statusName(status: string | number): string {
  return typeof status === "number" ? (STATUS_NAMES[status] ?? String(status)) : status;
}

function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

interface FactsProps {
  details: Details;
  /** The site's height above the ellipsoid, which heights are shown above. */
  ground: number;
  passed: number;
  utc: boolean;
}

function Facts({ details: d, ground, passed, utc }: FactsProps) {
  const sensors = Object.entries(d.contributors).sort(([, a], [, b]) => a - b);
  return (
    <>
      <div class="big">
        <Figure value={height(d.height_m === null ? null : d.height_m - ground)} name={climb(d.climb_mps)} />
        <Figure value={speed(d.speed_mps)} name="speed" />
        <Figure value={course(d.course_deg)} name="course" />
        <Figure value={distance(d.range_m)} name="range" />
        <Figure value={course(d.bearing_deg)} name="bearing" />
      </div>
      <dl class="facts">
        <Identity identity={d.identity} passed={passed} />
        <Row name="Existence">
          <meter min={0} max={1} value={d.existence} /> {percent(d.existence)}
        </Row>
        <Row name="Sensors">
          {sensors.map(([name, seconds]) => (
            <span class="pair" key={name}>
              {name} <span class="dim">{age(seconds + passed)} ago</span>
            </span>
          ))}
        </Row>
        <Row name="Uncertainty (1σ)">
          {number(d.sigma_major_m)} × {number(d.sigma_minor_m)} m, height ± {number(d.sigma_up_m)} m
        </Row>
        {Object.keys(d.klass).length > 0 && (
          <Row name="Class">
            {Object.entries(d.klass)
              .sort(([, a], [, b]) => b - a)
              .map(([name, p]) => `${name} ${percent(p)}`)
              .join(", ")}
          </Row>
        )}
        <Row name="Position">
          {latitude(d.latitude)} {longitude(d.longitude)}, {height(d.height_m)} above the ellipsoid
        </Row>
        <Row name="Seen">
          {clock(d.t_born_s, utc)} to {clock(d.t_updated_s, utc)}, {number(d.hits)} reports
        </Row>
      </dl>
    </>
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

function climb(metresPerSecond: number | null): string {
  if (metresPerSecond === null) return "height";
  if (Math.abs(metresPerSecond) < 0.5) return "height, level";
  return `height, ${metresPerSecond > 0 ? "↑" : "↓"} ${speed(Math.abs(metresPerSecond))}`;
}

/** Each fact with who said it and how long ago: claims, not proofs. */
function Identity({ identity, passed }: { identity: Record<string, Fact>; passed: number }) {
  const order = Object.keys(FACTS);
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  const facts = Object.entries(identity).sort(([a], [b]) => rank(a) - rank(b));
  if (facts.length === 0) return <Row name="Identity">says nothing of itself</Row>;
  return (
    <>
      {facts.map(([key, fact]) => (
        <Row key={key} name={FACTS[key] ?? key}>
          <b>{factValue(key, fact)}</b>{" "}
          <span class="dim">
            {fact.source}, {age(fact.age_s === null ? null : fact.age_s + passed)} ago
          </span>
        </Row>
      ))}
    </>
  );
}

function factValue(key: string, { value }: Fact): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  const unit = UNITS[key];
  if (typeof value !== "number" || unit === undefined) return String(value); // a code is no quantity
  return number(value, unit === " m" ? 0 : 1) + unit;
}
