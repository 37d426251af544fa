/** `device add`, `device list`, `device remove`, `device vouch`: my devices, from one that is in the line. */
import { err, ok, type Result } from "../../base/result.ts";
import type { Bond } from "../../line/home.ts";
import type { AddingView, AskingDevice, DeviceView, TogetherView } from "../../line/view.ts";
import { command, exits, type Exit, type Session } from "../command.ts";
import { askingJson, deviceLines, deviceName, devicesJson } from "../devices.ts";
import { isolate } from "../isolate.ts";
import { linkText } from "../link-text.ts";
import { readSeconds } from "../seconds.ts";
import { shownName } from "../sentences.ts";
import { rfc3339 } from "../times.ts";
import { isConfirmed, perform, sync, tellNotSynced, togetherBond, until, wholly } from "../waiting.ts";
import { actWords, troubleCode, troubleExit, troubleText } from "../words.ts";

/** As long as the relay keeps the door open. */
const usualWait = 600;

export const deviceList = command({
  usage: "device list",
  summary: "list the devices of both of you",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    const synced = await sync(session, bond);
    const view = togetherOf(bond);
    if (!view) return tellNotSynced(session, bond);
    const lines = (title: string, devices: readonly DeviceView[]): string[] => [title, ...deviceLines(devices, view.now, session.times)];
    const text = [...lines("Yours:", view.devices.mine), ...lines(`${shownName(view.other.name)}:`, view.devices.theirs)].join("\n");
    session.output.result({ bond: bond.id, ...devicesJson(view.devices) }, text);
    return synced ? exits.done : tellNotSynced(session, bond);
  },
});

export const deviceAdd = command({
  usage: "device add [--yes] [--wait SECONDS]   (with --yes or --json, the new device's three words on standard input)",
  summary: "show a link for another device of yours, and let that one in",
  flags: { yes: { type: "boolean" }, wait: { type: "string" } },
  serves: true,
  repeatable: false,

  read: ({ values }) => {
    const wait = typeof values["wait"] === "string" ? readSeconds(values["wait"]) : usualWait;
    return wait === undefined ? err("--wait wants a number of seconds.") : ok({ yes: values["yes"] === true, wait });
  },

  run: async (session, { yes, wait }) => {
    const bond = await togetherBond(session);
    if (typeof bond === "number") return bond;
    if (!(await sync(session, bond))) return tellNotSynced(session, bond);
    await wholly(bond);
    const known = new Set(togetherOf(bond)?.devices.mine.map(({ index }) => index));
    const began = await perform(session, bond, { do: "add-device" });
    if (typeof began === "number") return began;
    const end = session.clock.monotonic() + wait * 1000;
    const left = (): number => Math.max(0, end - session.clock.monotonic());
    const exit = await letOneIn(session, bond, session.json || yes ? "match" : "ask", left);
    if (exit !== undefined) {
      await bond.act({ do: "stop-adding" });
      return exit;
    }
    return tellAdded(session, bond, known, left());
  },
});

