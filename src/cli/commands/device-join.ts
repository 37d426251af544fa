/** `device join`: on the new device. Asks with the link that another device of mine shows, and waits until it has everything. */
import { err, ok } from "../../base/result.ts";
import { toHex } from "../../base/bytes.ts";
import type { Bond } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";
import { readDeviceLink } from "../../protocol/invitation.ts";
import { command, exits, type Exit, type Session } from "../command.ts";
import { isolate } from "../isolate.ts";
import { readSeconds } from "../seconds.ts";
import { otherNameOf } from "../status.ts";
import { sync, tellNotSynced, until } from "../waiting.ts";
import { arriveWords, notLetInWords, startWords, troubleExit } from "../words.ts";
import { readRelay } from "./invite.ts";

const usualName = "terminal";
/** As long as the relay keeps the door open. */
const usualWait = 600;

export const deviceJoin = command({
  usage: "device join [--name NAME] [--relay URL] [--wait SECONDS]   (the link on standard input)",
  summary: "on a new device: be let in with the link that another one of yours shows",
  flags: { name: { type: "string" }, relay: { type: "string" }, wait: { type: "string" } },
  input: { is: "line", what: "The link that your other device shows" },
  serves: true,
  repeatable: true,

  read: ({ values: { name, relay: typed, wait } }) => {
    const seconds = typeof wait === "string" ? readSeconds(wait) : usualWait;
    if (seconds === undefined) return err("--wait wants a number of seconds.");
    const relay = typeof typed === "string" ? readRelay(typed) : null;
    return relay === undefined ? err(startWords["bad-relay"]) : ok({ device: typeof name === "string" ? name : usualName, relay, wait: seconds });
  },

  run: async (session, { device, relay, wait }, link) => {
    const end = session.clock.monotonic() + wait * 1000;
    const known = knownFor(session, link);
    const arrived = known ?? (await session.home.arrive({ link, device, ...(relay === null ? {} : { relay }) }));
    if (!arrived.ok) {
      session.output.problem(arrived.error, arriveWords[arrived.error]);
      return arrived.error === "bad-name" ? exits.usage : exits.refused;
    }
    const bond = arrived.value;
    const stopTelling = tellSteps(session, bond);
    await until(session, bond, (view) => (isOver(view) ? true : undefined), Math.max(0, end - session.clock.monotonic()));
    stopTelling();
    return tellEnd(session, bond);
  },
});

/** Let in before, and not done yet: that goes on. One that only asked begins anew, for its link may be a later one. */
const knownFor = (session: Session, link: string): { readonly ok: true; readonly value: Bond } | undefined => {
  const read = readDeviceLink(link);
  const bond = read.ok ? session.home.bonds().find((one) => one.id === toHex(read.value.line)) : undefined;
  const view = bond?.view();
  return bond && view?.stage === "arriving" && view.step !== "asking" ? { ok: true, value: bond } : undefined;
};

/** In the line, turned away, or stopped by what waiting does not mend. */
const isOver = (view: BondView): boolean => {
  if (view.stage !== "arriving") return true;
  const { trouble } = view.connection;
  return trouble !== null && troubleExit(trouble) === exits.refused;
};

/** Each step once, as it comes. */
const tellSteps = (session: Session, bond: Bond): (() => void) => {
  let told: string | undefined;
  const look = (): void => {
    const view = bond.view();
    // The words say something once the other device can show them, too.
    if (view.stage !== "arriving" || view.step === told || (view.step === "asking" && (view.code.length === 0 || view.connection.state !== "online"))) return;
    told = view.step;
    session.output.result({ bond: bond.id, step: view.step, code: view.step === "fetching" ? null : view.code }, stepText(view));
  };
  const stop = bond.watch(look);
  look();
  return stop;
};

const stepText = ({ step, code }: Extract<BondView, { stage: "arriving" }>): string => {
  switch (step) {
    case "asking":
      return `This device asks to be let in. Its three words:\n\n  ${code.join("  ")}\n\nYour other device shows the same; if they differ, do not let this one in.`;
    case "let-in":
      return "The other device lets this one in.";
    case "fetching":
      return "In the line. Getting what was kept…";
  }
};

const tellEnd = async (session: Session, bond: Bond): Promise<Exit> => {
  const view = bond.view();
  if (view.stage === "together") {
    const synced = await sync(session, bond);
    const other = otherNameOf(bond.view());
    session.output.result(
      { bond: bond.id, step: "together", other },
      `This device has the line with ${other === null ? "the other" : isolate(other)} now, and everything that was kept.`,
    );
    return synced ? exits.done : tellNotSynced(session, bond);
  }
  if (view.stage === "turned-away") {
    session.output.problem(view.why, notLetInWords[view.why]);
    await session.home.forget(bond.id);
    return exits.refused;
  }
  if (view.stage === "arriving" && view.connection.state === "online" && !view.connection.trouble) {
    const text =
      view.step === "fetching"
        ? "This device is in the line, and still gets what was kept: it goes on with the next command, while the other device runs."
        : "";
    session.output.problem("not-let-in", text || "Nobody let this device in yet. It goes on asking with the next command, while the link lasts.");
    return exits.later;
  }
  const exit = tellNotSynced(session, bond);
  if (exit === exits.refused && view.stage === "arriving" && view.step === "asking") await session.home.forget(bond.id);
  return exit;
};
