import { useRef, useState } from "preact/hooks";
import type { Advised, Threat } from "../advised";
import {
  cardOf,
  gapText,
  inOrder,
  leftText,
  likeliest,
  meetsText,
  overOnes,
  sifted,
  SIEVES,
  STANDING,
  standingOf,
  undecidable,
  unproved,
  type Sieve,
} from "../desk/advice";
import { duration, percent } from "../format";
import { dataTime, lossOf, type State } from "../store";
import { AdviceCard, OverCard } from "./advice_card";
import type { Commands } from "./commands";
import { Engagements } from "./engagements";
import { useAnchor, useHold } from "./hold";

interface Props {
  state: State;
  now: number;
  commands: Commands;
}

/** What can still be done against what comes, the most urgent first, and what people decided. */
export function Advice({ state, now, commands }: Props) {
  const advised = state.status?.advice;
  const t = dataTime(state, now) ?? 0;
  if (!advised) return <p class="empty">{absent(state)}</p>;
  return (
    <section class="advice" aria-labelledby="advice-title">
      <h2 id="advice-title" class="visually-hidden">
        Advice
      </h2>
      <Creed state={state} now={now} />
      {advised.threats.length === 0 && (
        <p class="empty">No threat to advise on: no believed track has an open alert.</p>
      )}
      <Threats advised={advised} t={t} state={state} now={now} commands={commands} />
      {advised.threats.length > 0 && <p class="dim advice-gap">{gapText(advised)}</p>}
      <Engagements engagements={advised.engagements} t={t} utc={state.utc} commands={commands} />
      <Over advised={advised} utc={state.utc} />
    </section>
  );
}

function absent(state: State): string {
  if (!state.status || !state.site) return "Waiting for the server.";
  if ((state.site.effectors ?? []).length === 0) {
    return "No advice: the site file names no effector. Advice never commands one; a person decides.";
  }
  return "No advice now.";
}

/** Who decides, and why nobody can here, or what a decision is worth here. */
function Creed({ state, now }: { state: State; now: number }) {
  const bar = undecidable(state);
  const old = lossOf(state, now).kind === "feeds";
  return (
    <p class="advice-creed">
      A person decides; Vedette advises and commands nothing.{" "}
      {old && <b class="warn">No feed is up: this rests on an old picture. </b>}
      {bar && <b class="warn">{bar}</b>}
      {!bar && unproved(state) && (
        <span class="unproved">
          <b class="warn">No account:</b> signed with a typed name, in exercises only.
        </span>
      )}
    </p>
  );
}

const NAMES: Readonly<Record<Sieve, string>> = {
  all: "All",
  decide: "To decide",
  nothing: "Nothing can be done",
};
/** Fewer threats than this are seen at a glance and need no sieve. */
const FEW = 5;
/** So many threats are listed at once. */
const FIRST = 12;

interface ThreatsProps extends Props {
  advised: Advised;
  t: number;
}

/** The list keeps its order, and its place on the screen, while the pointer or the focus is in it. */
function Threats({ advised, t, state, now, commands }: ThreatsProps) {
  const [sieve, setSieve] = useState<Sieve>("all");
  const [all, setAll] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const order = useRef<number[]>([]);
  const { held, on } = useHold();
  const threats = inOrder(sifted(advised, sieve), order.current, held !== null);
  order.current = threats.map(({ track }) => track);
  useAnchor(list, held);
  if (advised.threats.length === 0) return null;
  const shown = all ? threats : threats.filter(({ track }, i) => i < FIRST || track === state.opened);
  return (
    <>
      {(advised.threats.length >= FEW || sieve !== "all") && (
        <div class="choices advice-sieve" role="group" aria-label="Which threats">
          {SIEVES.map((one) => (
            <button key={one} aria-pressed={one === sieve} onClick={() => setSieve(one)}>
              {NAMES[one]} {sifted(advised, one).length}
            </button>
          ))}
        </div>
      )}
      <ol class="threat-list" ref={list} onKeyDown={walk}>
        {shown.map((threat, place) => (
          <li
            key={threat.track}
            class="threat-item"
            data-hold={threat.track}
            data-threat={threat.track}
            {...on(String(threat.track))}
          >
            <Row advised={advised} threat={threat} t={t} state={state} commands={commands} />
            {state.opened === threat.track && (
              <Opened
                advised={advised}
                threat={threat}
                place={place}
                state={state}
                now={now}
                commands={commands}
              />
            )}
          </li>
        ))}
      </ol>
      {threats.length > shown.length && (
        <button class="more" onClick={() => setAll(true)}>
          {threats.length - shown.length} more
        </button>
      )}
    </>
  );
}

