import type { Engagement } from "../advised";
import { callText, friendText } from "../desk/advice";
import { clock, duration, percent } from "../format";
import type { Commands } from "./commands";

interface Props {
  engagements: readonly Engagement[];
  t: number;
  utc: boolean;
  commands: Commands;
}

const SIGN = { "under way": "▷", looking: "◌", stopped: "●", "not stopped": "✕" } as const;

/** What people have accepted, as it is taken to go, and what the sensors say of it. */
export function Engagements({ engagements, t, utc, commands }: Props) {
  if (engagements.length === 0) return null;
  const soonest = [...engagements].sort(
    (a, b) => Number(Boolean(b.friend)) - Number(Boolean(a.friend)) || a.t_intercept_s - b.t_intercept_s,
  );
  return (
    <section class="engagements" aria-labelledby="engagements-title">
      <h3 id="engagements-title">
        Accepted <span class="dim">and taken to go like this; nobody tells Vedette</span>
      </h3>
      <ol>
        {soonest.map((one) => (
          <li
            key={one.advice}
            class={`engagement is-${one.call.replace(" ", "-")} ${one.friend ? "is-friend" : ""}`}
            data-engagement={one.advice}
          >
            <span class="sign" aria-hidden="true">
              {SIGN[one.call]}
            </span>
            <span class="engagement-what">
              <button class="name" onClick={() => commands.openAdvice(one.track)}>
                T{one.track}
              </button>{" "}
              <b>{one.effector}</b>{" "}
              <span class="dim">
                {one.shots}×, expected {percent(one.expected)}
              </span>
              <span class="call">{callText(one)}</span>
            </span>
            <Meets engagement={one} t={t} utc={utc} />
            {one.friend && <Friend engagement={one} utc={utc} />}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What must not be overlooked: somebody has to act, and not in here. */
function Friend({ engagement, utc }: { engagement: Engagement; utc: boolean }) {
  return (
    <p class="engaged-friend">
      <strong>FRIEND ENGAGED</strong> {friendText(engagement)} Known since{" "}
      {clock(engagement.friend_since_s, utc)}. Vedette commands nothing: a person must call it off.
    </p>
  );
}

function Meets({
  engagement: { t_start_s, t_intercept_s },
  t,
  utc,
}: Pick<Props, "t" | "utc"> & { engagement: Engagement }) {
  if (t >= t_intercept_s) {
    return (
      <span class="engagement-left">
        <b>{clock(t_intercept_s, utc)}</b>
        <small>met it</small>
      </span>
    );
  }
  const starts = t < t_start_s;
  return (
    <span class="engagement-left">
      <b>{duration(t_intercept_s - t)}</b>
      <small>{starts ? `starts in ${duration(t_start_s - t)}` : "until they meet"}</small>
    </span>
  );
}
