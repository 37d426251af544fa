/** Waiting for a bond, always bounded and always ended by the asker's going; and saying honestly how it went. */
import type { Millis } from "../base/brand.ts";
import type { Bond } from "../line/home.ts";
import type { ActResult, Trouble } from "../line/state.ts";
import type { Act, BondView } from "../line/view.ts";
import { exits, type Exit, type Session } from "./command.ts";
import { actWords, notSyncedCode, notSyncedText, troubleCode, troubleExit, troubleText, troubleWords, turnedAwayWords } from "./words.ts";

/** The first thing that `pick` finds in the view; `undefined` after `within`, or when the asker goes. */
export const until = <T>(session: Session, bond: Bond, pick: (view: BondView) => T | undefined, within: Millis): Promise<T | undefined> =>
  new Promise((resolve) => {
    const done = (found: T | undefined): void => {
      stopWatching();
      cancel();
      session.stop.removeEventListener("abort", giveUp);
      resolve(found);
    };
    const giveUp = (): void => done(undefined);
    const stopWatching = bond.watch(() => {
      const found = pick(bond.view());
      if (found !== undefined) done(found);
    });
    const cancel = session.timer.after(within, giveUp);
    session.stop.addEventListener("abort", giveUp);
    const found = pick(bond.view());
    if (found !== undefined) done(found);
    else if (session.stop.aborted) giveUp();
  });

/** Gets what is new and sends what waits. Also does what was wished for a bond that came to be meanwhile. */
export const sync = async (session: Session, bond: Bond): Promise<boolean> => {
  const gone = new Promise<false>((resolve) => {
    if (session.stop.aborted) resolve(false);
    session.stop.addEventListener("abort", () => resolve(false), { once: true });
  });
  const settle = (): Promise<boolean> => Promise.race([bond.settled(session.patience()), gone]);
  const settled = await settle();
  const said = await orStuck(bond, session.wishes.fulfil(bond));
  return settled && said === true ? settle() : settled;
};

/** For the state's trouble and the connection: why the relay does not have it, and what will happen. */
export const tellNotSynced = (session: Session, bond: Bond): Exit => {
  const view = bond.view();
  const { trouble, waiting } = view.connection;
  const text = trouble ? troubleText(trouble) : notSyncedText(view.connection);
  const exit = trouble ? troubleExit(trouble) : exits.later;
  const kept =
    exit === exits.later && waiting > 0 && !troubleSaysSo(trouble)
      ? ` ${waiting === 1 ? "What you said is" : `${waiting} things are`} kept here and ${waiting === 1 ? "goes" : "go"} with the next command.`
      : "";
  session.output.problem(trouble ? troubleCode(trouble) : notSyncedCode(view.connection), `${text}${kept}`);
  return exit;
};

const troubleSaysSo = (trouble: Trouble | null): boolean => trouble?.is === "refused";

/** The end of a command that said something: the relay has it, or it goes later. */
export const finish = async (session: Session, bond: Bond): Promise<Exit> => ((await sync(session, bond)) ? exits.done : tellNotSynced(session, bond));

/** What is being done, or that this device's disk keeps nothing now: an act would then never be answered. */
const orStuck = async <T>(bond: Bond, doing: Promise<T>): Promise<T | StorageTrouble> => {
  let stopWatching = (): void => undefined;
  const stuck = new Promise<StorageTrouble>((resolve) => {
    const look = (): void => {
      const is = bond.view().connection.trouble?.is;
      if (is === "storage-full" || is === "storage-gone") resolve(is);
    };
    stopWatching = bond.watch(look);
    look();
  });
  return Promise.race([doing, stuck]).finally(() => stopWatching());
};
type StorageTrouble = Extract<Trouble["is"], "storage-full" | "storage-gone">;

/** Does it durably, or says why not and answers with how to end. */
export const perform = async (session: Session, bond: Bond, act: Act): Promise<{ readonly id: string | undefined } | Exit> => {
  const result = await orStuck(bond, bond.act(act));
  if (typeof result === "string") {
    session.output.problem(result, `${troubleWords[result]} What you said was not kept.`);
    return exits.refused;
  }
  return result.ok ? { id: result.id } : tellRefused(session, result);
};

const tellRefused = (session: Session, { why }: Extract<ActResult, { ok: false }>): Exit => {
  session.output.problem(why, actWords[why]);
  return exits.refused;
};

/** Where the two have to be together: syncs when that may still have to come in, and says so when they are not. */
export const needTogether = async (session: Session, bond: Bond): Promise<boolean> => {
  if (bond.view().stage === "together") return true;
  const synced = await sync(session, bond);
  const view = bond.view();
  if (view.stage === "together") return true;
  if (view.stage === "ended") session.output.problem("ended", actWords.ended);
  else if (view.stage === "turned-away") session.output.problem(view.why, turnedAwayWords[view.why]);
  else if (synced) session.output.problem("not-together", actWords["not-together"]);
  else session.output.problem("not-together", `${actWords["not-together"]} ${notSyncedText(view.connection)}`);
  return false;
};
