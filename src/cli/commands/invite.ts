/** `invite`: a line at a relay, and the link that lets one person in. Without a name: the link that is there, again. */
import { err, ok } from "../../base/result.ts";
import type { Bond } from "../../line/home.ts";
import { isOrigin } from "../../protocol/invitation.ts";
import { chooseBond } from "../bond-choice.ts";
import { command, exits, type Exit, type Given, type Session } from "../command.ts";
import { linkText } from "../link-text.ts";
import { rfc3339 } from "../times.ts";
import { sync, tellNotSynced } from "../waiting.ts";
import { startWords } from "../words.ts";

export const defaultRelay = "http://127.0.0.1:8377";
const tokenCap = 128;

export const readShow = (given: Given): "on" | "off" | null | undefined => {
  const { show } = given.values;
  return show === undefined ? null : show === "on" || show === "off" ? show : undefined;
};
export const showUsage = "--show wants on or off.";

/** An origin, with the slash that browsers add taken off. */
export const readRelay = (text: string): string | undefined => {
  const bare = text.endsWith("/") ? text.slice(0, -1) : text;
  return isOrigin(bare) && URL.canParse(bare) ? bare : undefined;
};

export const invite = command({
  usage: "invite --name NAME [--relay URL] [--token-file FILE] [--show on|off]\n       invite [--bond ID]",
  summary: "make a link for the one person; without a name, show the link again",
  flags: { name: { type: "string" }, relay: { type: "string" }, "token-file": { type: "string" }, show: { type: "string" } },
  repeatable: false,

  read: (given) => {
    const { name, relay: typed, "token-file": tokenFile } = given.values;
    if (name === undefined && (typed !== undefined || tokenFile !== undefined)) return err("--name says how the other will see you.");
    const relay = readRelay(typeof typed === "string" ? typed : (given.relay ?? defaultRelay));
    if (relay === undefined) return err(startWords["bad-relay"]);
    const show = readShow(given);
    if (show === undefined) return err(showUsage);
    let token = "";
    if (typeof tokenFile === "string") {
      const file = given.readFile(tokenFile);
      if (!file.ok) return file;
      token = file.value.trim();
      if (token === "" || Buffer.byteLength(token) > tokenCap) return err("The token file holds no token.");
    }
    return ok({ name: typeof name === "string" ? name : null, relay, token, show });
  },

  run: async (session, { name, relay, token, show }) => {
    if (name === null) {
      const chosen = chooseBond(session, ["inviting", "making"]);
      return typeof chosen === "number" ? chosen : tellInvitation(session, chosen);
    }
    const started = session.home.bonds().find((bond) => isSameStart(bond, name, relay));
    if (started) return tellInvitation(session, started);
    const made = await session.home.invite({ name, relay, token });
    if (!made.ok) {
      session.output.problem(made.error, startWords[made.error]);
      return made.error === "bad-name" || made.error === "bad-relay" ? exits.usage : exits.refused;
    }
    if (show !== null) await session.wishes.note(made.value.id, show);
    return tellInvitation(session, made.value);
  },
});

/** Asked for before and not made yet, since the relay was out of reach: not made twice. */
const isSameStart = (bond: Bond, name: string, relay: string): boolean => {
  const view = bond.view();
  return view.stage === "making" && view.me.name === name && view.connection.relay === relay;
};

const tellInvitation = async (session: Session, bond: Bond): Promise<Exit> => {
  const synced = await sync(session, bond);
  const view = bond.view();
  if (view.stage === "inviting") {
    const { link, expires } = view;
    const text = `Give this link to the one person, by a way you trust. It works once, until ${session.times.at(expires, session.clock.now())}, and opens nothing until you accept:\n\n${linkText(link, session.terminal)}`;
    session.output.result({ bond: bond.id, link, expires: rfc3339(expires) }, text);
    return exits.done;
  }
  if (view.stage !== "making") {
    session.output.problem("not-inviting", "This is no invitation any more. `beside status` says what it is.");
    return exits.refused;
  }
  if (synced) throw new Error("defect: a line that was made has no link");
  const exit = tellNotSynced(session, bond);
  if (exit === exits.refused) {
    // The relay said no: there is nothing to wait for.
    await session.wishes.forget(bond.id);
    await session.home.forget(bond.id);
    return exit;
  }
  session.output.result(
    { bond: bond.id, link: null, expires: null },
    "The invitation is kept here. `beside invite` shows its link once the relay has made it.",
  );
  return exit;
};
