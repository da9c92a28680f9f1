/** The tabs of the side: which is open, and what they ask the server for. */

import { ask, signature } from "../desk/act";
import { EMPTY_DRAFT, draftOf, type Draft } from "../desk/draft";
import type { Entry } from "../desk/log";
import type { Site, Zone } from "../messages";
import type { TabName } from "../store";
import { mark } from "./acts";
import type { Page } from "./page";

/** The site as the map shows it: without the rules that are off. */
export function mapped(site: Site): Site {
  return { ...site, zones: site.zones.filter(({ on }) => on !== false) };
}

export function desk(page: Page) {
  const { store } = page;

  async function load<T>(what: string, path: string, take: (answer: T) => void): Promise<void> {
    try {
      take(await ask<T>(path));
      mark(page, what, null);
    } catch (error) {
      mark(page, what, "failed", (error as Error).message);
    }
  }

  const loadRules = () => load<{ rules: Zone[] }>("rules", "api/rules", ({ rules }) => store.set({ rules }));
  const loadLog = () =>
    load<{ entries: Entry[] }>("log", "api/handover", ({ entries }) =>
      store.set({ log: [...entries].sort((a, b) => b.t_s - a.t_s) }),
    );

  return {
    loadRules,
    loadLog,

    openTab(tab: TabName): void {
      store.set({ tab });
      if (tab === "rules") void loadRules();
      if (tab === "log") void loadLog();
    },

    /** Write a new rule, or change one. */
    draftRule(rule?: Zone): void {
      store.set({ draft: rule ? draftOf(rule) : EMPTY_DRAFT });
    },

    draft(change: Partial<Draft> | null): void {
      const { draft } = store.state;
      store.set({ draft: change === null ? null : draft && { ...draft, ...change } });
    },

    drawBack(): void {
      page.drawing.back();
    },

    async testDelivery(channel: string): Promise<void> {
      const what = `delivery ${channel}`;
      const by = signature(store.state);
      if (!by) return page.failed("Enter your name first: a test is signed, too.");
      mark(page, what, "sending");
      try {
        await ask(`api/delivery/${encodeURIComponent(channel)}/test`, { by });
        mark(page, what, "sent");
      } catch (error) {
        mark(page, what, "failed", (error as Error).message);
      }
    },
  };
}