/** `undefined` once one was let in. */
const letOneIn = async (session: Session, bond: Bond, how: "match" | "ask", left: () => number): Promise<Exit | undefined> => {
  const door = await until(session, bond, () => openDoor(bond), session.patience());
  if (!door) return tellNotSynced(session, bond);
  if (door === "closed") return tellDoor(session, bond);
  const { link, expires } = door;
  const { at } = session.times;
  session.output.result(
    { bond: bond.id, link, expires: rfc3339(expires) },
    `Open this link with Beside on the other device, with \`beside device join\` or in the app. It is for a device of your own and lasts until ${at(expires, session.clock.now())}:\n\n${linkText(link, session.terminal)}\nThis waits for it.`,
  );
  const wanted = how === "match" ? readWords(session) : undefined;
  const seen = new Set<number>();
  for (;;) {
    const asking = await until(session, bond, () => nextAsking(bond, seen), left());
    if (asking === "closed") return tellDoor(session, bond);
    if (!asking) {
      if (session.stop.aborted) return exits.refused;
      session.output.problem("nobody-asked", "No device was let in. `beside device add` opens the door again.");
      return exits.refused;
    }
    seen.add(asking.id);
    session.output.result(
      { bond: bond.id, asks: askingJson(asking) },
      `"${isolate(asking.name)}" asks to be let in. It is not recognised yet, and has been given nothing. Its three words:\n\n  ${asking.code.join("  ")}\n\nCompare them with the ones on its screen.`,
    );
    const isIt = await Promise.race([
      wanted ? isMatch(asking, wanted) : isConfirmed(session, "Are they the same, and is it yours: let it in? [y/N] "),
      closing(session, bond, left),
    ]);
    if (isIt === "closed") return tellDoor(session, bond);
    if (isIt === "no-words") {
      session.output.problem("no-words", "The three words of the new device come on standard input, in one line. Without them nobody is let in.");
      return exits.usage;
    }
    if (isIt) {
      const done = await perform(session, bond, { do: "let-in", asking: asking.id });
      return typeof done === "number" ? done : undefined;
    }
    session.output.problem("not-let-in", `"${isolate(asking.name)}" was not let in. This waits on.`);
  }
};

const openDoor = (bond: Bond): { readonly link: string; readonly expires: number } | "closed" | undefined => {
  const adding = addingOf(bond);
  if (!adding) return "closed";
  return adding.link !== null && adding.expires !== null ? { link: adding.link, expires: adding.expires } : undefined;
};

const nextAsking = (bond: Bond, seen: ReadonlySet<number>): AskingDevice | "closed" | undefined => {
  const adding = addingOf(bond);
  return adding ? adding.asking.find(({ id }) => !seen.has(id)) : "closed";
};

const closing = async (session: Session, bond: Bond, left: () => number): Promise<"closed" | false> =>
  (await until(session, bond, () => (addingOf(bond) ? undefined : "closed"), left())) ?? false;

const readWords = async (session: Session): Promise<string | undefined> =>
  (await session.ask(""))
    ?.toLowerCase()
    .match(/[a-z]+/g)
    ?.join(" ");

const isMatch = async ({ code }: AskingDevice, wanted: Promise<string | undefined>): Promise<boolean | "no-words"> => {
  const words = await wanted;
  return words === undefined ? "no-words" : words === code.join(" ");
};

const tellDoor = (session: Session, bond: Bond): Exit => {
  const { trouble } = bond.view().connection;
  if (trouble) session.output.problem(troubleCode(trouble), troubleText(trouble));
  else session.output.problem("door-closed", "The relay closed the door. `beside device add` opens it again.");
  return trouble ? troubleExit(trouble) : exits.refused;
};

/** It is in the line, and what it begins with waits for it: this device need not go on running for that. */
const tellAdded = async (session: Session, bond: Bond, known: ReadonlySet<number>, within: number): Promise<Exit> => {
  const newOne = (): DeviceView | undefined => togetherOf(bond)?.devices.mine.find(({ index }) => !known.has(index));
  const isDone = (): "done" | "gone" | undefined => {
    const view = togetherOf(bond);
    if (!view || view.adding) return undefined;
    if (!newOne()) return "gone";
    return view.backup.behind ? undefined : "done";
  };
  const done = await until(session, bond, isDone, within);
  const device = newOne();
  if (!device) {
    const { trouble } = bond.view().connection;
    if (done === "gone" && trouble) return tellDoor(session, bond);
    session.output.problem("not-added", "It was let in, and did not come to be in the line in time. Try once more: `beside device add`.");
    await bond.act({ do: "stop-adding" });
    return exits.refused;
  }
  await wholly(bond);
  const synced = await sync(session, bond);
  session.output.result(
    { bond: bond.id, added: { index: device.index, name: device.name } },
    `${device.name === "" ? "The device" : `"${isolate(device.name)}"`} is in the line now${done === undefined || !synced ? "; what was kept follows while a command runs here" : ", with everything that was kept"}. Both of you are shown that. For a day it may not remove other devices, unless you vouch for it: \`beside device vouch ${device.index}\`.`,
  );
  return done !== undefined && synced ? exits.done : exits.later;
};

