/**
 * `watch`: being here. While it runs, the bonds are on screen, other commands go through it, and everything that happens
 * is told, one thing a line: what senses bring (`kind` is the sense's name), `knock`, `together`, `latecomer`, `ended`,
 * what happened to devices (`device`) and one of mine that asks to be let in (`device-asks`), that the line is being taken
 * up again (`mending`), how promises stand (`guard`: who watches over them, or that nobody does and why), and the changes of
 * `state` (the other's) and `connection`. It begins with how things are. What comes without a cue is marked `quiet` for programs; for people it waits in `status`.
 */
import { ok } from "../../base/result.ts";
import type { Millis } from "../../base/brand.ts";
import type { Bond } from "../../line/home.ts";
import type { AskingDevice, BondView, DeviceNotice, PromiseView, TogetherView } from "../../line/view.ts";
import { isSenseName, type SenseName } from "../../senses/index.ts";
import type { Happening, Who } from "../../senses/sense.ts";
import { chooseBond, titleOf } from "../bond-choice.ts";
import { cliHalves } from "../cli-halves.ts";
import { command, exits, type Session } from "../command.ts";
import type { JsonObject } from "../json.ts";
import { isolate } from "../isolate.ts";
import { isRunning, lifeSentences, promiseJson, promiseSentence, toldPromises } from "../promises.ts";
import { connectionSentence, endedSentence, shownName, stateSentence, timedText } from "../sentences.ts";
import { connectionJson, otherNameOf, stateOf, unseenOf } from "../status.ts";
import { rfc3339 } from "../times.ts";
import { noticeJson, noticeSentence } from "../devices.ts";
import { mendingWords, turnedAwayText } from "../words.ts";

/** For saying goodbye: that I left. */
const farewellWithin = 3000;

export const watch = command({
  usage: "watch",
  summary: "be here: tells what happens, until Ctrl-C; other commands work meanwhile",
  serves: true,
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const only = session.bond === undefined ? undefined : chooseBond(session, []);
    if (typeof only === "number") return only;
    const followed = new Map<Bond, () => void>();
    const followAll = (): void => {
      const bonds = only ? [only] : session.home.bonds();
      for (const bond of bonds) if (!followed.has(bond)) followed.set(bond, follow(session, bond));
    };
    const stopWatching = session.home.watch(followAll);
    const lookAway = session.screen.look();
    followAll();
    if (followed.size === 0 && !session.json) session.output.result({}, "There is no bond here yet. This goes on when there is one.");
    await new Promise<void>((resolve) => {
      if (session.stop.aborted) resolve();
      session.stop.addEventListener("abort", () => resolve(), { once: true });
    });
    stopWatching();
    for (const stop of followed.values()) stop();
    lookAway();
    await Promise.all([...followed.keys()].map((bond) => bond.settled(farewellWithin)));
    return exits.done;
  },
});

