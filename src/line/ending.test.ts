import { describe, expect, it } from "vitest";
import { Secret } from "../base/secret.ts";
import { certifyEnd, readEnd } from "../protocol/certificate.ts";
import { frameTypes } from "../protocol/frames.ts";
import { publicKey } from "../protocol/keys.ts";
import type { Cbor } from "../protocol/cbor.ts";
import { bytes, context, laptop, now, state, openLink } from "./bond.testing.ts";
import { decodeDurable, durableOf, encodeDurable } from "./durable.ts";
import type { Effect } from "./event.ts";
import { keptKey } from "./entry.ts";
import { canTell, wiped } from "./ending.ts";
import { hearOwn } from "./own-entries.ts";
import { sealOwn } from "./own.ts";
import { step } from "./step.ts";
import type { State } from "./state.ts";
import { viewOf } from "./view.ts";

const ada = new Secret(bytes(32, 9));
const { line, self, stage } = state();
const ben = publicKey(new Secret(bytes(32, 70)));
const certificate = certifyEnd(line, ada);
const open = openLink({ sentN: 3 });
const together = (over: Partial<State> = {}): State =>
  state({
    self: { ...self, person: ada, personKey: publicKey(ada), end: certificate },
    stage: { ...stage, other: ben } as State["stage"],
    onScreen: true,
    ...over,
  });
/** The connection begins, and nothing of the log was heard on it yet. */
const unheard: Partial<State> = { link: { ...open, current: false } as State["link"], anchor: { line: now + 9_000_000, monotonic: 9_000_000 } };
const later = (after: number) => ({ ...context, wall: now + after, monotonic: after });
const end = (before: State, at: number | null = null, after = 0) => step(before, { is: "act", id: 1, act: { do: "end", at } }, later(after));
const sent = (effects: readonly Effect[]): readonly string[] => effects.flatMap((effect) => (effect.do === "send" ? [effect.frame.type] : []));