export const deviceRemove = command({
  usage: "device remove INDEX [--yes]",
  summary: "shut a device of yours out of the line",
  flags: { yes: { type: "boolean" } },
  words: 1,
  repeatable: false,
  read: ({ words: [typed], values }) => readIndex(typed, "remove", { yes: values["yes"] === true }),

  run: async (session, { index, yes }) => {
    const found = await findDevice(session, index);
    if (typeof found === "number") return found;
    const { bond, device } = found;
    if (device.here) {
      session.output.problem("this-device", "This is the device that you are on. Another one of yours can shut it out, or the twelve words: `beside restore`.");
      return exits.refused;
    }
    const called = deviceName(device);
    if (!yes) {
      if (session.json) {
        session.output.problem("not-confirmed", "--yes says that it is meant.");
        return exits.usage;
      }
      session.output.result(
        {},
        `${called} will be shut out at once: it keeps what it has, and learns nothing that comes after. Both of you are shown that it was removed. To come back it has to be added anew.`,
      );
      if (!(await isConfirmed(session, "Remove it? [y/N] "))) {
        session.output.problem("not-confirmed", "Nothing was changed.");
        return exits.refused;
      }
    }
    const done = await perform(session, bond, { do: "remove-device", device: index });
    if (typeof done === "number") return done;
    const isGone = (): boolean => !togetherOf(bond)?.devices.mine.some((one) => one.index === index);
    await until(session, bond, () => (isGone() || bond.view().connection.trouble ? true : undefined), session.patience());
    // The others get a new key of their own; what is said from now on is under it.
    await wholly(bond);
    const synced = await sync(session, bond);
    if (isGone()) {
      session.output.result({ bond: bond.id, removed: { index, name: device.name } }, `${called} is shut out.`);
      return synced ? exits.done : tellNotSynced(session, bond);
    }
    const exit = tellNotSynced(session, bond);
    if (exit === exits.later) session.output.result({ bond: bond.id, removed: null }, `${called} is shut out as soon as the relay can be reached.`);
    return exit;
  },
});

export const deviceVouch = command({
  usage: "device vouch INDEX",
  summary: "confirm a new device of yours: it may do everything at once",
  words: 1,
  repeatable: false,
  read: ({ words: [typed] }) => readIndex(typed, "vouch", {}),

  run: async (session, { index }) => {
    const found = await findDevice(session, index);
    if (typeof found === "number") return found;
    const { bond, device } = found;
    const json = { bond: bond.id, vouched: { index, name: device.name } };
    if (device.newUntil === null) {
      session.output.result(json, `${deviceName(device)} may do everything already.`);
      return exits.done;
    }
    const done = await perform(session, bond, { do: "vouch", device: index });
    if (typeof done === "number") return done;
    const synced = await sync(session, bond);
    session.output.result(json, `You vouched for ${deviceName(device)}: it may do everything now.`);
    return synced ? exits.done : tellNotSynced(session, bond);
  },
});

const readIndex = <More extends object>(typed: string | undefined, what: string, more: More): Result<More & { readonly index: number }, string> =>
  typed !== undefined && /^\d{1,3}$/.test(typed)
    ? ok({ index: Number(typed), ...more })
    : err(`device ${what} wants the number of a device: \`beside device list\` shows it.`);

/** With the list of devices as the relay has it now. */
const findDevice = async (session: Session, index: number): Promise<{ readonly bond: Bond; readonly device: DeviceView } | Exit> => {
  const bond = await togetherBond(session);
  if (typeof bond === "number") return bond;
  await sync(session, bond);
  const device = togetherOf(bond)?.devices.mine.find((one) => one.index === index);
  if (device) return { bond, device };
  session.output.problem("no-such-device", actWords["no-such-device"]);
  return exits.refused;
};

const togetherOf = (bond: Bond): TogetherView | undefined => {
  const view = bond.view();
  return view.stage === "together" ? view : undefined;
};
const addingOf = (bond: Bond): AddingView | null => togetherOf(bond)?.adding ?? null;
