/** What the browser remembers from one visit to the next. It may forbid that; the page works without. */

const PREFIX = "vedette.";

export function recall(name: string): string {
  try {
    return localStorage.getItem(PREFIX + name) ?? "";
  } catch {
    return "";
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Kept for this visit only.
  }
}
