/** The state of a bond as people read it: honest, calm, without pronouns for the other, without guilt. */
import { exhaustive } from "../base/exhaustive.ts";
import type { WordsState } from "../line/home.ts";
import type { Millis } from "../base/brand.ts";
import type { SenseName } from "../senses/index.ts";
import { placeText } from "../senses/hour/hour.cli.ts";
import type { BondView, ConnectionView, GrantView, OtherState, PauseView, TogetherView, TransferView } from "../line/view.ts";
import { warmthLeft, type FeelingEntry } from "../senses/feeling/feeling.ts";
import { offsetIn } from "../senses/hour/zone.ts";
import { feltText } from "../senses/feeling/feeling.cli.ts";
import { noticeSentence } from "./devices.ts";
import { cleanLine } from "../senses/text.ts";
import { isolate } from "./isolate.ts";
import { currentPromises, lifeSentences, promiseSentence } from "./promises.ts";
import type { Times } from "./times.ts";
import { endCannot, endUntold, mendingWords, notSyncedText, troubleText } from "./words.ts";

/** What was said at a time. Its further lines stand under its first, so that none can pass for a telling of its own. */
export const timedText = (time: string, text: string): string => `${time}  ${text.replaceAll("\n", `\n${" ".repeat(time.length + 2)}`)}`;

/** The other's name where it begins a sentence; for the moment before it came, what there is to say. */
export const shownName = (name: string | null): string => (name === null || name === "" ? "The other" : isolate(name));

export const stateSentence = (name: string, state: OtherState, now: Millis, times: Times): string => {
  const at = (since: Millis): string => times.at(since, now);
  switch (state.is) {
    case "beside":
      return `${name} is right beside you.`;
    case "near":
      return `${name} is near (${at(state.since)}).`;
    case "around":
      return `${name} was here not long ago (${at(state.since)}).`;
    case "far":
      return `${name} is far (last here ${at(state.since)}).`;
    case "unheard":
      if (state.since === null) return `No sign of ${name} yet.`;
      return `${name} is unheard since ${at(state.since)}${state.expected === undefined ? "" : `, and said to be back by ${at(state.expected)}`}.`;
    case "away":
      return awaySentence(name, state, at);
    case "not-let-in":
      return `You do not let in when ${name} is here: \`beside let presence on\` does.`;
    case "closed":
      return state.since === null ? `${name} does not show when here.` : `${name} closed this at ${at(state.since)}.`;
    default:
      return exhaustive(state);
  }
};

const awaySentence = (name: string, { why, since, until, when }: Extract<OtherState, { is: "away" }>, at: (since: Millis) => string): string => {
  switch (why) {
    case "battery":
      return `The battery of ${name}'s device was nearly empty (${at(since)}).`;
    case "dark":
      return `${name} is out of reach until ${at(until ?? since)}, as announced.`;
    case "apart":
      return `${name} is apart since ${at(since)}, as announced${until === null ? "" : `, until ${at(until)}`}${when === null ? "" : `: ${isolate(cleanLine(when))}`}.`;
  }
};

export const connectionSentence = ({ state, since, relay, trouble, clockAhead, waiting }: ConnectionView, now: Millis, times: Times): string => {
  const parts: string[] = [];
  if (trouble) parts.push(troubleText(trouble));
  else if (state === "online") parts.push(`Connected to ${relay}.`);
  else parts.push(`${notSyncedText({ state, relay })} What is said above is as it was ${times.at(since, now)}.`);
  if (waiting > 0) parts.push(waiting === 1 ? "One thing waits here to be sent." : `${waiting} things wait here to be sent.`);
  if (clockAhead !== null) parts.push(`This device's clock is ${spanText(Math.abs(clockAhead))} ${clockAhead > 0 ? "ahead of" : "behind"} the relay's.`);
  return parts.join(" ");
};

