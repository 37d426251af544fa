/**
 * Every no and every trouble in plain sentences that say what to do, and how a command ends on it. A new one does not
 * compile until it has its words here. No guilt, no guessing, and never what was typed.
 */
import type { HomeFault } from "../line/create-home.ts";
import type { RestoreFault } from "../line/home.ts";
import type { ActRefusal, EndUntold, Mending, Trouble, TurnedAway } from "../line/state.ts";
import type { GuardWhy } from "../line/guards.ts";
import type { BondView, ConnectionView } from "../line/view.ts";
import type { StoreFault } from "../ports/store.ts";
import type { RefusalCode } from "../protocol/frames.ts";
import type { InvitationFault } from "../protocol/invitation.ts";
import { thoughtCap } from "../senses/thought/thought.ts";
import type { OpenFault } from "./adapters/sqlite-store.ts";
import { exits, type Exit } from "./command.ts";

interface No {
  readonly text: string;
  /** `later` where what was said waits here and goes by itself; else `refused`. */
  readonly exit: "later" | "refused";
}
const later = (text: string): No => ({ text, exit: "later" });
const refused = (text: string): No => ({ text, exit: "refused" });

export const refusalWords: Record<RefusalCode, No> = {
  malformed: refused("The relay could not make sense of what Beside sent. One of the two is out of date: update Beside."),
  version: refused("The relay and this Beside speak different versions. Update the older one."),
  unknown: refused("The relay does not know this line or this device. It may have been set up anew."),
  taken: refused("The relay says that this invitation was used already. Ask for a new one."),
  revoked: refused(
    "This device was taken out of the line, by another device of yours or with the twelve words. What it kept stays here: `beside export` reads it out.",
  ),
  closed: refused("This relay makes no new lines without a token from its keeper: `--token-file FILE`."),
  stale: later("The line has moved on; this device is catching up."),
  gap: later("The relay is missing something this device said before; this device is catching up."),
  full: later("Your room on this relay is used up. What you say waits here until there is room."),
  busy: later("The relay is busy. What you say waits here and goes with the next command."),
  expired: refused("This invitation is older than a day. Ask for a new one."),
  crowded: refused("Four people are waiting at this invitation already. Try again once one was let in, or ask for a new invitation."),
  forbidden: refused("The relay does not let this device do that."),
  unavailable: later("The relay cannot store anything at the moment. What you say waits here and goes with a later command."),
};

export const troubleWords: Record<Exclude<Trouble["is"], "refused">, string> = {
  "wrong-relay": "Another relay answers at this address, not the one this line was made with. Nothing was sent to it.",
  version: "The relay and this Beside speak different versions. Update the older one.",
  revoked:
    "This device was taken out of the line, by another device of yours or with the twelve words. What it kept stays here, and `beside export` reads it out; nothing new comes in.",
  "unknown-here":
    "The relay does not know this line any more. It may have been set up anew. What this device kept is still here: `beside export` reads it out.",
  forked:
    "The relay did not tell the two of you the same about this line: it left something out or told it in another order, or one of your two Besides is not as it should be. It could not read anything, and could not speak as one of you. All that this device has is kept, and what you say waits here. Nobody can tell yet what was kept from whom. Talk by another way first, a call say; when you both want to go on with this relay, `beside take-up` on each side does that, and sends again what is missing.",
  rewound:
    "The relay has forgotten things that it had confirmed, as after an old backup was put back there. This device still has it all, and what you say waits here. Whether the relay finds it again is not known: when it does, all goes on by itself. When it does not, `beside take-up` on each side goes on with what the relay has now, and sends again what is missing there.",
  twin: "Twice within an hour the relay had things from this device that this device does not know: another copy of it is in use, of its folder or of a backup. All that is here is kept, and what you say waits here. What the other copy said is not known here yet. End the other copy for good; then `beside take-up` goes on here with all of it. Two devices are made with `beside device add`.",
  "storage-full": "There is no room left on this device's disk, so nothing new is kept. Free some, then look with `beside status`.",
  "storage-gone": "The folder that Beside keeps its data in was taken away or cannot be written. Put it back, then start again.",
  "closed-relay": refusalWords.closed.text,
};

export const troubleText = (trouble: Trouble): string => (trouble.is === "refused" ? refusalWords[trouble.code].text : troubleWords[trouble.is]);
export const troubleCode = (trouble: Trouble): string => (trouble.is === "refused" ? trouble.code : trouble.is);
/** Whether waiting would mend it: how a command ends that met it. */
export const troubleExit = (trouble: Trouble): Exit => (trouble.is === "refused" && refusalWords[trouble.code].exit === "later" ? exits.later : exits.refused);

