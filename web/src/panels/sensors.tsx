import { age, number } from "../format";
import type { FeedState, SensorHealth } from "../messages";
import type { State } from "../store";

const SIGN: Record<FeedState, string> = { up: "●", stale: "◐", down: "✕", ended: "■", connecting: "○" };

export function Sensors({ state, now }: { state: State; now: number }) {
  const sensors = state.status?.sensors ?? [];
  const silent = state.connection.state === "open" ? 0 : (now - state.statusAt) / 1000;
  return (
    <section class="panel sensors" aria-labelledby="sensors-title">
      <div class="panel-head">
        <h2 id="sensors-title">Sensors</h2>
        <span class="count">
          {sensors.length > 0 &&
            `${sensors.filter(({ state }) => state === "up").length} of ${sensors.length} up`}
        </span>
      </div>
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

function Sensor({ sensor, silent }: { sensor: SensorHealth; silent: number }) {
  const counters = Object.entries(sensor.counters).filter(([, n]) => n > 0);
  return (
    <li class={`sensor ${sensor.state}`} data-sensor={sensor.sensor}>
      <div class="sensor-line">
        <span class="sign" aria-hidden="true">
          {SIGN[sensor.state]}
        </span>
        <span class="sensor-name">{sensor.sensor}</span>
        <span class="dim sensor-kind">{sensor.kind}</span>
        <span class="sensor-state">{sensor.state}</span>
        <span class="sensor-age" title="Age of its newest data">
          {age(sensor.age_s === null ? null : sensor.age_s + silent)}
        </span>
        <span class="sensor-rate" title="Detections per second over the last ten seconds">
          {number(sensor.rate, sensor.rate < 10 ? 1 : 0)}/s
        </span>
      </div>
      {sensor.detail && <p class="sensor-detail">{sensor.detail}</p>}
      {sensor.origin && <p class="sensor-origin">{sensor.origin}</p>}
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
