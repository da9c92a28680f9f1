import { age, clock, day } from "../format";
import { dataTime, lossOf, type State } from "../store";

/** Says at once and in large letters that the picture is not current. */
export function LossBanner({ state, now }: { state: State; now: number }) {
  const loss = lossOf(state, now);
  if (loss.kind === "none") return null;
  if (loss.kind === "connecting")
    return (
      <div class="banner calm" role="status">
        Connecting to the server…
      </div>
    );
  if (loss.kind === "ended") {
    return (
      <div class="banner calm" role="status">
        The recording has been played to its end. <span>The picture shows its last moment.</span>
      </div>
    );
  }
  const title = loss.kind === "server" ? "CONNECTION TO THE SERVER LOST" : "ALL FEEDS LOST";
  return (
    <div class="banner lost" role="alert" aria-live="off">
      <strong>{title}</strong>
      <span class="lost-age">{loss.age === null ? "no data yet" : `${age(loss.age)} without data`}</span>
      <span>
        The picture is not current.
        {loss.kind === "server" &&
          ` Reconnecting, attempt ${loss.attempt}.${loss.reason ? ` ${loss.reason}` : ""}`}
      </span>
    </div>
  );
}

/** Nobody may take a recording for the present. */
export function ReplayBanner({ state, now }: { state: State; now: number }) {
  const replay = state.status?.replay;
  if (!replay) return null;
  const t = dataTime(state, now);
  return (
    <div class="banner replaying" role="status" aria-live="off">
      <strong>REPLAY</strong>
      <span>
        {day(t, state.utc)} {clock(t, state.utc)} {state.utc ? "UTC" : "local"}
      </span>
      <span>{replay.playing ? `${replay.speed}×` : "paused"}</span>
      <span class="wide">not the present</span>
    </div>
  );
}
