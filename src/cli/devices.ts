/** Devices as people and programs read them: whose, how they are called, and what happened to them. */
import { exhaustive } from "../base/exhaustive.ts";
import type { Millis } from "../base/brand.ts";
import type { AskingDevice, DeviceNotice, DeviceView, TogetherView } from "../line/view.ts";
import type { JsonObject } from "./json.ts";
import { isolate } from "./isolate.ts";
import { rfc3339, type Times } from "./times.ts";

const deviceJson = ({ index, name, since, here, newUntil }: DeviceView): JsonObject => ({
  index,
  name: name === "" ? null : name,
  since: since === null ? null : rfc3339(since),
  here,
  newUntil: newUntil === null ? null : rfc3339(newUntil),
});

export const devicesJson = ({ mine, theirs }: TogetherView["devices"]): JsonObject => ({ mine: mine.map(deviceJson), theirs: theirs.map(deviceJson) });

export const noticeJson = ({ is, who, at, name }: DeviceNotice): JsonObject => ({ is, from: who, at: rfc3339(at), name: name === "" ? null : name });

export const askingJson = ({ id, name, code }: AskingDevice): JsonObject => ({ id, name, code });

/** A device in a sentence. */
export const deviceName = ({ index, name }: Pick<DeviceView, "index" | "name">): string => (name === "" ? `device ${index}` : `"${isolate(name)}"`);

export const deviceLines = (devices: readonly DeviceView[], now: Millis, times: Times): string[] =>
  devices.map(({ index, name, since, here, newUntil }) => {
    const parts = [
      ...(name === "" ? [] : [isolate(name)]),
      ...(since === null ? [] : [`since ${times.at(since, now)}`]),
      ...(here ? ["this one"] : []),
      ...(newUntil === null ? [] : [`new until ${times.at(newUntil, now)}`]),
    ];
    return `  ${String(index).padStart(2)}  ${parts.length === 0 ? "since before this device knows" : parts.join(", ")}`;
  });

/** What both sides are shown of it (DEV1). `other`: the other's name, ready to begin a sentence. */
export const noticeSentence = ({ is, who, name }: DeviceNotice, other: string): string => {
  const called = name === "" ? "" : `, "${isolate(name)}"`;
  switch (is) {
    case "added":
      return who === "me" ? `A device of yours was added${called}.` : `${other} added a device.`;
    case "removed":
      return who === "me" ? `A device of yours was taken out of the line${called}.` : `${other} took a device out of the line.`;
    case "restored":
      return who === "me"
        ? "You came back with the twelve words; your earlier devices are shut out."
        : `${other} came back with the twelve words, on a new device; the earlier ones are shut out. If you did not expect that, ask in person or on a call.`;
    case "again":
      return who === "me" ? "A device of yours took the line up again, with new keys." : `${other} took the line up again, with new keys.`;
    default:
      return exhaustive(is);
  }
};
