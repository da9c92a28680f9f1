import type { State } from "../store";
import type { Commands } from "./commands";

const ROLES = { viewer: "viewer", operator: "operator", admin: "administrator" } as const;

/** Whose name acts are signed with: the account's, or, without accounts, one that is typed. */
export function Account({ state, commands }: { state: State; commands: Commands }) {
  const { account } = state;
  if (account) {
    return (
      <span class="account">
        <span class="account-name" title={`${account.name}, ${ROLES[account.role]}`}>
          <b>{account.name}</b> <span class="dim">{ROLES[account.role]}</span>
        </span>
        <button onClick={commands.logOut}>Log out</button>
      </span>
    );
  }
  return (
    <label class="operator">
      <span>Operator</span>
      <input
        id="operator"
        value={state.operator}
        maxLength={40}
        placeholder="your name"
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => commands.operator(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
    </label>
  );
}