/** The line is being taken up again, by itself: what that means meanwhile. */
export const mendingWords: Record<Mending, string> = {
  gap: "This device was away for so long that the relay has not everything any more. It is taking the line up again; what you say waits here meanwhile.",
  "set-back":
    "What this device remembers is older than what it once said, as after a restored backup. It is taking the line up again; what you say waits here meanwhile.",
  "cannot-follow": "This device has lost its place on the line. It is taking the line up again; what you say waits here meanwhile.",
  "taken-up": "The line is being taken up again with what the relay has now; what you say waits here meanwhile.",
};

export const turnedAwayWords: Record<TurnedAway, string> = {
  taken: "This invitation was used already. It works once, and someone was let in with it. If that was not you, ask for a new one by a way you trust.",
  expired: "This invitation is too old. It lasts one day: ask for a new one.",
  unknown: "Nobody waits behind this invitation: the relay does not know it. Ask for a new one.",
  impostor: "The answer did not come from the person who made this invitation, so nothing was opened. Ask for a new invitation by a way you trust.",
  "bad-welcome": "You were let in, but what the other device sent could not be opened here. Ask for a new invitation.",
};

/** The same for a device that asked to be let in by another of one's own. */
export const notLetInWords: Record<TurnedAway, string> = {
  taken: "This link let another device in already. Make a new one there: `beside device add`.",
  expired: "This link is too old. It lasts ten minutes: make a new one there with `beside device add`.",
  unknown: "No device of yours waits behind this link any more. Make a new one there: `beside device add`.",
  impostor: "The answer did not come from a device of yours, so nothing was taken. Make a new link there: `beside device add`.",
  "bad-welcome": "This device was let in, but what the other one sent could not be opened here. Make a new link there: `beside device add`.",
};

/** A device that asks has no name for people yet: that is what tells the two apart. */
export const turnedAwayText = ({ me, why }: Extract<BondView, { stage: "turned-away" }>): string => (me.name === "" ? notLetInWords : turnedAwayWords)[why];

export type StartWrong = InvitationFault | "own-invitation" | "used-here" | "bad-name" | "bad-relay" | "needs-words" | StoreFault;
export const startWords: Record<StartWrong, string> = {
  "not-an-invitation": "That is not an invitation to Beside.",
  incomplete: "A part of the link is missing. Copy all of it, to its very end.",
  newer: "This invitation was made by a newer Beside. Update this one and try again.",
  "own-invitation": "That is your own invitation. It is for the other person.",
  "used-here": "This invitation made a bond here already. `beside bonds` shows it.",
  "bad-name": "A name needs something to read in it, and not more than 80 bytes.",
  "bad-relay": "A relay's address looks like https://relay.example.org, with nothing behind it.",
  "needs-words":
    "A new bond is made from the twelve words, which are not on this device. Make it on the device that has the words, or with BESIDE_HOME set to a new folder.",
  full: troubleWords["storage-full"],
  gone: troubleWords["storage-gone"],
};

export const actWords: Record<ActRefusal, string> = {
  "not-inviting": "Nobody can be let in here: the invitation was used, or this is not an invitation.",
  accepting: "Someone is being let in already.",
  "no-such-knock": "There is no such knock. `beside knocks` shows who is at the door.",
  "not-together": "The two of you are not together yet. `beside status` says what is missing.",
  ended: "This bond has ended. What was kept can be read out with `beside export`.",
  "not-given": "You do not give this at the moment. `beside give` does.",
  apart: "You are apart at the moment. `beside back` ends that; an announced pause can let some things pass.",
  "not-apart": "You are not apart.",
  "bad-time": "That time is not one that is still to come, or it is more than a year ahead.",
  "not-gradual": "This is given or it is not: only presence and hour can be given roughly (`coarse`).",
  "no-such-promise": "There is no such promise of yours. `beside promises` shows all.",
  "no-window": "No window of your sign of life is open now. `beside promises` shows when the next one is.",
  settled: "That is settled already.",
  "no-such-sense": "There is no such sense. `beside grants` shows all.",
  "too-often": "That is more than anyone says in a day. Nothing was sent; go on tomorrow.",
  adding: "A device is being let in already. One at a time.",
  "no-such-device": "There is no such device of yours, or it is this one. `beside device list` shows all.",
  "too-new":
    "This device was let in less than a day ago: it may not remove others, vouch or settle promises yet. An older device of yours can, and can vouch for this one: `beside device vouch`.",
  "too-many-devices": "Each of you has four devices at most. `beside device remove` makes room.",
  "needs-words": startWords["needs-words"],
  offline: "This needs the relay, which cannot be reached at the moment. Nothing of it was kept: try again when it can.",
  uncertain: "It is unclear whether this was done. Look before you do it again.",
  "too-long": `That is too long for a thought: it holds ${thoughtCap} bytes.`,
  empty: "There was nothing to read in it, so nothing was said.",
  "bad-name": startWords["bad-name"],
};

