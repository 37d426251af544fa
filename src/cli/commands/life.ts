/**
 * `life`, `sign` and `sign-key`: a sign of life, every day in a window (LIFE1). One press from any device is enough; so is the key
 * of a button in the house, which can do that and nothing else.
 */
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { err, ok, type Result } from "../../base/result.ts";
import { toBase64url } from "../../base/bytes.ts";
import type { Bond } from "../../line/home.ts";
import type { PromiseView, TogetherView } from "../../line/view.ts";
import { promiseCap } from "../../senses/promise/promised.ts";
import { command, exits, type Exit, type Session } from "../command.ts";
import { isRunning, lifeSentences, livesJson, untilAnswered } from "../promises.ts";
import { shownName } from "../sentences.ts";
import { otherNameOf } from "../status.ts";
import { readWhen } from "../times.ts";
import { finish, perform, togetherBond } from "../waiting.ts";
import { sealedNoteText } from "../words.ts";
import { ladderFlags, readLadder, readNote, type Ladder } from "./promise.ts";

interface Window extends Ladder {
  /** Minutes of the day, in the zone of whoever asks. */
  readonly from: number;
  readonly to: number;
  readonly note: boolean;
}

const usualWords = "All is well.";

export const life = command({
  usage: `life --from HH:MM --to HH:MM [--grace D] [--release D] [--note] | life off
  Standard input: words for it in one line, or an empty one; with --note, then the note.
  A day off: withdraw the next window, whose id \`promises\` names.`,
  summary: "give a sign of life every day in a window of this device's zone; `off` ends that",
  words: 1,
  flags: { from: { type: "string" }, to: { type: "string" }, ...ladderFlags },
  repeatable: false,

  read: ({ words: [off], values }): Result<Window | "off", string> => {
    if (off !== undefined) return off === "off" && values["from"] === undefined ? ok("off") : err("life wants --from and --to, or off.");
    const [from, to] = [minutesOf(values["from"]), minutesOf(values["to"])];
    if (from === undefined || to === undefined || from === to) return err("life wants --from HH:MM and --to HH:MM, or off.");
    const ladder = readLadder(values["grace"], values["release"]);
    return ladder.ok ? ok({ from, to, note: values["note"] === true, ...ladder.value }) : ladder;
  },

  run: async (session, window) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const view = bond.view();
    const mine = view.stage === "together" ? view.life.me : null;
    if (window === "off") return mine ? end(session, bond, mine.id) : none(session);
    if (mine) return refuse(session, "settled", "You give a sign of life already. `beside life off` ends it first.");
    return begin(session, bond, window);
  },
});

const minutesOf = (typed: string | boolean | undefined): number | undefined => {
  const when = typeof typed === "string" ? readWhen(typed) : undefined;
  return when?.is === "clock" ? when.minutes : undefined;
};

const refuse = (session: Session, code: string, text: string): Exit => {
  session.output.problem(code, text);
  return exits.refused;
};

const none = (session: Session): Exit => refuse(session, "no-life", "You give no sign of life. `beside life --from HH:MM --to HH:MM` begins.");

const begin = async (session: Session, bond: Bond, { from, to, grace, release, note: hasNote }: Window): Promise<Exit> => {
  const typed = (await session.ask("Words for it (or nothing): "))?.trim() ?? "";
  if (Buffer.byteLength(typed) > promiseCap) return refuse(session, "too-long", `That is too long: it holds ${promiseCap} bytes.`);
  const note = hasNote ? await readNote(session, "The note, then Ctrl-D:\n") : null;
  if (typeof note === "number") return note;
  const intent = { what: "live", words: typed === "" ? usualWords : typed, zone: session.zone, from, to, grace, release, note } as const;
  const done = await perform(session, bond, { do: "promise", intent });
  if (typeof done === "number") return done;
  return tellLife(session, bond, note === null ? "" : `\n${sealedNoteText(shownName(otherNameOf(bond.view())))}`);
};

const end = async (session: Session, bond: Bond, id: string): Promise<Exit> => {
  const done = await perform(session, bond, { do: "promise", intent: { what: "live-off", id } });
  if (typeof done === "number") return done;
  return tellLife(session, bond, "You give no sign of life any more.");
};

