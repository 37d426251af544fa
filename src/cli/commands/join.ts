/** `join`: knocks with the link on standard input, and says what became of it. */
import { err, ok } from "../../base/result.ts";
import { toHex } from "../../base/bytes.ts";
import type { Bond } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";
import { readInvitation } from "../../protocol/invitation.ts";
import { command, exits, type Exit, type Session } from "../command.ts";
import { isolate } from "../isolate.ts";
import { readSeconds } from "../seconds.ts";
import { otherNameOf } from "../status.ts";
import { sync, tellNotSynced, until } from "../waiting.ts";
import { startWords, troubleExit, turnedAwayWords } from "../words.ts";
import { readRelay, readShow, showUsage } from "./invite.ts";

export const join = command({
  usage: "join --name NAME [--wait SECONDS] [--relay URL] [--show on|off]   (the link on standard input)",
  summary: "knock with a link that you were given",
  flags: { name: { type: "string" }, wait: { type: "string" }, relay: { type: "string" }, show: { type: "string" } },
  input: { is: "line", what: "The link you were given" },
  serves: true,
  repeatable: true,

  read: (given) => {
    const { name, wait, relay: typed } = given.values;
    if (typeof name !== "string") return err("--name says how the other will see you.");
    const seconds = typeof wait === "string" ? readSeconds(wait) : 0;
    if (seconds === undefined) return err("--wait wants a number of seconds.");
    const relay = typeof typed === "string" ? readRelay(typed) : null;
    if (relay === undefined) return err(startWords["bad-relay"]);
    const show = readShow(given);
    if (show === undefined) return err(showUsage);
    return ok({ name, wait: seconds, relay, show });
  },

  run: async (session, { name, wait, relay, show }, link) => {
    const began = session.clock.monotonic();
    const known = await knownFor(session, link);
    if (known === "together") {
      session.output.problem("already-together", "You joined with this invitation already: the two of you are together.");
      return exits.refused;
    }
    const knocked = known ?? (await session.home.join({ name, link, ...(relay === null ? {} : { relay }) }));
    if (!knocked.ok) {
      session.output.problem(knocked.error, startWords[knocked.error]);
      return knocked.error === "bad-name" ? exits.usage : exits.refused;
    }
    const bond = knocked.value;
    if (show !== null) await session.wishes.note(bond.id, show);
    await until(session, bond, (view) => (isAnswered(view, wait > 0) ? true : undefined), session.patience());
    const left = wait * 1000 - (session.clock.monotonic() - began);
    if (left > 0) await until(session, bond, (view) => (isDecided(view) ? true : undefined), left);
    return tellKnock(session, bond);
  },
});

/** A bond made with this link before; one that was turned away is tried anew. */
const knownFor = async (session: Session, link: string): Promise<{ readonly ok: true; readonly value: Bond } | "together" | undefined> => {
  const invitation = readInvitation(link);
  if (!invitation.ok) return undefined;
  const bond = session.home.bonds().find((one) => one.id === toHex(invitation.value.line));
  if (!bond) return undefined;
  switch (bond.view().stage) {
    case "knocking":
      return { ok: true, value: bond };
    case "together":
      return "together";
    case "turned-away":
      await session.home.forget(bond.id);
      return undefined;
    default:
      return undefined;
  }
};

/** Delivered, let in, or refused in a way that waiting does not mend (a crowded door empties: `waits` goes on). */
const isAnswered = (view: BondView, waits: boolean): boolean => {
  if (view.stage !== "knocking") return true;
  const { trouble } = view.connection;
  if (trouble && troubleExit(trouble) === exits.refused && !(waits && trouble.is === "refused" && trouble.code === "crowded")) return true;
  return view.delivered;
};

const isDecided = (view: BondView): boolean => view.stage !== "knocking" || (isAnswered(view, true) && !view.delivered);

const tellKnock = async (session: Session, bond: Bond): Promise<Exit> => {
  const view = bond.view();
  if (view.stage === "knocking" && view.delivered) {
    await sync(session, bond);
    session.output.result(
      { bond: bond.id, accepted: false },
      "You have knocked. The one who invited you sees your name and opens when it suits; `beside status` tells.",
    );
    return exits.done;
  }
  if (view.stage === "turned-away") {
    session.output.problem(view.why, turnedAwayWords[view.why]);
    await forget(session, bond);
    return exits.refused;
  }
  if (view.stage !== "knocking") {
    // The beginning is saved here and known there before it is told.
    const synced = await sync(session, bond);
    const other = otherNameOf(bond.view());
    session.output.result(
      { bond: bond.id, accepted: true },
      `You and ${other === null ? "the other" : isolate(other)} are together. \`beside words\` shows six words to compare.`,
    );
    return synced ? exits.done : tellNotSynced(session, bond);
  }
  const exit = tellNotSynced(session, bond);
  if (exit === exits.refused) await forget(session, bond);
  else session.output.result({ bond: bond.id, accepted: false }, "Your knock is kept here and goes with the next command.");
  return exit;
};

const forget = async (session: Session, bond: Bond): Promise<void> => {
  await session.wishes.forget(bond.id);
  await session.home.forget(bond.id);
};
