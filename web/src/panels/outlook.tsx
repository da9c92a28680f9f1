import { age, duration, number, percent } from "../format";
import type { Maybe, Outlook as Ahead } from "../messages";
import { paceOf, sinceStatus, type State } from "../store";

/** Beyond this the futures were sampled from a picture that is no longer this one. */
const OLD_S = 15;

/** What the sampled futures of the present picture bring to each asset. */
export function Outlook({ state, now }: { state: State; now: number }) {
  const outlook = state.status?.outlook ?? [];
  const passed = sinceStatus(state, now) * paceOf(state.status?.replay);
  const [first] = outlook;
  if (!first) return <p class="empty">{absent(state)}</p>;
  const old = first.age_s + passed;
  return (
    <section class={`outlook ${old > OLD_S ? "is-old" : ""}`} aria-label="Outlook">
      {old > OLD_S ? (
        <p class="warn">No outlook now: the last one is {age(old)} old. It is dropped first under load.</p>
      ) : (
        <p class="dim">
          {number(first.futures)} futures of {number(first.tracks)} tracks, the next{" "}
          {duration(first.horizon_s)}; {age(old)} old.
        </p>
      )}
      <ul class="outlook-list">
        {[...outlook]
          .sort((a, b) => b.probability - a.probability || a.asset.localeCompare(b.asset))
          .map((one) => (
            <AssetRow key={one.asset} one={one} passed={passed} />
          ))}
      </ul>
    </section>
  );
}

function absent(state: State): string {
  if (!state.status || !state.site) return "Waiting for the server.";
  if (state.site.assets.length === 0) return "No outlook: the site file names no asset to protect.";
  return "No outlook now. It is made from the present picture, and dropped first under load.";
}

function AssetRow({ one, passed }: { one: Ahead; passed: number }) {
  const calm = one.probability < 0.005;
  return (
    <li class={`outlook-asset ${calm ? "calm" : ""}`} data-asset={one.asset}>
      <div class="outlook-line">
        <b class="outlook-name">{one.asset}</b>
        <span class="share" aria-hidden="true">
          <span style={{ width: `${Math.round(one.probability * 100)}%` }} />
        </span>
        <b class="outlook-percent">{share(one.probability)}</b>
      </div>
      {!calm && (
        <>
          <Span
            name="arrives in"
            low={one.arrival_low_s}
            at={one.arrival_s}
            high={one.arrival_high_s}
            passed={passed}
            horizon={one.horizon_s}
          />
          <Span
            name="warning left"
            low={one.warning_low_s}
            at={one.warning_s}
            high={one.warning_high_s}
            passed={passed}
            horizon={one.horizon_s}
          />
          {one.arrivals_expected >= 1.05 && (
            <p class="dim">{number(one.arrivals_expected, 1)} arrivals expected</p>
          )}
        </>
      )}
    </li>
  );
}

/** What is possible never reads as impossible, nor what is likely as certain. */
function share(probability: number): string {
  if (probability > 0 && probability < 0.005) return "< 1 %";
  if (probability < 1 && probability > 0.995) return "> 99 %";
  return percent(probability);
}

interface SpanProps {
  name: string;
  low: Maybe;
  at: Maybe;
  high: Maybe;
  passed: number;
  horizon: number;
}

/** A time with the range that holds eight of ten futures, as words and as a bar along the horizon. */
function Span({ name, low, at, high, passed, horizon }: SpanProps) {
  if (low === null || at === null || high === null) return null;
  const [a, b, c] = [low, at, high].map((s) => Math.max(0, s - passed)) as [number, number, number];
  const percentOf = (s: number) => Math.min(100, (100 * s) / horizon);
  const words = c === 0 ? "none" : `${duration(b)} (${duration(a)} to ${duration(c)})`;
  return (
    <div class="span">
      <span class="dim span-name">{name}</span>
      <span class="span-bar" aria-hidden="true">
        <span
          class="span-range"
          style={{ left: `${percentOf(a)}%`, width: `${Math.max(1, percentOf(c) - percentOf(a))}%` }}
        />
        <span class="span-at" style={{ left: `${percentOf(b)}%` }} />
      </span>
      <span class="span-words">{words}</span>
    </div>
  );
}
