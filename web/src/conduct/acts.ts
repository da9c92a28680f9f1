/** What people do: signed, sent, and shown as under way until the server has answered. */

import { undecidable } from "../desk/advice";
import { ask, barred, signature, subject, type Act, type Doing, type Signed } from "../desk/act";
import { byPerson, byRank, isNew } from "../desk/order";
import type { StatusMessage } from "../messages";
import { keep } from "./memory";
import type { Page } from "./page";

/** An order that was obeyed stays shown as sent until a status younger than this can have told of it. */
const SETTLED_MS = 250;

/** Mark how an order fares; null: no more word of it. */
export function mark(page: Page, what: string, state: Doing["state"] | null, why = ""): void {
  const { [what]: _, ...others } = page.store.state.doing;
  page.store.set({
    doing: state === null ? others : { ...others, [what]: { state, since: performance.now(), why } },
  });
}

/** What is left to show of orders once a new status has come. */
export function outstanding(doing: Readonly<Record<string, Doing>>, now: number): Record<string, Doing> {
  return Object.fromEntries(
    Object.entries(doing).filter(([, { state, since }]) => state !== "sent" || now - since < SETTLED_MS),
  );
}

/** Names to whom something can be given: those who acted or were given something, and who was known before. */
export function namesIn(status: StatusMessage, known: readonly string[]): readonly string[] {
  const seen = new Set(known);
  for (const { history, assigned_to } of status.alerts) {
    for (const step of history) if (byPerson(step)) seen.add(step.by);
    if (assigned_to) seen.add(assigned_to);
  }
  if (status.posture?.by) seen.add(status.posture.by);
  return seen.size === known.length ? known : [...seen].sort((a, b) => a.localeCompare(b));
}

export function acts(page: Page) {
  const { store } = page;

  /** The name to sign with; "" after asking for it. */
  function signed(): string {
    const by = signature(store.state);
    if (!by) {
      page.failed("Enter your name first: whatever you do is signed.");
      document.getElementById("operator")?.focus();
    }
    return by;
  }

  /** Do something. True once the server has obeyed; otherwise the reason stands in `doing`. */
  async function perform(act: Act): Promise<boolean> {
    const deciding = act.act === "decide" || act.act === "stock";
    const why = deciding ? undecidable(store.state) : barred(store.state);
    const by = why ? "" : signed();
    if (why) page.failed(why);
    if (!by) return false;
    const what = subject(act);
    mark(page, what, "sending");
    try {
      await ask("api/acts", { ...act, by } satisfies Signed);
      mark(page, what, "sent");
      return true;
    } catch (error) {
      mark(page, what, "failed", (error as Error).message);
      page.failed((error as Error).message);
      return false;
    }
  }

  return {
    perform,

    /** The worst alert that nobody has seen. */
    acknowledgeFirst(): void {
      const first = (store.state.status?.alerts ?? []).filter(isNew).sort(byRank)[0];
      if (first) void perform({ act: "acknowledge", alert: first.id });
      else page.failed("There is no new alert to acknowledge.");
    },

    /** Take word of a failed order away. */
    forget(what: string): void {
      mark(page, what, null);
    },

    operator(name: string): void {
      keep("operator", name);
      store.set({ operator: name });
    },

    /** An alert that ended unseen is now seen to have; remembered for this visit only. */
    sawMissed(ids: readonly string[]): void {
      store.set({ seenMissed: new Set([...store.state.seenMissed, ...ids]) });
    },

    posturing(open: boolean): void {
      if (!open) mark(page, "posture", null);
      store.set({ posturing: open });
    },

    logOut(): void {
      void ask("api/logout", {}).then(
        () => location.assign("login"),
        (error: Error) => page.failed(error.message),
      );
    },
  };
}