/** Tells of one bond until the returned function is called. */
const follow = (session: Session, bond: Bond): (() => void) => {
  const now = (): Millis => {
    const view = bond.view();
    return view.stage === "together" ? view.now : session.clock.now();
  };
  const tell = (kind: string, from: Who, at: Millis, fields: JsonObject, text: string): void =>
    session.output.result({ kind, bond: bond.id, from, at: rfc3339(at), ...fields }, timedText(session.times.at(at, session.clock.now()), text));

  /** Whether it was told. */
  const hear = (happening: Happening): boolean => {
    const { kind, from, at, ...fields } = happening;
    const other = shownName(otherNameOf(bond.view()));
    if (isSenseName(kind)) {
      const heard = cliHalves[kind].tell(fields, { from, other, time: (time) => session.times.at(time, session.clock.now()) });
      const quiet = happening["quiet"] === true;
      if (!quiet) told.quiet.delete(kind);
      if (quiet && !session.json) {
        tellQuiet(kind, other);
        return false;
      }
      if (heard) tell(kind, from, at, { ...heard.json, ...(quiet ? { quiet } : {}) }, heard.text);
      return true;
    }
    switch (kind) {
      case "together":
        tell(
          kind,
          from,
          at,
          { name: otherNameOf(bond.view()) },
          from === "me" ? `This device is in the line with ${other} now.` : `You and ${other} are together. \`beside words\` shows six words to compare.`,
        );
        void session.wishes.fulfil(bond);
        break;
      case "ended":
        tell(kind, from, at, {}, from === "me" ? "You ended this bond." : `${other} ended this bond.`);
        break;
      // These are told from the view: they may have come before this watch.
      case "knock":
      case "latecomer":
      case "device":
      case "device-asks":
        break;
      default:
        throw new Error(`defect: ${kind} happened and has no words`);
    }
    return true;
  };

  /**
   * What comes without a cue prints nothing for a person who watches: `status` shows it. Where that was not chosen, but
   * much came without an answer, this is said once (LINK2). A program gets all of it, marked.
   */
  const tellQuiet = (kind: SenseName, other: string): void => {
    const view = bond.view();
    const isChosen = view.stage === "together" && view.grants.some(({ sense, letIn }) => sense === kind && letIn === "quiet");
    if (isChosen || told.quiet.has(kind)) return;
    told.quiet.add(kind);
    session.output.result({}, `More comes from ${other} now, without a cue. \`beside status\` shows it.`);
  };

  const told = {
    state: "",
    connection: "",
    knocks: new Set<number>(),
    asking: new Set<number>(),
    latecomer: null as Millis | null,
    notices: new Set<string>(),
    mending: null as TogetherView["mending"],
    thoughts: new Set<string>(),
    guards: new Map<string, string>(),
    /** Whose sign of life is running out. */
    few: { me: false, other: false },
    /** Senses of which more came than makes itself noticed. */
    quiet: new Set<string>(),
  };

  const look = (): void => {
    const view = bond.view();
    const at = now();
    tellZone(view);
    tellConnection(view, at);
    tellState(view, at);
    if (view.stage === "inviting") for (const knock of view.knocks) tellKnock(knock);
    if (view.stage === "together") {
      if (view.latecomerAt !== null && view.latecomerAt !== told.latecomer) {
        tell("latecomer", "other", view.latecomerAt, {}, "Someone came with the used invitation, and was turned away.");
        void bond.act({ do: "latecomer-seen" });
      }
      told.latecomer = view.latecomerAt;
      tellDevices(view);
      tellMending(view);
      for (const one of toldPromises(view)) tellGuard(view, one);
      for (const who of ["me", "other"] as const) tellFew(view, who);
    }
  };

  /** Where this device is, once for each zone that it is in; whether it leaves is for the sense and its grant to say. */
  const tellZone = (view: BondView): void => {
    if (view.stage === "together" && view.hour.here !== session.zone) void bond.act({ do: "hour", intent: { zone: session.zone } });
  };

  const tellDevices = (view: TogetherView): void => {
    const notices = view.deviceNotices.filter((notice) => !told.notices.has(JSON.stringify(notice)));
    for (const notice of notices) tellNotice(notice);
    if (notices.length > 0) void bond.act({ do: "devices-seen" });
    for (const asking of view.adding?.asking ?? []) tellAsking(asking);
  };
  const tellNotice = (notice: DeviceNotice): void => {
    told.notices.add(JSON.stringify(notice));
    tell("device", notice.who, notice.at, noticeJson(notice), noticeSentence(notice, shownName(otherNameOf(bond.view()))));
  };
  const tellAsking = ({ id, name, code }: AskingDevice): void => {
    if (told.asking.has(id)) return;
    told.asking.add(id);
    tell("device-asks", "me", now(), { id, name, code }, `"${isolate(name)}" asks to be let in as a device of yours. Its three words: ${code.join("  ")}.`);
  };

  /** What happens to a promise is told as it happens; here is how it stands meanwhile, and what this device notices itself (PROM7). */
  const tellGuard = (view: TogetherView, one: PromiseView): void => {
    const { id, state, why, by, unanswered } = one;
    if (by === null || (state === "arming" && unanswered === null)) return;
    const key = `${state} ${why} ${by} ${unanswered !== null}`;
    const before = told.guards.get(id);
    if (key === before) return;
    told.guards.set(id, key);
    // What is over when this begins is for `promises` to tell; what is settled meanwhile was told.
    const isWrong = why !== null || unanswered !== null;
    if (!isWrong && (!isRunning(one) || (state === "late" && before !== undefined))) return;
    tell("guard", one.owner, view.now, promiseJson(one), promiseSentence(one, shownName(otherNameOf(view)), view.now, session.times));
  };

  /** Its owner may do nothing but press a button, and the other nothing but wait (LIFE1). */
  const tellFew = (view: TogetherView, who: Who): void => {
    const life = view.life[who];
    const few = life?.few === true;
    if (few === told.few[who]) return;
    told.few[who] = few;
    if (few)
      tell("few", who, view.now, { ahead: life.ahead }, lifeSentences(view, shownName(otherNameOf(view)), session.times).at(who === "me" ? 0 : -1) ?? "");
  };

  const tellMending = ({ mending }: TogetherView): void => {
    if (mending === told.mending) return;
    told.mending = mending;
    tell("mending", "me", now(), { why: mending }, mending === null ? "The line is taken up again." : mendingWords[mending]);
  };

  const tellConnection = (view: BondView, at: Millis): void => {
    const { connection } = view;
    // Who was told the end needs the relay no more.
    if (view.stage === "ended" && view.told) return;
    const key = `${connection.state} ${JSON.stringify(connection.trouble)}`;
    if (key === told.connection) return;
    told.connection = key;
    tell(
      "connection",
      "me",
      at,
      connectionJson(connection),
      connection.state === "connecting" && !connection.trouble
        ? `Connecting to ${connection.relay}.`
        : connectionSentence(connection, session.clock.now(), session.times),
    );
  };

  const tellState = (view: BondView, at: Millis): void => {
    const state = stateOf(view);
    const key = `${view.stage} ${JSON.stringify(state)}`;
    if (key === told.state) return;
    told.state = key;
    const text =
      view.stage === "together"
        ? stateSentence(shownName(view.other.name), view.other.state, at, session.times)
        : view.stage === "turned-away"
          ? turnedAwayText(view)
          : view.stage === "ended"
            ? endedSentence(view, at, session.times)
            : `This is ${titleOf(view)}.`;
    tell("state", "other", at, { name: otherNameOf(view), ...state, ...(view.stage === "turned-away" ? { why: view.why } : {}) }, text);
  };

  const tellKnock = ({ id, name, at }: { readonly id: number; readonly name: string; readonly at: Millis }): void => {
    if (told.knocks.has(id)) return;
    told.knocks.add(id);
    tell("knock", "other", at, { id, name }, `${isolate(name)} is at the door. \`beside accept ${id}\` opens.`);
  };

  /** What came while nobody watched; then everything, once, is told and read. */
  const readThoughts = (): void => {
    const unseen = unseenOf(bond.view()).filter((thought) => !told.thoughts.has(thought.id));
    for (const { id, at, text, fades = false, feeling } of unseen)
      hear({ kind: "thought", from: "other", id, at, text, fades, ...(feeling ? { feeling: { ...feeling } } : {}) });
    markSeen(unseen.map((thought) => thought.id));
  };
  const markSeen = (ids: readonly string[]): void => {
    for (const id of ids) told.thoughts.add(id);
    if (ids.length > 0) void bond.act({ do: "thought", intent: { what: "seen", ids: [...ids] } });
  };

  look();
  readThoughts();
  void session.wishes.fulfil(bond);
  const stopListening = bond.listen((happening) => {
    const { kind, from, id } = happening;
    const thought = kind === "thought" && from === "other" && typeof id === "string" ? id : undefined;
    // The view may have shown it a moment before it was durable.
    if (thought !== undefined && told.thoughts.has(thought)) return;
    const isTold = hear(happening);
    if (thought !== undefined && isTold) markSeen([thought]);
  });
  const stopWatching = bond.watch(look);
  return () => {
    stopListening();
    stopWatching();
  };
};
