/** What people do about vigils, by hand, on a real relay process; and what comes of it. */
import { toBase64url } from "../base/bytes.ts";
import type { Millis } from "../base/brand.ts";
import type { FrameOf } from "../protocol/frames.ts";
import { readFiring, readReceipt, type Firing, type Receipt } from "../protocol/receipt.ts";
import { body, lineOf } from "./core/test-kit.ts";
import { wallNow, type Device } from "./process-test-kit.ts";

type Rungs = FrameOf<"arm">["rungs"];
type Act = FrameOf<"arm"> | FrameOf<"renew"> | FrameOf<"refresh"> | FrameOf<"lift"> | FrameOf<"show">;
type Turn = Pick<FrameOf<"arm">, "opens" | "keeper" | "rungs">;

export const vigilOf = (name: number): Uint8Array => new Uint8Array(16).fill(name);

/** One rung, the envelope, at the due. */
const turnOf = (due: Millis, fill = 1, over: Partial<Turn> = {}): Turn => ({
  opens: null,
  keeper: null,
  rungs: [{ kind: "envelope", due, body: body(fill) }] satisfies Rungs,
  ...over,
});
export const armOf = (name: number, due: Millis, over: Partial<FrameOf<"arm">> = {}): FrameOf<"arm"> => ({
  type: "arm",
  ask: name,
  vigil: vigilOf(name),
  due,
  ...turnOf(due, name),
  ...over,
});
export const renewOf = ({ vigil, turn, due }: Receipt, next: Millis, fill = 1): FrameOf<"renew"> => ({
  type: "renew",
  ask: 0,
  vigil,
  turn,
  due,
  next,
  ...turnOf(next, fill),
});
export const liftOf = ({ vigil, turn, due }: Receipt): FrameOf<"lift"> => ({ type: "lift", ask: 0, vigil, turn, due });

const read = async (device: Device, line: string, raw: Uint8Array): Promise<Receipt> => {
  const receipt = readReceipt((await device.challenge()).relay, lineOf(line), raw);
  if (!receipt) throw new Error("a receipt of this relay and line");
  return receipt;
};

/** The answer to one act, while no other waits; the code of a refusal. */
export const act = async (device: Device, line: string, frame: Act): Promise<{ readonly done: boolean; readonly is: Receipt } | string> => {
  device.send(frame);
  const answer = await device.next("receipt", "refused");
  return answer.type === "refused" ? answer.code : { done: answer.done, is: await read(device, line, answer.receipt) };
};
/** The same where it is done. */
export const done = async (device: Device, line: string, frame: Act): Promise<Receipt> => {
  const answer = await act(device, line, frame);
  if (typeof answer === "string" || !answer.done) throw new Error(`not done: ${typeof answer === "string" ? answer : answer.is.state}`);
  return answer.is;
};

/** Fresh receipts of all, by the first byte of their names. `count`: how many there are, two at least: what is told without asking is one at a time. */
export const check = async (device: Device, line: string, count: number): Promise<ReadonlyMap<number, Receipt>> => {
  device.send({ type: "check" });
  for (;;) {
    const { items } = await device.next("receipts");
    if (items.length !== count) continue;
    const all = await Promise.all(items.map((raw) => read(device, line, raw)));
    return new Map(all.map((receipt) => [receipt.vigil[0] ?? 0, receipt]));
  }
};

export const press = async (url: string, secret: Uint8Array): Promise<number> =>
  (await fetch(`${url}/vigils/renew`, { method: "POST", headers: { Authorization: `Bearer ${toBase64url(secret)}` } })).status;

/** What rungs left, as it comes to a device that is open; kept for one who opens again after `seq`. */
export const createEars = async (device: Device, line: string) => {
  const heard: (Firing & { readonly arrived: Millis })[] = [];
  const { relay } = await device.challenge();
  let tell: (() => void) | undefined;
  let seq = 0;
  const listen = (to: Device): void => {
    to.listener = (frame) => {
      if (frame.type !== "entries") return false;
      for (const item of frame.items) {
        seq = item.seq;
        const firing = item.kind === "fired" ? readFiring(relay, lineOf(line), item.body) : undefined;
        if (firing) heard.push({ ...firing, arrived: wallNow() });
      }
      tell?.();
      return true;
    };
  };
  listen(device);
  return {
    heard,
    listen,
    /** The last place of the log that it was told of. */
    seq: (): number => seq,
    /** Names of vigils that fired, in order. */
    names: (): readonly number[] => heard.map(({ vigil }) => vigil[0] ?? 0),
    /** Resolves once so many rungs were heard of. */
    until: (count: number): Promise<void> =>
      new Promise((resolve) => {
        tell = () => heard.length >= count && resolve();
        tell();
      }),
  };
};
