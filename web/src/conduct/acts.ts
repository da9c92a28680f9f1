/** What people do about alerts. */

import { keep } from "./memory";
import type { Page } from "./page";

export function acts(page: Page) {
  const { store } = page;
  return {
    acknowledge(alert: string): void {
      const by = store.state.operator.trim();
      if (!by) {
        page.failed("Enter your name first: an acknowledgement is signed.");
        document.getElementById("operator")?.focus();
      } else if (page.send({ type: "ack", alert, by })) {
        store.set({ sending: { ...store.state.sending, [alert]: performance.now() } });
      } else page.failed("Not connected to the server; the acknowledgement was not sent.");
    },

    operator(name: string): void {
      keep("operator", name);
      store.set({ operator: name });
    },
  };
}
