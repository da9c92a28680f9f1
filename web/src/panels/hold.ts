/** Keeps one thing of a list where it is on the screen, whatever happens above and below it. */

import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

/** The element that scrolls when the list does: its panel, or the whole side on a narrow screen. */
function scrollerOf(element: HTMLElement): HTMLElement | null {
  for (let at = element.parentElement; at; at = at.parentElement) {
    const { overflowY } = getComputedStyle(at);
    if (overflowY === "auto" || overflowY === "scroll") return at;
  }
  return null;
}

/**
 * Call in each drawing of the list, before its elements move. The one with `data-hold` equal to `held` stays
 * where it was when it was first held, or where the person has scrolled it since; null lets go. Where scrolling
 * alone cannot keep it, the list is padded for as long as it is held.
 */
export function useAnchor(list: RefObject<HTMLElement | null>, held: string | null): void {
  const anchor = useRef<{ key: string; top: number; scrolled: number } | null>(null);
  const box = list.current;
  const scroller = box && scrollerOf(box);
  const element = held === null ? null : box?.querySelector<HTMLElement>(`[data-hold="${held}"]`);
  if (!scroller || !element || held === null) anchor.current = null;
  else if (anchor.current?.key !== held || anchor.current.scrolled !== scroller.scrollTop) {
    const { top } = element.getBoundingClientRect();
    anchor.current = { key: held, top, scrolled: scroller.scrollTop };
  }
  useLayoutEffect(() => {
    if (!box || !scroller) return;
    if (anchor.current && element?.isConnected) {
      keepAt(element, anchor.current.top, box, scroller);
      anchor.current.scrolled = scroller.scrollTop;
    } else box.style.paddingTop = box.style.paddingBottom = "";
  });
}

function keepAt(element: HTMLElement, top: number, box: HTMLElement, scroller: HTMLElement): void {
  const shift = () => element.getBoundingClientRect().top - top;
  const pad = (side: "paddingTop" | "paddingBottom", more: number) => {
    box.style[side] = `${(parseFloat(box.style[side]) || 0) + more}px`;
  };
  if (Math.abs(shift()) < 1) return;
  scroller.scrollTop += shift();
  const rest = shift();
  if (rest <= -1) pad("paddingTop", -rest);
  else if (rest >= 1) {
    pad("paddingBottom", rest);
    scroller.scrollTop += rest;
  }
}

export interface Hold {
  /** Which one the pointer or, failing that, the focus is on. */
  held: string | null;
  on(key: string): {
    onPointerEnter(event: PointerEvent): void;
    onPointerLeave(): void;
    onFocusIn(): void;
    onFocusOut(): void;
  };
}

/** What the pointer and the focus are on. A finger does not rest on the screen, so it holds nothing. */
export function useHold(): Hold {
  const [pointed, setPointed] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const leave = useRef(0);
  const on = useCallback(
    (key: string) => ({
      onPointerEnter: ({ pointerType }: PointerEvent) => {
        window.clearTimeout(leave.current);
        if (pointerType === "mouse") setPointed(key);
      },
      onPointerLeave: () => {
        leave.current = window.setTimeout(() => setPointed((now) => (now === key ? null : now)), 150);
      },
      onFocusIn: () => setFocused(key),
      onFocusOut: () => setFocused((now) => (now === key ? null : now)),
    }),
    [],
  );
  return { held: pointed ?? focused, on };
}