/** Arrows go from threat to threat. */
function walk(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const target = event.target as HTMLElement;
  if (!step || event.ctrlKey || event.metaKey || event.altKey || target.matches("input")) return;
  const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(".threat-row")];
  const at = rows.findIndex((row) => row.closest(".threat-item")?.contains(target));
  event.preventDefault();
  event.stopPropagation(); // else the map would move
  rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
}

interface RowProps {
  advised: Advised;
  threat: Threat;
  t: number;
  state: State;
  commands: Commands;
}

function Row({ advised, threat, t, state, commands }: RowProps) {
  const { track, rank, asset } = threat;
  const standing = standingOf(advised, threat);
  const opened = state.opened === track;
  const under = standing === "under way" && advised.engagements.find((one) => one.track === track);
  return (
    <button
      id={`threat-${track}`}
      class={`threat-row is-${standing.replace(" ", "-")}`}
      aria-expanded={opened}
      onClick={() => commands.openAdvice(opened ? null : track)}
    >
      <span class="threat-rank" aria-label={`rank ${rank}`}>
        {rank}
      </span>
      <span class="threat-what">
        <b>
          T{track} {asset && <span class="arrow">→ {asset}</span>}
        </b>
        <small>
          {likeliest(threat.klass)} · {arrival(threat, t)}
        </small>
      </span>
      <span class="threat-slack">
        <b>{under ? meetsText(under, t) : slackText(threat, t)}</b>
        <small class="standing">
          {under && under.call !== "under way" ? under.call : STANDING[standing]}
        </small>
      </span>
    </button>
  );
}

/** Until the last useful start of anything against it. */
function slackText({ slack_until_s }: Threat, t: number): string {
  return slack_until_s === null ? "none" : leftText(slack_until_s, t);
}

/** How likely it arrives, and when: eight of ten futures lie between the two times. */
function arrival({ arrives, arrival_low_s: low, arrival_s: at, arrival_high_s: high }: Threat, t: number) {
  const chance = `arrives ${percent(arrives)}`;
  if (at === null) return chance;
  const left = (seconds: number | null) => duration(seconds === null ? null : seconds - t);
  return `${chance} in ${left(at)} (${left(low)} to ${left(high)})`;
}

interface OpenedProps extends Props {
  advised: Advised;
  threat: Threat;
  /** In the list. */
  place: number;
}

function Opened({ advised, threat, place, state, now, commands }: OpenedProps) {
  const card = cardOf(advised, threat.track);
  if (card)
    return <AdviceCard key={card.id} card={card} place={place} state={state} now={now} commands={commands} />;
  return (
    <div class="advice-card">
      {threat.slack_until_s === null ? (
        <>
          <p class="advice-nothing">
            <b>{threat.sentence}</b>
          </p>
          <p>Nothing can be done against T{threat.track} now.</p>
        </>
      ) : (
        <p>{threat.sentence}</p>
      )}
      <p class="dim">Is a target with {percent(threat.existence)}.</p>
    </div>
  );
}

function Over({ advised, utc }: { advised: Advised; utc: boolean }) {
  const cards = overOnes(advised);
  if (cards.length === 0) return null;
  const missed = cards.filter(({ state }) => state === "expired").length;
  return (
    <details class="advice-over">
      <summary>
        {cards.length} over {missed > 0 && <span class="warn">({missed} that nobody answered)</span>}
      </summary>
      <ol>
        {cards.map((card) => (
          <OverCard key={card.id} card={card} utc={utc} />
        ))}
      </ol>
    </details>
  );
}
