/** What a card of the status leaves out. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { AdviceCard, Choices } from "../advised";
import type { Commands } from "./commands";

export const NO_CHOICES: Choices = { others: [], refused: [] };

/**
 * What could be done instead of what a card advises, and why everything else is not: asked for with every status
 * while the card is shown, so that its numbers go on. What came last stays where an answer fails to come.
 */
export function useChoices(card: AdviceCard, commands: Commands) {
  const [choices, setChoices] = useState<Choices | null>(null);
  const [trouble, setTrouble] = useState("");
  const asking = useRef(false);
  useEffect(() => {
    if (asking.current) return;
    asking.current = true;
    commands
      .choices(card.id)
      .then(
        (found) => {
          setChoices(found);
          setTrouble("");
        },
        (error: Error) => setTrouble(error.message),
      )
      .finally(() => (asking.current = false));
  }, [card]);
  return { choices, trouble };
}
