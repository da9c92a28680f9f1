import { clock, distance, duration, height, percent, speed, type Units } from "../format";
import { byPerson } from "../desk/order";
import type { Alert, Raised } from "../messages";

interface WhyProps {
  alert: Alert;
  utc: boolean;
  units: Units;
}

/** What an alert rests on: now and when it was raised, what would change it, and its life so far. */
export function Why({ alert, utc, units }: WhyProps) {
  return (
    <div class="why">
      {(alert.would_change ?? []).length > 0 && (
        <>
          <h3>What would change this</h3>
          <ul class="would-change">
            {(alert.would_change ?? []).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
      <h3>Evidence</h3>
      <Evidence alert={alert} utc={utc} units={units} />
      <h3>Its life</h3>
      <ol class="life">
        {alert.history.map((step, index) => (
          <li key={index}>
            <span class="dim">{clock(step.t_s, utc)}</span> {step.state}
            {step.to && ` to ${step.to}`}
            {byPerson(step) && ` by ${step.by}`}
            {step.note && (
              <>
                : <q>{step.note}</q>
              </>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

const ROWS: readonly (readonly [string, (evidence: Raised, units: Units) => string])[] = [
  ["will enter", (e) => percent(e.probability)],
  ["time to go", (e) => (e.time_to_go_s === 0 ? "inside" : duration(e.time_to_go_s))],
  ["to the zone", (e, units) => distance(e.distance_m, units)],
  ["speed", (e, units) => speed(e.speed_mps, units)],
  ["height", (e, units) => height(e.height_m, units)],
  ["is a target", (e) => percent(e.existence)],
  ["sensors", (e) => e.sensors.join(", ")],
];

/** Beside what holds now stands what held when it was raised. */
function Evidence({ alert, utc, units }: WhyProps) {
  const { raised = alert } = alert;
  return (
    <>
      <table class="evidence">
        <thead>
          <tr>
            <td />
            <th scope="col">raised, {clock(alert.t_raised_s, utc)}</th>
            <th scope="col">now</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([name, of]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{of(raised, units)}</td>
              <td>{of(alert, units)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="dim">When raised: {raised.sentence}</p>
    </>
  );
}
