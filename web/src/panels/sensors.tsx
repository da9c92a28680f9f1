import { age, number } from "../format";
import type { Bias, FeedState, SensorHealth } from "../messages";
import { lossOf, type State } from "../store";

/** What the page says of a sensor: "degraded" is one that reports, and of which the server has a complaint. */
export type Health = FeedState | "degraded";

const SIGN: Record<Health, string> = {
  up: "●",
  degraded: "◑",
  stale: "◐",
  down: "✕",
  ended: "■",
  connecting: "○",
};
/** Those that want to be seen stand first. */
const ORDER: Record<Health, number> = { down: 0, stale: 1, degraded: 2, connecting: 3, up: 4, ended: 5 };

export function healthOf(sensor: SensorHealth): Health {
  return sensor.state === "up" && sensor.detail ? "degraded" : sensor.state;
}

export function Sensors({ state, now }: { state: State; now: number }) {
  const sensors = [...(state.status?.sensors ?? [])].sort((a, b) => ORDER[healthOf(a)] - ORDER[healthOf(b)]);
  const lost = lossOf(state, now).kind === "server";
  const silent = lost ? (now - state.statusAt) / 1000 : 0;
  return (
    <section class="sensors" aria-labelledby="sensors-title">
      <h2 id="sensors-title" class="count">
        {sensors.length > 0 &&
          `${sensors.filter(({ state }) => state === "up").length} of ${sensors.length} up`}
      </h2>
      {lost && sensors.length > 0 && (
        <p class="warn">
          <b>Server lost.</b> This is how the sensors stood {age(silent)} ago.
        </p>
      )}
      {state.status?.feed_lost && !lost && <p class="warn">No feed is up: nothing new is seen.</p>}
      {sensors.length === 0 && (
        <p class="empty">
          {state.status
            ? "The site file defines no sensor, so nothing can be seen."
            : "Waiting for the server."}
        </p>
      )}
      <ul class="sensor-list">
        {sensors.map((sensor) => (
          <Sensor key={sensor.sensor} sensor={sensor} silent={silent} />
        ))}
      </ul>
    </section>
  );
}

/** The constant error that the tracker has learned of a sensor and takes off; only parts that stand out of their sigma. */
function Learned({ bias }: { bias: Bias }) {
  const parts: [string, number, number, string, number][] = [
    ["range", bias.range_m, bias.range_sigma_m, "m", 0],
    ["azimuth", bias.azimuth_deg, bias.azimuth_sigma_deg, "°", 2],
    ["elevation", bias.elevation_deg, bias.elevation_sigma_deg, "°", 2],
    ["time", bias.time_s, bias.time_sigma_s, "s", 2],
  ];
  const sure = parts.filter(([, value, sigma]) => Math.abs(value) > 2 * sigma);
  if (sure.length === 0) return null;
  return (
    <p
      class="sensor-detail"
      title={`Beside ${bias.relative_to}, from ${number(bias.pairs)} pairs of reports`}
    >
      Constant error taken off:{" "}
      {sure
        .map(
          ([name, value, sigma, unit, digits]) =>
            `${name} ${number(value, digits)} ± ${number(sigma, digits)} ${unit}`,
        )
        .join(", ")}
      .
    </p>
  );
}

function Sensor({ sensor, silent }: { sensor: SensorHealth; silent: number }) {
  const counters = Object.entries(sensor.counters).filter(([, n]) => n > 0);
  const health = healthOf(sensor);
  return (
    <li class={`sensor ${health}`} data-sensor={sensor.sensor}>
      <div class="sensor-line">
        <span class="sign" aria-hidden="true">
          {SIGN[health]}
        </span>
        <span class="sensor-name">{sensor.sensor}</span>
        <span class="dim sensor-kind">{sensor.kind}</span>
        <span class="sensor-state">{health}</span>
        <span class="sensor-age" title="Since its last data">
          {age(sensor.age_s === null ? null : sensor.age_s + silent)}
        </span>
        <span class="sensor-rate" title="Detections per second over the last ten seconds">
          {number(sensor.rate, sensor.rate < 10 ? 1 : 0)}/s
        </span>
      </div>
      {sensor.detail && <p class="sensor-detail">{sensor.detail}</p>}
      {sensor.origin && <p class="sensor-origin">{sensor.origin}</p>}
      {sensor.bias && <Learned bias={sensor.bias} />}
      <details>
        <summary>
          {number(sensor.detections)} detections
          {counters.length > 0 && `, ${counters.length} counter${counters.length === 1 ? "" : "s"}`}
        </summary>
        <dl class="facts">
          {counters.length === 0 && <dd>Nothing was dropped.</dd>}
          {counters.map(([name, n]) => (
            <>
              <dt key={name}>{name.replaceAll("_", " ")}</dt>
              <dd>{number(n)}</dd>
            </>
          ))}
        </dl>
      </details>
    </li>
  );
}