const spanText = (span: Millis): string => {
  const minutes = Math.round(span / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
};

/** Without what the connection has to say. */
export const statusSentences = (view: BondView, now: Millis, times: Times): string => {
  switch (view.stage) {
    case "making":
      return `The relay has not made the invitation yet.`;
    case "inviting": {
      const door =
        view.knocks.length === 0
          ? "Nobody has knocked yet."
          : `At the door: ${view.knocks.map((knock) => `${isolate(knock.name)} (${knock.id})`).join(", ")}. \`beside accept\` lets one in.`;
      return `You wait for the one you invited, until ${times.at(view.expires, now)}. ${door}`;
    }
    case "knocking":
      return view.delivered ? "You have knocked, and wait to be let in." : "Your knock has not reached the relay yet.";
    case "arriving":
      return arrivingSentence(view);
    case "turned-away":
      return view.me.name === "" ? "This device was not let in." : "This invitation did not open.";
    case "together":
      return togetherSentences(view, times);
    case "ended":
      return endedSentence(view, now, times);
    default:
      return exhaustive(view);
  }
};

export const endedSentence = ({ by, told, cannot, since, wiped, other }: Extract<BondView, { stage: "ended" }>, now: Millis, times: Times): string => {
  const who =
    by === "me"
      ? `You ended the bond with ${isolate(other.name)}${since === null ? "" : ` (${times.at(since, now)})`}.`
      : `${shownName(other.name)} ended the bond.`;
  return [who, ...(told ? [] : [cannot ? endCannot[cannot] : endUntold]), ...(wiped ? ["Everything of it was taken off this device."] : [])].join(" ");
};

/** A pause of mine: its terms, and who knows. */
export const pauseSentence = ({ dark, since, until, when, passes, announced }: PauseView, other: string, now: Millis, times: Times): string => {
  const at = (time: Millis): string => times.at(time, now);
  const ends = `${until === null ? "" : `, until ${at(until)}`}${when === null ? "" : `: ${isolate(cleanLine(when))}`}`;
  const told = announced ? `${other} is told.` : "Nobody is told: it looks like any device that is off.";
  return `You are ${dark ? "out of reach" : "apart"} since ${at(since)}${ends}. ${told}${passesSentence("You let pass", passes)} \`beside back\` ends it.`;
};

const passesSentence = (who: string, passes: readonly string[]): string => (passes.length === 0 ? "" : ` ${who}: ${passes.map(cleanLine).join(", ")}.`);

const arrivingSentence = ({ step, code, transfer }: Extract<BondView, { stage: "arriving" }>): string => {
  switch (step) {
    case "asking":
      return `This device asks another one of yours to be let in.${code.length === 0 ? "" : ` Its three words: ${code.join("  ")}.`}`;
    case "let-in":
      return "This device is being let in.";
    case "fetching":
      return `This device is let in, and gets what was kept${percent(transfer)}. The one that let it in has to be running for that.`;
    default:
      return exhaustive(step);
  }
};

const percent = (transfer: TransferView | null): string => (transfer && transfer.total > 0 ? ` (${Math.floor((100 * transfer.done) / transfer.total)} %)` : "");

const togetherSentences = (view: TogetherView, times: Times): string => {
  const { now } = view;
  const other = shownName(view.other.name);
  // Silence says nothing of the other while this device itself hears nobody.
  const own = view.connection.state === "offline" && view.other.state.is === "unheard" ? " This device itself is not connected." : "";
  const lines = [
    `${stateSentence(other, view.other.state, now, times)}${own}${passesSentence(`${other} lets pass`, view.apart.other?.passes ?? [])}${thereSentence(view, times)}`,
  ];
  if (view.apart.me) lines.push(pauseSentence(view.apart.me, other, now, times));
  if (view.endAt !== null) lines.push(`You end this bond at ${times.at(view.endAt, now)}. \`beside end --later off\` calls it off.`);
  const felt = (who: string, feeling: FeelingEntry | null): void => {
    if (feeling && warmthLeft(feeling.at, now) > 0) lines.push(`${who} ${feltText(feeling)} (${times.at(feeling.at, now)}).`);
  };
  felt(`${other} felt`, view.feeling.other);
  felt("You felt", view.feeling.me);
  lines.push(...currentPromises(view).map((one) => promiseSentence(one, other, now, times)), ...lifeSentences(view, other, times));
  if (view.question) {
    const { words, at } = view.question;
    lines.push(`${other} asked for a promise (${times.at(at, now)})${words === null ? "" : `: ${isolate(cleanLine(words))}`}.`);
  }
  if (view.touch.offered) lines.push(`${other} offers a touch. \`beside touch --for 10\` meets it.`);
  const isAsked = presenceGrant(view)?.mine === "off" && !view.presenceAsked;
  if (!view.keeping || !isAsked) lines.push(showSentence(view, times));
  const given = hourSentence(view, times);
  if (given !== "") lines.push(given);
  if (view.compared) lines.push("You compared the six words.");
  // The quiet view asks for nothing (KEEP2).
  else if (!view.keeping) lines.push("The six words are not compared yet: `beside words`.");
  if (view.latecomerAt !== null) lines.push(`Someone came with the used invitation at ${times.at(view.latecomerAt, now)}, and was turned away.`);
  for (const notice of view.deviceNotices) lines.push(`${noticeSentence(notice, other)} (${times.at(notice.at, now)})`);
  if (view.mending !== null) lines.push(mendingWords[view.mending]);
  if (view.gapAt !== null) lines.push(`This device was away too long: some of what was said before ${times.at(view.gapAt, now)} is not on the relay any more.`);
  return lines.join("\n");
};

/** The twelve words, calmly, while only this device has them. */
export const wordsSentence = (words: WordsState): string =>
  words === "to-keep" ? "The twelve words are not written down yet; without them, what is only on this device is lost with it: `beside words backup`." : "";

/** Where a lost device would be taken up from. */
export const backupSentence = ({ backup: { at, behind }, now }: TogetherView, times: Times): string => {
  if (at === null) return behind ? "What is kept here is not backed up on the line yet." : "";
  return behind ? `Backed up on the line at ${times.at(at, now)}; what came since is not yet.` : `Backed up on the line at ${times.at(at, now)}.`;
};

/** What time it is for the other, behind how near; nothing where that is not given, or is a zone nobody here knows. */
const thereSentence = ({ hour: { other, here }, now }: TogetherView, times: Times): string => {
  const offset = other ? offsetIn(other.zone, now) : undefined;
  if (offset === undefined) return "";
  return offset === offsetIn(here, now) ? ` It is ${times.clock(now, offset)} for both.` : ` It is ${times.clock(now, offset)} there.`;
};

const grantOf = (view: TogetherView, sense: SenseName): GrantView | undefined => view.grants.find((grant) => grant.sense === sense);
export const presenceGrant = (view: TogetherView): GrantView | undefined => grantOf(view, "presence");

/** What I give of my hour; nothing while I do not. */
export const hourSentence = (view: TogetherView, times: Times): string => {
  const grant = grantOf(view, "hour");
  if (!grant || grant.mine === "off") return "";
  const until = grant.myUntil === null ? "" : `, until ${times.at(grant.myUntil, view.now)}`;
  const place = view.hour.me?.place;
  return `You show what time it is for you${place ? `, and that you are near ${placeText(place)}` : ""}${until}.`;
};

export const showSentence = (view: TogetherView, times: Times): string => {
  const grant = presenceGrant(view);
  if (!grant || grant.mine === "off")
    return view.presenceAsked ? "You do not show when you are here." : "You do not show when you are here. `beside show on` does, while `beside watch` runs.";
  return `You show when you are here${grant.mine === "coarse" ? ", roughly" : ""}${grant.myUntil === null ? "" : `, until ${times.at(grant.myUntil, view.now)}`}.`;
};
