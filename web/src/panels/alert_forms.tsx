import { useEffect, useRef, useState } from "preact/hooks";
import type { Alert } from "../messages";
import type { State } from "../store";
import type { Commands } from "./commands";

interface FormProps {
  alert: Alert;
  commands: Commands;
  done(): void;
}

/** A form that takes the focus to its first field, and ends with Escape. */
function useForm(done: () => void) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input")?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    done();
  };
  return { ref: form, onKeyDown };
}

export function AssignForm({ alert, state, commands, done }: FormProps & { state: State }) {
  const [to, setTo] = useState(alert.assigned_to ?? "");
  const [note, setNote] = useState("");
  const list = `names-${alert.id}`;
  return (
    <form
      class="alert-form"
      {...useForm(done)}
      onSubmit={(event) => {
        event.preventDefault();
        if (!to.trim()) return;
        commands.perform({ act: "assign", alert: alert.id, to: to.trim(), note: note.trim() });
        done();
      }}
    >
      <label>
        To
        <input
          value={to}
          list={list}
          maxLength={200}
          required
          autocomplete="off"
          onInput={(event) => setTo(event.currentTarget.value)}
        />
      </label>
      <datalist id={list}>
        {state.names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Note note={note} setNote={setNote} />
      <Ends word="Assign" done={done} />
    </form>
  );
}

/** What most alerts end as; the note may be anything else. */
const ENDS = ["our own", "bird", "dealt with", "false alarm"];

export function CloseForm({ alert, commands, done }: FormProps) {
  const [note, setNote] = useState("");
  return (
    <form
      class="alert-form"
      {...useForm(done)}
      onSubmit={(event) => {
        event.preventDefault();
        commands.perform({ act: "close", alert: alert.id, note: note.trim() });
        done();
      }}
    >
      <Note note={note} setNote={setNote} />
      <div class="choices" role="group" aria-label="Common reasons">
        {ENDS.map((end) => (
          <button key={end} type="button" aria-pressed={note === end} onClick={() => setNote(end)}>
            {end}
          </button>
        ))}
      </div>
      <Ends word="Close the alert" done={done} />
    </form>
  );
}

function Note({ note, setNote }: { note: string; setNote(note: string): void }) {
  return (
    <label>
      Note
      <input
        value={note}
        maxLength={2000}
        autocomplete="off"
        onInput={(event) => setNote(event.currentTarget.value)}
      />
    </label>
  );
}

function Ends({ word, done }: { word: string; done(): void }) {
  return (
    <div class="form-ends">
      <button type="submit" class="go">
        {word}
      </button>
      <button type="button" onClick={done}>
        Back
      </button>
    </div>
  );
}
