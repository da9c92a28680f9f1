import { useState } from "preact/hooks";
import type { AdviceCard as Card, Option } from "../advised";
import { answerText, leftText, shotsText, undecidable, waits } from "../desk/advice";
import { bearingText, clock, duration, height, number, percent } from "../format";
import { rangeAndBearing } from "../geodesy";
import { dataTime, type State } from "../store";
import { Decide } from "./advice_forms";
import type { Commands } from "./commands";

interface CardProps {
  card: Card;
  state: State;
  now: number;
  commands: Commands;
}

/** One advice: what can be done, until when, how well, at what price; why not otherwise; and what a person says. */
export function AdviceCard({ card, state, now, commands }: CardProps) {
  const [chosen, choose] = useState(card.option.effector);
  const t = dataTime(state, now) ?? 0;
  const open = waits(card);
  const options = [card.option, ...card.others];
  const pickable = open && !undecidable(state);
  const picked = options.find(({ effector }) => effector === chosen) ?? card.option;
  return (
    <article class={`advice-card is-${card.state}`} data-advice={card.id} aria-label={title(card)}>
      <Window card={card} t={t} />
      <p class="sentence">{card.sentence}</p>
      <div class="options" role={pickable ? "radiogroup" : "list"} aria-label="What can be done">
        {options.map((option, index) => (
          <OptionRow
            key={option.effector}
            option={option}
            advised={index === 0}
            picked={option.effector === picked.effector}
            pick={pickable ? () => choose(option.effector) : null}
            state={state}
            t={t}
          />
        ))}
      </div>
      <Uncovered tracks={card.uncovered} commands={commands} />
      <Answers card={card} utc={state.utc} />
      {open && <Decide card={card} option={picked} state={state} commands={commands} />}
      <WhyNot card={card} />
    </article>
  );
}

function title({ track, option, state }: Card): string {
  return `Advice on track ${track}: ${option.effector}, ${state}`;
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
  state: State;
  t: number;
}

function OptionRow({ option, advised, picked, pick, state, t }: OptionProps) {
  const words = (
    <>
      <span class="option-head">
        <b>{option.effector}</b> <span class="dim">{shotsText(option.shots, option.kind)}</span>
        {advised && <span class="tag">advised</span>}
      </span>
      <Kill option={option} />
      {(picked || advised) && <Details option={option} state={state} t={t} />}
    </>
  );
  if (!pick) {
    return (
      <div class={`option ${advised ? "picked" : ""}`} role="listitem" data-option={option.effector}>
        {words}
      </div>
    );
  }
  return (
    <button
      class={`option ${picked ? "picked" : ""}`}
      role="radio"
      aria-checked={picked}
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

function Details({ option, state, t }: { option: Option; state: State; t: number }) {
  const { site, units, utc } = state;
  const polar = site && rangeAndBearing(site, option);
  const above = site ? option.height_m - site.height : option.height_m;
  const starts =
    option.opens_s > t
      ? `can start in ${duration(option.opens_s - t)}, at the latest at ${clock(option.closes_s, utc)}`
      : `can start now, at the latest at ${clock(option.closes_s, utc)}`;
  const meets = `${duration(option.intercept_s - t)} (${duration(option.intercept_low_s - t)} to ${duration(option.intercept_high_s - t)})`;
  const rounds =
    option.rounds_left === null ? "rounds not counted" : `leaves ${number(option.rounds_left)} rounds`;
  return (
    <small class="option-details">
      {starts}; best at {clock(option.start_s, utc)}; meets it in {meets}
      {polar && ` at ${bearingText(polar.range, polar.bearing, units)} from the site`}, {height(above, units)}{" "}
      up; {rounds}; costs {number(option.cost, option.cost < 10 ? 2 : 0)}
    </small>
  );
}

function Uncovered({ tracks, commands }: { tracks: readonly number[]; commands: Commands }) {
  if (tracks.length === 0) return <p class="dim">Leaves no other threat without an answer.</p>;
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

function WhyNot({ card: { refused, threat } }: { card: Card }) {
  return (
    <details class="why-not">
      <summary>
        Why not the others <span class="dim">({refused.length})</span>
      </summary>
      <p>{threat.sentence}</p>
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
        T{card.track}, {card.option.effector}: {ENDS[card.state] ?? card.state}
      </b>
      {card.state === "withdrawn" && <p>It would not be advised any more, or its track is gone.</p>}
      <Answers card={card} utc={utc} />
    </li>
  );
}
