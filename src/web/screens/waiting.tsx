/** The rooms where something is under way elsewhere: a line being made, a knock waiting, a door that stayed shut. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { later } from "../later.tsx";
import { ConnectionNote, Room } from "../parts/room.tsx";

const AbilitiesRow = later((rooms) => rooms.AbilitiesRow);

type ViewAt<Stage extends BondView["stage"]> = Extract<BondView, { readonly stage: Stage }>;

export const Making = ({ bond, view }: { readonly bond: Bond; readonly view: ViewAt<"making"> }): JSX.Element => {
  const { words, shown, origin } = useApp();
  const token = useSignal("");
  const needsToken = view.connection.trouble?.is === "closed-relay";

  /** The line was never made; the same wish goes to the relay again, with the token. */
  const again = async (): Promise<void> => {
    await shown.home.forget(bond.id);
    await shown.home.invite({ name: view.me.name, relay: origin, token: token.value.trim() });
  };

  return (
    <Room title={words.making.title} lead={view.connection.state === "offline" ? words.making.offline : words.making.text} lights="alone">
      {/* That the relay does not answer is said above. */}
      {view.connection.trouble && <ConnectionNote connection={view.connection} />}
      {needsToken && (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void again();
          }}
        >
          <label class="field-label">
            <span>{words.first.token}</span>
            <input
              type="password"
              name="token"
              autocomplete="off"
              required
              maxLength={128}
              value={token.value}
              onInput={(event) => (token.value = event.currentTarget.value)}
              aria-describedby="token-hint"
            />
            <small id="token-hint">{words.first.tokenHint}</small>
          </label>
          <div class="actions">
            <button type="submit" class="main">
              {words.first.again}
            </button>
          </div>
        </form>
      )}
      <div class="actions">
        <button type="button" class="quiet" onClick={() => void shown.home.forget(bond.id)}>
          {words.common.cancel}
        </button>
      </div>
    </Room>
  );
};

export const Knocking = ({ bond, view }: { readonly bond: Bond; readonly view: ViewAt<"knocking"> }): JSX.Element => {
  const { words, shown } = useApp();
  return (
    <Room title={words.knocking.title} lead={<span aria-live="polite">{view.delivered ? words.knocking.delivered : words.knocking.notYet}</span>}>
      <ConnectionNote connection={view.connection} />
      {view.delivered && <p>{words.knocking.next}</p>}
      <AbilitiesRow />
      <div class="actions">
        <button type="button" class="quiet" onClick={() => void shown.home.forget(bond.id)}>
          {words.knocking.giveUp}
        </button>
      </div>
    </Room>
  );
};

export const TurnedAway = ({ bond, view }: { readonly bond: Bond; readonly view: ViewAt<"turned-away"> }): JSX.Element => {
  const { words, shown } = useApp();
  const { title, text } = words.turnedAway[view.why];
  return (
    <Room title={title} lead={text} lights="alone">
      <div class="actions" data-why={view.why}>
        <button type="button" class="main" onClick={() => void shown.home.forget(bond.id)}>
          {words.turnedAwayBack}
        </button>
      </div>
    </Room>
  );
};

export const Unavailable = ({
  why,
}: {
  readonly why: keyof ReturnType<typeof useApp>["words"]["unavailable"] & ("newer" | "damaged" | "unavailable");
}): JSX.Element => {
  const { words, updates } = useApp();
  const { title, text } = words.unavailable[why];
  return (
    <Room title={title} lead={text} lights="alone">
      <div class="actions" data-why={why}>
        <button type="button" class="main" onClick={updates.use}>
          {words.unavailable.reload}
        </button>
      </div>
    </Room>
  );
};
