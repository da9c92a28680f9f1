import { useState } from "preact/hooks";
import type { AdviceCard as Card, Choices, Engagement, Option, Threat } from "../advised";
import { acceptedOf, againstText, answerText, leftText, shotsText, undecidable, waits } from "../desk/advice";
import { bearingText, clock, duration, height, number, percent } from "../format";
import { rangeAndBearing } from "../geodesy";
import { dataTime, type State } from "../store";
import { Decide } from "./advice_forms";
import type { Commands } from "./commands";
import { NO_CHOICES, useChoices } from "./choices";

interface CardProps {
  card: Card;
  /** Of its threat in the list. */
  place: number;
  state: State;
  now: number;
  commands: Commands;
}

/** One advice: what can be done, until when, how well, at what price; why not otherwise; and what a person says. */
export function AdviceCard({ card, place, state, now, commands }: CardProps) {
  const [chosen, choose] = useState(card.option.effector);
  const t = dataTime(state, now) ?? 0;
  const open = waits(card);
  const pickable = open && !undecidable(state);
  const { choices, trouble } = useChoices(card, commands);
  const others = choices?.others ?? [];
  const wanted = open ? chosen : acceptedOf(card);
  const found = [card.option, ...others].find(({ effector }) => effector === wanted);
  const picked = found ?? card.option;
  const advised = picked === card.option;
  const engagement = state.status?.advice?.engagements.find(({ advice }) => advice === card.id);
  const row = (option: Option) => (
    <OptionRow
      key={option.effector}
      option={option}
      advised={option === card.option}
      picked={option === picked}
      pick={pickable ? () => choose(option.effector) : null}
      over={open ? null : (engagement ?? option)}
      state={state}
      t={t}
    />
  );
  return (
    <article class={`advice-card is-${card.state}`} data-advice={card.id} aria-label={title(card)}>
      <Window card={card} t={t} />
      {(open || found === card.option) && <p class="sentence">{card.sentence}</p>}
      {(open || found) && <div class="options">{row(open ? card.option : picked)}</div>}
      {advised ? (
        <Uncovered tracks={card.uncovered} commands={commands} />
      ) : (
        <p class="warn against">{againstText(choices ?? NO_CHOICES, picked)}</p>
      )}
      <Answers card={card} utc={state.utc} />
      {open && <Decide card={card} place={place} option={picked} state={state} commands={commands} />}
      {trouble && <p class="warn">What could be done instead is not known: {trouble}</p>}
      {open && others.length > 0 && (
        <div class="options" role="group" aria-label="What could be done instead">
          <h4>Instead</h4>
          {others.map(row)}
        </div>
      )}
      {choices && <WhyNot choices={choices} threat={threatOf(card, state)} />}
    </article>
  );
}

function title(card: Card): string {
  return `Advice on track ${card.track}: ${acceptedOf(card)}, ${card.state}`;
}

const ENDS: Readonly<Record<string, string>> = {
  accepted: "Accepted",
  declined: "Declined",
  expired: "Nobody answered in time",
  withdrawn: "Withdrawn",
};

/** How long it can still be decided on. */
function Window({ card, t }: { card: Card; t: number }) {
  const left = card.t_closes_s - t;
  const whole = Math.max(1, card.t_closes_s - card.t_made_s);
  if (!waits(card)) {
    return (
      <p class="window">
        <b class="window-end">{ENDS[card.state] ?? card.state}</b>
      </p>
    );
  }
  return (
    <p class={`window ${left < 15 ? "is-short" : ""}`}>
      <b class="window-left">{leftText(card.t_closes_s, t)}</b>
      <span>
        {left > 0 ? "left to decide" : "the last useful start has passed"}
        {card.state === "held" && <b class="tag loud">HELD</b>}
        <span class="span-bar" aria-hidden="true">
          <span
            class="window-rest"
            style={{ width: `${Math.round(100 * Math.min(1, Math.max(0, left / whole)))}%` }}
          />
        </span>
      </span>
    </p>
  );
}

interface OptionProps {
  option: Option;
  advised: boolean;
  picked: boolean;
  pick: (() => void) | null;
  /** How it goes, or was to go, once nobody can decide on it any more. */
  over: Engagement | Option | null;
  state: State;
  t: number;
}

function OptionRow({ option, advised, picked, pick, over, state, t }: OptionProps) {
  const words = (
    <>
      <span class="option-head">
        <b>{option.effector}</b> <span class="dim">{shotsText(option.shots, option.kind)}</span>
        {advised && <span class="tag">advised</span>}
      </span>
      <Kill option={option} />
      {(picked || advised) && <Details option={option} over={over} state={state} t={t} />}
    </>
  );
  if (!pick) {
    return (
      <div class={`option ${picked ? "picked" : ""}`} data-option={option.effector}>
        {words}
      </div>
    );
  }
  return (
    <button
      class={`option ${picked ? "picked" : ""}`}
      aria-pressed={picked}
      data-option={option.effector}
      onClick={pick}
    >
      {words}
    </button>
  );
}

