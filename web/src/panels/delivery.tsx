import { barred } from "../desk/act";
import { age } from "../format";
import type { Delivery, DeliveryState } from "../messages";
import { dataTime, type State } from "../store";
import type { Commands } from "./commands";

const SIGN: Record<DeliveryState, string> = { ok: "●", idle: "○", trying: "◐", failed: "✕", off: "■" };
const WORDS: Record<DeliveryState, string> = {
  ok: "ok",
  idle: "nothing sent yet",
  trying: "trying again",
  failed: "FAILED",
  off: "off",
};

interface Props {
  state: State;
  now: number;
  commands: Commands;
}

/** By which ways alerts leave this screen, and whether they arrive. */
export function Deliveries({ state, now, commands }: Props) {
  const channels = state.status?.deliveries ?? [];
  return (
    <section class="delivery" aria-label="Delivery">
      {channels.length === 0 && (
        <p class="empty">
          {state.status
            ? "Alerts are shown on screens only: the site file has no [[notify]]."
            : "Waiting for the server."}
        </p>
      )}
      <ul class="sensor-list">
        {channels.map((channel) => (
          <Channel key={channel.channel} channel={channel} state={state} now={now} commands={commands} />
        ))}
      </ul>
    </section>
  );
}

function Channel({ channel, state, now, commands }: Props & { channel: Delivery }) {
  const doing = state.doing[`delivery ${channel.channel}`];
  const t = dataTime(state, now);
  const ago = channel.last_s === null || t === null ? null : Math.max(0, t - channel.last_s);
  return (
    <li class={`channel ${channel.state}`} data-channel={channel.channel}>
      <div class="sensor-line">
        <span class="sign" aria-hidden="true">
          {SIGN[channel.state] ?? "○"}
        </span>
        <span class="sensor-name">{channel.channel}</span>
        <span class="dim sensor-kind">{channel.kind}</span>
        <span class="sensor-state">{WORDS[channel.state] ?? channel.state}</span>
        {!barred(state) && channel.state !== "off" && (
          <button
            disabled={doing?.state === "sending"}
            onClick={() => void commands.testDelivery(channel.channel)}
          >
            {doing?.state === "sending" ? "Sending…" : "Test"}
          </button>
        )}
      </div>
      <p class="dim">
        {ago === null ? "nothing has arrived yet" : `last arrived ${age(ago)} ago`}; {channel.sent} sent
        {channel.waiting > 0 && <b class="warn">, {channel.waiting} waiting</b>}
        {channel.failed > 0 && <b class="warn">, {channel.failed} given up</b>}
      </p>
      {channel.detail && <p class="sensor-detail">{channel.detail}</p>}
      {doing?.state === "failed" && (
        <p class="warn" role="status">
          {doing.why}
        </p>
      )}
    </li>
  );
}