describe("An end by me", () => {
  it("[END1] stops everything in the same step: nothing waits to be sent, the keys go, and the next thing is to save that", () => {
    const [over, effects] = end(together({ link: open }));
    expect([over.stage.at, over.outbox, over.ahead, over.mls, over.own, over.self.person]).toEqual(["ended", [], null, null, null, null]);
    expect(sent(effects)).toEqual([]);
    const save = effects.find((effect) => effect.do === "save");
    expect(save?.do === "save" && [save.change.delete, save.change.put?.map(([key]) => key)]).toEqual([["mls"], ["state"]]);
  });

  it("[END1] the certificate leaves once the decision is durable, once, and says who ended it and nothing else", () => {
    const [over] = end(together({ link: open }));
    const [saved, effects] = step(over, { is: "saved" }, context);
    expect(sent(effects)).toEqual(["end"]);
    expect(sent(step(saved, { is: "tick" }, context)[1])).toEqual([]);
    expect(readEnd(line, certificate)).toEqual(publicKey(ada));
    // A version, the person, a signature: no time, no reason (END2: without saying when).
    expect(certificate.length).toBeLessThan(32 + 64 + 8);
  });

  it("[END1] until the relay has it, it says so, also after a restart; then it needs the relay no more", () => {
    const [over] = end(together());
    const read = decodeDurable(encodeDurable(durableOf(over)), undefined);
    expect(read.ok && read.value.stage).toMatchObject({ at: "ended", by: "me", told: false });
    expect(viewOf(over, context)).toMatchObject({ stage: "ended", by: "me", told: false });
    const [asked, effects] = step({ ...over, unsaved: { ...over.unsaved, dirty: false } }, { is: "tick" }, later(5000));
    expect(effects.some((effect) => effect.do === "connect")).toBe(true);
    const [told] = step({ ...asked, link: open }, { is: "frame", frame: { type: "ended", certificate } }, later(6000));
    expect(viewOf(told, context)).toMatchObject({ stage: "ended", told: true });
    const settled = { ...told, unsaved: { ...told.unsaved, dirty: false }, link: { is: "down", since: now, retryAt: 0, failures: 0 } as const };
    expect(step(settled, { is: "tick" }, later(99_000))[1].some((effect) => effect.do === "connect")).toBe(false);
  });

  it("[END1] a relay that cannot take it now is asked again; the decision stands", () => {
    const [over] = end(together({ link: open }));
    const [asked] = step(over, { is: "saved" }, context);
    const [refused] = step(asked, { is: "frame", frame: { type: "refused", re: 9, code: "unavailable", n: 0, after: now + 1000 } } as never, context);
    expect([refused.stage, refused.link]).toMatchObject([{ at: "ended", told: false }, { is: "down" }]);
    const again = step({ ...refused, unsaved: { ...refused.unsaved, dirty: false } }, { is: "tick" }, later(400_000))[1];
    expect(again.some((effect) => effect.do === "connect")).toBe(true);
  });

  const day = 24 * 60 * 60_000;
  const refusedOpen = (code: "unknown" | "revoked") => ({ is: "frame", frame: { type: "refused", re: frameTypes.open, code, n: 0, after: 0 } }) as const;
  const saved = (of: State): State => ({ ...of, unsaved: { ...of.unsaved, dirty: false } });
  const connects = (of: State, after: number): boolean => step(saved(of), { is: "tick" }, later(after))[1].some((effect) => effect.do === "connect");
  const asked = (of: State, after: number, code: "unknown" | "revoked"): State =>
    step({ ...saved(of), link: { ...open, is: "challenged" } as unknown as State["link"] }, refusedOpen(code), later(after))[0];

  it("[END1] a relay that does not know the line is asked once more, a day later, and then no more: it says so, and is settled", () => {
    const first = asked(end(together())[0], 1000, "unknown");
    expect(viewOf(first, later(1000))).toMatchObject({ told: false, cannot: "unknown", connection: { trouble: null } });
    expect([connects(first, day - 60_000), connects(first, day + 2000)]).toEqual([false, true]);
    // Started anew within the day it asks again, and is told the same.
    const sooner = asked(first, 5000, "unknown");
    expect([sooner.stage, connects(sooner, day + 60_000)]).toMatchObject([{ cannot: { sure: false } }, true]);
    const last = asked(sooner, day + 60_000, "unknown");
    const read = decodeDurable(encodeDurable(durableOf(last)), undefined);
    expect(read.ok && read.value.stage).toMatchObject({ told: false, cannot: { why: "unknown", sure: true } });
    expect(connects(last, 40 * day)).toBe(false);
  });

  it("[END1] a relay that knows the line after all is told", () => {
    const once = asked(end(together())[0], 1000, "unknown");
    const [told] = step({ ...saved(once), link: open }, { is: "frame", frame: { type: "ended", certificate } }, later(day));
    expect(viewOf(told, later(day))).toMatchObject({ told: true, cannot: null });
    expect(sent(step(saved(canTell({ ...once, link: open })), { is: "tick" }, later(day))[1])).toContain("end");
  });

  it("[END1] on a device that was removed it ends here alone, says that, and asks the relay for nothing", () => {
    const known = end(together({ fault: "revoked", trouble: { is: "revoked" } }))[0];
    const found = asked(end(together())[0], 1000, "revoked");
    for (const over of [known, found]) {
      expect(viewOf(over, later(1000))).toMatchObject({ stage: "ended", told: false, cannot: "removed", connection: { trouble: null } });
      expect(connects(over, 40 * day)).toBe(false);
    }
  });

  it("[END1] whatever the relay still sends moves nothing", () => {
    const [over] = end(together({ link: open }));
    const item = { seq: 11, device: 2, n: 1, epoch: 3, at: now, kind: "entry", body: bytes(256, 1) } as never;
    const [after] = step(over, { is: "frame", frame: { type: "entries", items: [item] } }, context);
    expect([after.inbox, after.seq, after.stage]).toEqual([[], over.seq, over.stage]);
    for (const act of [
      { do: "thought", intent: { what: "say", text: "x" } },
      { do: "boundary", intent: { sense: "touch", give: "full" } },
      { do: "end", at: null },
    ] as const)
      expect(step(after, { is: "act", id: 2, act }, context)[0].answers.at(-1)?.result).toEqual({ ok: false, why: "ended" });
  });

  it("[END1] leaves also when the storage takes nothing any more, and is heard of again by a device that forgot it", () => {
    const [over] = end(together({ link: open }));
    const [, effects] = step(over, { is: "not-saved", why: "full" }, context);
    expect(sent(effects)).toEqual(["end"]);
    const [again] = step(together({ link: open }), { is: "frame", frame: { type: "ended", certificate } }, context);
    expect(viewOf(again, context)).toMatchObject({ stage: "ended", by: "me", told: true });
  });

  it("[END1] has nothing left to be told where the relay has any end of this line, whoever signed that", () => {
    const [over] = end(together({ link: open }));
    const stranger = certifyEnd(line, new Secret(bytes(32, 99)));
    const [told] = step({ ...over, unsaved: { ...over.unsaved, dirty: false } }, { is: "frame", frame: { type: "ended", certificate: stranger } }, context);
    expect(viewOf(told, context)).toMatchObject({ stage: "ended", by: "me", told: true });
    // Who did not end it does not take a stranger's word for it.
    const [after] = step(together({ link: open }), { is: "frame", frame: { type: "ended", certificate: stranger } }, context);
    expect([after.stage.at, after.trouble]).toEqual(["together", { is: "unknown-here" }]);
  });

  it("[KEEP1] what came while a device waits for its archive is kept before an end by either takes the waiting", () => {
    const entry = { seq: 11, device: 2, n: 7, from: "other", author: bytes(32, 3), said: { kind: "thought", body: { text: "hello", at: now } } } as const;
    const waiting = together({ link: open, held: { after: 9, entries: [entry] } });
    const [byMe] = end(waiting);
    const bens = new Secret(bytes(32, 70));
    const [byBen] = step(waiting, { is: "frame", frame: { type: "ended", certificate: certifyEnd(line, bens) } }, context);
    for (const over of [byMe, byBen]) expect([over.stage.at, over.unsaved.put.map(([key]) => key)]).toEqual(["ended", [keptKey(11)]]);
  });

  it("[END2] an end for later comes at its time, also when the device was off then, and can be called off before", () => {
    const [planned] = end(together({ link: open }), now + 60_000);
    expect([planned.stage.at, viewOf(planned, context)]).toMatchObject(["together", { endAt: now + 60_000 }]);
    expect(step(planned, { is: "tick" }, later(59_999))[0].stage.at).toBe("together");
    expect(step(planned, { is: "tick" }, later(60_000))[0].stage.at).toBe("ended");
    expect(step({ ...planned, ...unheard }, { is: "frame", frame: { type: "current", seq: 10 } }, later(9_000_000))[0].stage.at).toBe("ended");
    const [called] = step(planned, { is: "act", id: 2, act: { do: "end-not" } }, context);
    expect(step(called, { is: "tick" }, later(60_000))[0].stage.at).toBe("together");
    expect(end(together(), now - 1)[1]).toContainEqual({ do: "answer", act: 1, result: { ok: false, why: "bad-time" } });
  });

  it("[END2] an end for later waits until this device heard what its others decided: called off there, it does not come", () => {
    const own = { key: new Secret(bytes(32, 60)), gen: 9, devices: [], archive: { manifest: null, seq: 0, segments: [], at: null, gen: 9 } };
    const [planned] = end(together({ link: open, own }), now + 60_000);
    const off: State = { ...planned, outbox: [], link: { is: "down", since: now, retryAt: now, failures: 0 } };
    expect(step(off, { is: "started" }, later(9_000_000))[0].stage.at).toBe("together");
    const calledOff = sealOwn({ is: "end-at", end: null, at: now + 1000 }, own.key, 9, line, (length) => bytes(length, 5)) as unknown as Cbor;
    const heard = hearOwn({ ...off, ...unheard }, calledOff, laptop.device, 99);
    expect(step(heard, { is: "frame", frame: { type: "current", seq: 10 } }, later(9_000_000))[0].stage.at).toBe("together");
  });

  it("[END2] a clock of this device that jumps ends nothing before its time: the relay's time counts", () => {
    const [planned] = end(together({ link: open }), now + 9_000_000);
    const jumped = { ...context, wall: now + 99_000_000, monotonic: 60_000 };
    expect(step(planned, { is: "tick" }, jumped)[0].stage.at).toBe("together");
  });

  it("[END2] a device that was removed, or has no certificate yet, carries out no end", () => {
    const [planned] = end(together({ link: open }), now + 60_000);
    expect(step({ ...planned, fault: "revoked" }, { is: "tick" }, later(60_000))[0].stage.at).toBe("together");
    expect(step({ ...planned, self: { ...planned.self, end: bytes(0, 0) } }, { is: "tick" }, later(60_000))[0].stage.at).toBe("together");
  });

  it("[END2] wiped, nothing of what was said, sealed or named stays in what is saved", () => {
    const secret = "not to be found";
    const kept = [["kept/0000000009", new TextEncoder().encode(secret)] as const];
    const before = together({
      link: open,
      notes: { aa: { note: secret, farewell: secret } },
      notices: [{ is: "added", who: "me", at: now, name: secret }],
      unsaved: { put: kept, drop: [], dirty: true, retryAt: 0 },
      self: { ...together().self, name: secret, deviceName: secret },
    });
    const gone = wiped(end(before)[0]);
    expect([gone.unsaved.put, Buffer.from(encodeDurable(durableOf(gone))).includes(secret)]).toEqual([[], false]);
  });

  it("[END2] the other is told that it ended, and by whom, and never when", () => {
    const bens = new Secret(bytes(32, 70));
    const [told] = step(together({ link: open }), { is: "frame", frame: { type: "ended", certificate: certifyEnd(line, bens) } }, context);
    expect(viewOf(told, context)).toMatchObject({ stage: "ended", by: "other", since: null, told: true });
  });

  it("[KEEP1] what was kept is not touched by an end", () => {
    const [, effects] = end(together({ link: open }));
    const save = effects.find((effect) => effect.do === "save");
    expect(save?.do === "save" && save.change.delete?.filter((key) => key.startsWith("kept/"))).toEqual([]);
  });
});
