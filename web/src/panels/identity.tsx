import { age, number, shortUnit, speed, type Units } from "../format";
import type { Fact } from "../messages";
import { Row } from "./detail";

/** Words for the facts that feeds report; others are shown under their own name. */
const FACTS: Record<string, string> = {
  affiliation: "Affiliation",
  callsign: "Callsign",
  remote_id: "Remote ID serial",
  class_hint: "Taken for",
  class_level: "How surely",
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
/** Shown in a line of their own, with the distance. */
const ELSEWHERE = new Set(["operator_latitude", "operator_longitude"]);
const HEIGHTS = new Set(["height_baro", "flight_level"]);
const UNITS: Record<string, string> = { snr_db: " dB", rcs_dbsm: " dBsm", sound_db: " dB" };

interface Props {
  identity: Record<string, Fact>;
  passed: number;
  units: Units;
}

/** Each fact with who said it and how long ago: claims, not proofs. */
export function Identity({ identity, passed, units }: Props) {
  const order = Object.keys(FACTS);
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  const facts = Object.entries(identity)
    .filter(([key]) => !ELSEWHERE.has(key))
    .sort(([a], [b]) => rank(a) - rank(b));
  if (facts.length === 0) return <Row name="Identity">says nothing of itself</Row>;
  return (
    <>
      {facts.map(([key, fact]) => (
        <Row key={key} name={FACTS[key] ?? key}>
          <b>{factValue(key, fact, units)}</b>{" "}
          <span class="dim">
            {fact.source}, {age(fact.age_s === null ? null : fact.age_s + passed)} ago
          </span>
        </Row>
      ))}
    </>
  );
}

function factValue(key: string, { value }: Fact, units: Units): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return value;
  if (HEIGHTS.has(key)) return `${number(value / shortUnit(units).size)} ${shortUnit(units).name}`;
  if (key === "radial_speed") return speed(value, units);
  const unit = UNITS[key];
  return unit === undefined ? String(value) : number(value, 1) + unit; // a code is no quantity
}