/** The probability that it stops the track, with the range that where and what the track truly is leaves open. */
export function Kill({ option: { kill, kill_low: low, kill_high: high } }: { option: Option }) {
  const at = (share: number) => `${100 * Math.min(1, Math.max(0, share))}%`;
  return (
    <span class="kill">
      <b>{percent(kill)}</b>
      <span class="span-bar" aria-hidden="true">
        <span class="span-range" style={{ left: at(low), width: at(Math.max(0.01, high - low)) }} />
        <span class="span-at" style={{ left: at(kill) }} />
      </span>
      <small>
        stops it ({percent(low)} to {percent(high)})
      </small>
    </span>
  );
}

interface DetailsProps {
  option: Option;
  over: Engagement | Option | null;
  state: State;
  t: number;
}

/** When it starts and meets the track, and what it takes: three lines, each behind its word. */
function Details({ option, over, state, t }: DetailsProps) {
  const rounds =
    option.rounds_left === null ? "rounds not counted" : `leaves ${number(option.rounds_left)} rounds`;
  return (
    <span class="option-details">
      {over ? <Settled over={over} state={state} /> : <Coming option={option} state={state} t={t} />}
      <span>takes</span>
      <span>
        {shotsText(option.shots, option.kind)}, {rounds}, cost {number(option.cost, option.cost < 10 ? 2 : 0)}
      </span>
    </span>
  );
}

/** What a start has to choose from, and what then comes when. */
function Coming({ option, state, t }: { option: Option; state: State; t: number }) {
  const { opens_s, closes_s, start_s, intercept_low_s, intercept_s, intercept_high_s } = option;
  const from = opens_s > t ? `from ${clock(opens_s, state.utc)}` : "from now";
  const left = (moment: number) => duration(moment - t);
  return (
    <>
      <span>starts</span>
      <span>
        {from} to {clock(closes_s, state.utc)}, best at {clock(start_s, state.utc)}
      </span>
      <span>meets</span>
      <span>
        in {left(intercept_s)} ({left(intercept_low_s)} to {left(intercept_high_s)}),{" "}
        {whereText(option, state)}
      </span>
    </>
  );
}

/** As it was accepted; of what was not, as it was advised. */
function Settled({ over, state }: { over: Engagement | Option; state: State }) {
  const [start, meets] =
    "t_start_s" in over
      ? [`at ${clock(over.t_start_s, state.utc)}`, over.t_intercept_s]
      : [`best at ${clock(over.start_s, state.utc)}`, over.intercept_s];
  return (
    <>
      <span>starts</span>
      <span>{start}</span>
      <span>meets</span>
      <span>
        at {clock(meets, state.utc)}, {whereText(over, state)}
      </span>
    </>
  );
}

type Place = Pick<Option, "latitude" | "longitude" | "height_m">;

function whereText(place: Place, { site, units }: State): string {
  const polar = site && rangeAndBearing(site, place);
  const above = height(site ? place.height_m - site.height : place.height_m, units);
  const where = polar ? `${bearingText(polar.range, polar.bearing, units)} from the site, ` : "";
  return `${where}${above} up`;
}

function Uncovered({ tracks, commands }: { tracks: readonly number[]; commands: Commands }) {
  if (tracks.length === 0) return <p class="dim">Takes nothing from another threat.</p>;
  return (
    <p class="warn uncovered">
      Then nothing is left against{" "}
      {tracks.map((track) => (
        <button key={track} class="name" onClick={() => commands.openAdvice(track)}>
          T{track}
        </button>
      ))}
    </p>
  );
}

/** Who decided what and when; it stays on the card. */
function Answers({ card, utc }: { card: Card; utc: boolean }) {
  if (card.history.length === 0) return null;
  return (
    <ol class="answers" aria-label="What people answered">
      {card.history.map((decision, index) => (
        <li key={index} class={`answer-${decision.answer}`}>
          {answerText(decision, utc)} {decision.note && <q>{decision.note}</q>}
        </li>
      ))}
    </ol>
  );
}

/** What it is advised against, while that is a threat. */
function threatOf({ track }: Card, { status }: State): Threat | undefined {
  return status?.advice?.threats.find((threat) => threat.track === track);
}

function WhyNot({ choices: { refused }, threat }: { choices: Choices; threat: Threat | undefined }) {
  return (
    <details class="why-not">
      <summary>
        Why not the others <span class="dim">({refused.length})</span>
      </summary>
      {threat && <p>{threat.sentence}</p>}
      <dl>
        {refused.map(({ effector, why, sentence }) => (
          <div key={effector} data-refused={effector}>
            <dt>
              {effector} <span class="tag">{why}</span>
            </dt>
            <dd>{sentence}</dd>
          </div>
        ))}
        {refused.length === 0 && <dd>There is no other effector, or each could be chosen instead.</dd>}
      </dl>
    </details>
  );
}

/** Advice that is over: what it was and what became of it. */
export function OverCard({ card, utc }: { card: Card; utc: boolean }) {
  return (
    <li class={`over-card is-${card.state}`} data-advice={card.id}>
      <b>
        T{card.track}, {acceptedOf(card)}: {ENDS[card.state] ?? card.state}
      </b>
      {card.state === "withdrawn" && <p>{card.sentence}</p>}
      <Answers card={card} utc={utc} />
    </li>
  );
}