/** The relay has every window, or none. */
const tellLife = async (session: Session, bond: Bond, more: string): Promise<Exit> => {
  const exit = await finish(session, bond);
  if (exit === exits.done) await untilAnswered(session, bond);
  const view = together(bond);
  session.output.result(
    { bond: bond.id, life: view ? livesJson(view) : null },
    view?.life.me ? `${lifeSentences(view, shownName(view.other.name), session.times)[0] ?? ""}${more}` : more.trim(),
  );
  return exit;
};

const together = (bond: Bond): TogetherView | undefined => {
  const view = bond.view();
  return view.stage === "together" ? view : undefined;
};

export const sign = command({
  usage: "sign",
  summary: "today: yes. Your sign of life, for the window that is open",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const given = givenNow(together(bond));
    if (given) {
      session.output.result(
        { bond: bond.id, signed: true, confirmed: !given.unconfirmed },
        `Today: yes, already. ${given.unconfirmed ? "Not yet at the relay." : "The relay has it."}`,
      );
      return given.unconfirmed ? exits.later : exits.done;
    }
    const done = await perform(session, bond, { do: "promise", intent: { what: "sign" } });
    if (typeof done === "number") return done;
    session.kept({ bond: bond.id, signed: true }, "Today: yes.");
    const exit = await finish(session, bond);
    if (exit === exits.done) await untilAnswered(session, bond);
    const view = together(bond);
    const confirmed = exit === exits.done && !view?.promises.some((one) => one.life !== null && one.owner === "me" && one.unconfirmed);
    session.output.result({ bond: bond.id, signed: true, confirmed }, confirmed ? "Today: yes. The relay has it." : "Today: yes. Not yet at the relay.");
    return exit === exits.done && !confirmed ? exits.later : exit;
  },
});

/** The window that is open was kept before, and none that was missed waits for a press. */
const givenNow = (view: TogetherView | undefined): PromiseView | undefined => {
  const windows = view?.promises.filter((one) => one.life !== null && one.owner === "me" && (one.opens ?? Infinity) <= view.now) ?? [];
  return windows.some(isRunning) ? undefined : windows.find((one) => one.state === "kept" && (one.by ?? 0) > (view?.now ?? 0));
};

export const signKey = command({
  usage: `sign-key FILE [--new]
  A button in the house then presses with: curl --fail-with-body -X POST -H @FILE RELAY/vigils/renew
  --new makes another key: one that was made before keeps no window any more. It goes with the device it was made on.`,
  summary: "write the key of your sign of life to a file: it can give the sign, and nothing else",
  words: 1,
  flags: { new: { type: "boolean" } },
  repeatable: false,
  read: ({ words: [file], values, resolve }) =>
    file === undefined || file === "" ? err("sign-key wants a file to write.") : ok({ file: resolve(file), isNew: values["new"] === true }),

  run: async (session, { file, isNew }) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    if (!together(bond)?.life.me) return none(session);
    if (isNew) {
      // Nothing stops working for a file that cannot be written.
      if (existsSync(file)) return refuse(session, "file", fileIsThere);
      const done = await perform(session, bond, { do: "promise", intent: { what: "sign-key" } });
      if (typeof done === "number") return done;
      const exit = await finish(session, bond);
      if (exit === exits.done) await untilAnswered(session, bond);
    }
    const key = session.home.signKey(bond.id);
    if (!key) return refuse(session, "elsewhere", elsewhere);
    const wrong = await writeAlone(file, `Authorization: Bearer ${toBase64url(key.expose())}\n`);
    if (wrong !== undefined) return refuse(session, "file", wrong);
    const url = `${bond.view().connection.relay}/vigils/renew`;
    session.output.result(
      { bond: bond.id, file, url },
      `Written, for you alone to read. In a window: curl --fail-with-body -X POST -H @FILE ${url}\nWhoever has the file can say "today: yes" for you, and nothing else. \`beside life off\` ends it, and so does removing this device.`,
    );
    return exits.done;
  },
});

const elsewhere =
  "The key of your sign of life is on the device that made it, and nowhere else. `beside sign-key FILE --new` makes another on this one; a button with the earlier key keeps no window then.";
const fileIsThere = "That file is there already, and is left as it is. Choose another.";

/** A new file that its owner alone can read; why not, in a sentence. */
const writeAlone = async (path: string, text: string): Promise<string | undefined> => {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error && "code" in error)) throw error;
    return error.code === "EEXIST" ? fileIsThere : `That file cannot be written (${String(error.code)}).`;
  }
};
