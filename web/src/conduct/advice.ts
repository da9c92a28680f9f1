/** Advice: which is opened, and what the map shows of it. A person decides; nothing here commands anything. */

import type { Choices } from "../advised";
import { ask } from "../desk/act";
import { aimsOf, cardOf, nextToDecide, unanswered, waits, type Aim } from "../desk/advice";
import { ENVELOPES } from "../look";
import type { StatusMessage } from "../messages";
import type { State } from "../store";
import type { Page } from "./page";

/** What opens by itself when advice comes: the first, and the tab, where nothing else is looked at. */
export function opening(state: State, status: StatusMessage): Partial<State> {
  const { advice } = status;
  const { opened, tab, selected, draft } = state;
  const there = advice?.threats.some(({ track }) => track === opened);
  if (opened !== null && !there) return { opened: null };
  const [first] = unanswered(advice);
  if (!first || opened !== null) return {};
  const idle = tab === "track" && selected === null && !draft && !status.replay;
  return { opened: first.track, ...(idle ? { tab: "advice" as const } : {}) };
}

export function advising(page: Page) {
  const { store } = page;

  /** Show the advice on a track, and the track on the map. */
  function openAdvice(track: number | null): void {
    store.set({ opened: track, tab: "advice" });
    if (track === null || track === store.state.selected) return;
    store.set({ selected: track, marked: new Set(), details: null, follow: false });
    page.send({ type: "select", id: track });
  }

  /** The same, with the focus on its heading. */
  function showAdvice(track: number): void {
    openAdvice(track);
    window.setTimeout(() => document.querySelector<HTMLElement>(`#threat-${track}`)?.focus(), 50);
  }

  return {
    openAdvice,
    showAdvice,

    /** What could be done instead, and why everything else is not advised; rejects with a sentence. */
    choices(advice: string): Promise<Choices> {
      return ask<Choices>(`api/advice/choices?advice=${encodeURIComponent(advice)}`);
    },

    /** The most urgent advice that waits for an answer, then the next; its heading takes the focus. */
    nextAdvice(): void {
      const { status, opened, tab } = store.state;
      if (!status?.advice) return page.failed("There is no advice: the site file has no effector.");
      const card = opened === null ? null : cardOf(status.advice, opened);
      const here = tab !== "advice" && card && waits(card) ? opened : nextToDecide(status.advice, opened);
      if (here === null) {
        store.set({ tab: "advice" });
        return page.failed("There is no threat to advise on.");
      }
      showAdvice(here);
    },

    cycleEnvelopes(): void {
      const { envelopes } = store.state;
      const next = ENVELOPES[(ENVELOPES.indexOf(envelopes) + 1) % ENVELOPES.length] ?? "opened";
      store.set({ envelopes: next });
      page.failed(SHOWN[next]);
    },
  };
}

const SHOWN = {
  opened: "Envelopes: of the opened advice and of what is under way.",
  all: "Envelopes: of all effectors.",
  off: "Envelopes: off.",
} as const;

/** What the overlay draws of advice. */
export function aimed({ status, opened }: State): Aim[] {
  return aimsOf(status?.advice, opened);
}
