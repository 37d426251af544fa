/** Waiting for a bond, always bounded and always ended by the asker's going; and saying honestly how it went. */
import type { Millis } from "../base/brand.ts";
import type { Bond } from "../line/home.ts";
import type { ActResult, Trouble } from "../line/state.ts";
import type { Act, BondView } from "../line/view.ts";
import { chooseBond } from "./bond-choice.ts";
import { exits, type Exit, type Session } from "./command.ts";
import {
  actWords,
  endCannot,
  endUntold,
  mendingWords,
  notSyncedCode,
  notSyncedText,
  troubleCode,
  troubleExit,
  troubleText,
  troubleWords,
  turnedAwayText,
} from "./words.ts";

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
  const settleOnce = (): Promise<boolean> => Promise.race([bond.settled(session.patience()), gone]);
  const settle = async (): Promise<boolean> => {
    if (isAsking(bond.view())) return asked(session, bond);
    while (await settleOnce()) {
      if (!isCatchingUp(bond.view())) return true;
      if (!(await until(session, bond, (view) => (isCatchingUp(view) ? undefined : true), session.patience()))) return false;
    }
    return false;
  };
  const settled = await settle();
  const said = await orStuck(bond, session.wishes.fulfil(bond));
  const done = settled && said === true ? await settle() : settled;
  if (done) await backedUp(session, bond);
  return done;
};

/** At the door of my own other device there is nothing to be level with: it is heard, or not. */
const isAsking = (view: BondView): boolean => view.stage === "arriving" && view.step !== "fetching";
const asked = async (session: Session, bond: Bond): Promise<boolean> => {
  const isHeard = ({ connection }: BondView): boolean => connection.state === "online" || connection.trouble !== null;
  await until(session, bond, (view) => (!isAsking(view) || isHeard(view) ? true : undefined), session.patience());
  const { connection } = bond.view();
  return connection.state === "online" && connection.trouble === null;
};

/** The line is being taken up again, or what was kept is still on its way: nothing is level with anything yet. */
const isCatchingUp = (view: BondView): boolean =>
  (view.stage === "together" && view.mending !== null) || ((view.stage === "together" || view.stage === "arriving") && view.transfer?.what === "fetching");

/** The first backup on the line is not left half done by a command that ends (LOSE1: from the first minute). */
const backedUp = async (session: Session, bond: Bond): Promise<void> => {
  const isFirst = (view: BondView): boolean => view.stage === "together" && view.backup.at === null && view.backup.behind;
  if (!isFirst(bond.view())) return;
  await wholly(bond);
  await until(session, bond, (view) => (view.stage === "together" && view.transfer !== null && isFirst(view) ? undefined : true), session.patience());
};

/** Resolves when all that follows from what came and was said until now is done: an act is answered after it. */
export const wholly = async (bond: Bond): Promise<void> => {
  await orStuck(bond, bond.act({ do: "try-now" }));
};

/** A plain yes on standard input; whatever else it is, or nothing at all, is none. */
export const isConfirmed = async (session: Session, question: string): Promise<boolean> => /^\s*y(es)?\s*$/i.test((await session.ask(question)) ?? "");

/** For the state's trouble and the connection: why the relay does not have it, and what will happen. */
export const tellNotSynced = (session: Session, bond: Bond): Exit => {
  const view = bond.view();
  const { trouble, waiting } = view.connection;
  // What it is doing about it says more than how the connection is.
  const mending = !trouble && view.stage === "together" && view.connection.state !== "offline" ? view.mending : null;
  if (view.stage === "ended" && view.cannot) {
    session.output.problem(view.cannot, endCannot[view.cannot]);
    return exits.refused;
  }
  if (view.stage === "ended" && !view.told) {
    session.output.problem(
      trouble ? troubleCode(trouble) : notSyncedCode(view.connection),
      `${trouble ? troubleText(trouble) : notSyncedText(view.connection)} ${endUntold}`,
    );
    return trouble ? troubleExit(trouble) : exits.later;
  }
  const text = trouble ? troubleText(trouble) : mending ? mendingWords[mending] : notSyncedText(view.connection);
  const exit = trouble ? troubleExit(trouble) : exits.later;
  const kept =
    exit === exits.later && waiting > 0 && !troubleSaysSo(trouble)
      ? ` ${waiting === 1 ? "What you said is" : `${waiting} things are`} kept here and ${waiting === 1 ? "goes" : "go"} with the next command.`
      : "";
  session.output.problem(trouble ? troubleCode(trouble) : mending ? "mending" : notSyncedCode(view.connection), `${text}${kept}`);
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

/** The bond that is meant, where the two are together; else what was said instead. */
export const togetherBond = async (session: Session): Promise<Bond | Exit> => {
  const bond = chooseBond(session, ["together"]);
  if (typeof bond === "number") return bond;
  return (await needTogether(session, bond)) ? bond : exits.refused;
};

/** Where the two have to be together: syncs when that may still have to come in, and says so when they are not. */
export const needTogether = async (session: Session, bond: Bond): Promise<boolean> => {
  if (bond.view().stage === "together") return true;
  const synced = await sync(session, bond);
  const view = bond.view();
  if (view.stage === "together") return true;
  if (view.stage === "ended") session.output.problem("ended", actWords.ended);
  else if (view.stage === "turned-away") session.output.problem(view.why, turnedAwayText(view));
  else if (view.stage === "arriving") session.output.problem("arriving", "This device is not let in yet. `beside status` says what is missing.");
  else if (synced) session.output.problem("not-together", actWords["not-together"]);
  else session.output.problem("not-together", `${actWords["not-together"]} ${notSyncedText(view.connection)}`);
  return false;
};