/** Why a promise is not guarded (PROM2). */
export const guardWords: Record<GuardWhy, string> = {
  stopped: "the line has stopped, and what the relay has of it is not known",
  "not-there": "the relay does not have it",
  "older-turn": "the relay has it with another time",
  "not-checked": "the relay was not heard for more than five minutes",
  canary: "the relay's own watch does not show that it runs",
  clock: "the relay's clock and this device's do not agree",
  aside: "the relay could not do what was due, and tries again when it is started anew",
  lost: "the relay lost what it was to send",
  "not-what-was-sealed": "the relay has something else than this device gave it",
  silent: "the relay should have spoken of it by now",
  lifted: "the relay let go of it",
  fired: "the relay has spoken, and what it said has not come here",
  "no-part-here": "this device has no part of it",
  refused: "the relay did not take it, and is asked again",
};

/** What a sealed note does not protect against (PROM6). */
export const sealedNoteText = (other: string): string =>
  `The relay holds the note and cannot open it; ${other} can open it and does not have it. That does not help against the two together, a relay that ${other} runs, or someone who makes you press \`keep\`.`;

/** An end that is decided and durable, and has not left this device yet. */
export const endUntold = "Ended here; the relay does not know yet, and is told as soon as it can be reached.";

/** An end that the relay cannot be told of. */
export const endCannot: Record<EndUntold, string> = {
  unknown: "Ended here. The relay does not know this line: nothing is left there that could be ended, and nobody can say anything on it.",
  removed:
    "Ended on this device alone: it was taken out of the line before, and the relay takes nothing from it any more. Another device of yours can end the bond for both of you; so can this one after `beside restore` with the twelve words.",
};

export const arriveWords: Record<InvitationFault | "used-here" | "bad-name" | StoreFault, string> = {
  "not-an-invitation": "That is not a link for a device of yours. `beside device add` on the other one shows it.",
  incomplete: startWords.incomplete,
  newer: "This link was made by a newer Beside. Update this one and try again.",
  "used-here": "This device has this line already. `beside bonds` shows it.",
  "bad-name": startWords["bad-name"],
  full: startWords.full,
  gone: startWords.gone,
};

/** With exits: what trying again later may mend ends on 4. */
export const restoreWords: Record<RestoreFault, No> = {
  "not-words": refused("These are not the twelve words: a word is wrong, missing or at another place. Look at each again."),
  "bad-name": refused(startWords["bad-name"]),
  "bad-relay": refused(startWords["bad-relay"]),
  unreachable: later("The relay could not be reached, or stopped answering. Nothing was changed by that: try again."),
  "nothing-found": refused("This relay has no bond that belongs to these words. Look at the relay's address: it is where the invitation was made."),
  damaged: refused("The bond is there, but what was backed up of it cannot be opened with these words. Another device of yours, if there is one, still can."),
  "used-here": refused("A bond of these words is on this device already. `beside bonds` shows it."),
  "other-first": later(
    "The words are right. The other's device has to be connected once before this works: ask for Beside to be opened there, then try again.",
  ),
  busy: later("The relay allows a few restores an hour only. Try again later."),
  full: refused(startWords.full),
  gone: refused(startWords.gone),
};

export const importWords: Record<"not-an-export" | "newer" | StoreFault, string> = {
  "not-an-export": "That is no export of Beside: its bond.json cannot be read as one.",
  newer: "This was exported by a newer Beside. Update this one and try again.",
  full: startWords.full,
  gone: startWords.gone,
};

export const homeWords: Record<HomeFault, string> = {
  newer: "What BESIDE_HOME holds was written by a newer Beside. Nothing was touched: update Beside.",
  damaged: "What BESIDE_HOME holds cannot be read. Nothing was changed or deleted: restore it from a backup, or choose another folder.",
};

/** `busy` only after waiting for it. */
export const openWords = (fault: OpenFault, folder: string): string => {
  switch (fault.is) {
    case "busy":
      return `Another Beside command has used ${folder} for a while and does not answer. Wait for it, or end it.`;
    case "newer":
      return `The data in ${folder} was written by a newer Beside. Nothing was touched: update Beside, or set BESIDE_HOME to another folder.`;
    case "not-ours":
      return `The database in ${folder} is not Beside's. Set BESIDE_HOME to another folder.`;
    case "unusable":
      return `The folder ${folder} cannot be used (${fault.code}): check that it can be written, or set BESIDE_HOME to another folder.`;
  }
};

const unreachableText = (relay: string): string => `The relay at ${relay} could not be reached.`;

/** Why nothing came of it in time, without a trouble: what is known of the relay, and no more. */
export const notSyncedText = ({ state, relay }: Pick<ConnectionView, "state" | "relay">): string => {
  switch (state) {
    case "online":
      return `The relay at ${relay} is there, but this was not done in time.`;
    case "connecting":
      return `The relay at ${relay} has not answered in time.`;
    case "offline":
      return unreachableText(relay);
  }
};
export const notSyncedCode = ({ state }: Pick<ConnectionView, "state">): string => (state === "online" ? "slow" : "unreachable");
