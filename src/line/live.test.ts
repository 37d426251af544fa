import { describe, expect, it } from "vitest";
import type { Sealed } from "../base/brand.ts";
import { toHex } from "../base/bytes.ts";
import { Secret } from "../base/secret.ts";
import { liveSize } from "../protocol/sizes.ts";
import { hearLive, rekeyLive, sayLive, speakLive, startLive, type LiveState, type LiveStep } from "./live.ts";

const secret = new Secret(new Uint8Array(32).fill(1));
const key = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
/** When the two met. */
const start = 1_800_000_000_000;
const here = { sense: "presence", body: { here: true } };

/** A device on the live lane: what it would send lies in `out` until someone delivers it. */
interface Device {
  readonly key: Uint8Array;
  live: LiveState;
  out: Sealed[];
  /** Everything it ever sent. */
  readonly said: Sealed[];
  heard: unknown[];
}

const silent = (fill: number, session: number, of = secret): Device => ({
  key: key(fill),
  live: startLive(of, new Uint8Array(16).fill(session), key(fill)),
  out: [],
  said: [],
  heard: [],
});
/** One that shows that it is there, and says hello. */
const device = (fill: number, session: number, now = start, of = secret): Device => {
  const one = silent(fill, session, of);
  speak(one, true, now);
  return one;
};
const speak = (one: Device, speaks: boolean, now: number): void => take(one, speakLive(one.live, speaks, now));
const take = (to: Device, step: LiveStep): void => {
  to.live = step.live;
  to.out.push(...step.frames);
  to.said.push(...step.frames);
  if (step.heard) to.heard.push(step.heard.body);
};
const hear = (to: Device, from: Device, frame: Sealed, now: number): void => take(to, hearLive(to.live, to.key, from.key, frame, now));
const say = (from: Device, now: number): void => take(from, sayLive(from.live, here, now));
const sent = (from: Device): Sealed[] => from.out.splice(0);
const accepts = (one: Device, other: Device): boolean => one.live.peers[toHex(other.key)]?.accepted === true;
/** Carries what both say until nobody says anything more; how many frames that took. */
const talk = (one: Device, other: Device, now: number): number => {
  let frames = 0;
  for (let round = 0; round < 50 && one.out.length + other.out.length > 0; round++) {
    const [mine, theirs] = [sent(one), sent(other)];
    frames += mine.length + theirs.length;
    for (const frame of mine) hear(other, one, frame, now);
    for (const frame of theirs) hear(one, other, frame, now);
  }
  return frames;
};
const met = (now = start): readonly [Device, Device] => {
  const [ada, ben] = [device(1, 101, now), device(2, 102, now)];
  talk(ada, ben, now);
  return [ada, ben];
};

describe("Live frames", () => {
  it("[HELLO1] every frame is 200 bytes, begins with version, session and counter, and no two have the same counter", () => {
    const [ada, ben] = met();
    for (let i = 0; i < 5; i++) say(ada, start + i);
    const frames = sent(ada);
    expect(frames.map((frame) => frame.length)).toEqual(Array.from({ length: 5 }, () => liveSize));
    expect(frames.map((frame) => toHex(frame.subarray(0, 17)))).toEqual(frames.map(() => `01${"65".repeat(16)}`));
    const counters = frames.map((frame) => new DataView(frame.buffer, frame.byteOffset).getBigUint64(17));
    expect(new Set(counters).size).toBe(5);
    expect(counters.every((counter, i) => i === 0 || counter > (counters[i - 1] ?? counter))).toBe(true);
    for (const frame of frames) hear(ben, ada, frame, start + 1);
    expect(ben.heard.length).toBe(5);
  });

  it("[HELLO1] a frame opens under its sender's key only, and a changed one not at all", () => {
    const [ada, ben] = met();
    const cyd = device(3, 103);
    say(ada, start + 1);
    const [frame] = sent(ada) as [Sealed];
    hear(ben, cyd, frame, start + 1);
    // Not heard, and not even answered: it is nobody's.
    expect([ben.heard, ben.out]).toEqual([[], []]);
    for (const at of [0, 1, 17, 24, 25, 199]) {
      const changed = frame.slice() as Sealed;
      changed[at] = (changed[at] as number) ^ 1;
      hear(ben, ada, changed, start + 1);
    }
    hear(ben, ada, frame.slice(0, 199) as Sealed, start + 1);
    expect(ben.heard).toEqual([]);
    hear(ben, ada, frame, start + 1);
    expect(ben.heard).toEqual([{ here: true }]);
  });

  it("[HELLO1] who does not have the epoch's secret says nothing that is heard", () => {
    const [, ben] = met();
    const outsider = device(1, 101, start, new Secret(new Uint8Array(32).fill(9)));
    for (const frame of sent(outsider)) hear(ben, outsider, frame, start + 5);
    expect(ben.out).toEqual([]);
  });

  it("[HELLO2] nothing is heard of a session before it echoed mine", () => {
    const [ada, ben] = [device(1, 101), device(2, 102)];
    sent(ada);
    const [hello] = sent(ben) as [Sealed];
    hear(ada, ben, hello, start);
    sent(ada);
    // Ada has not been echoed by Ben: even a frame that opens is not of now.
    const forged = sayLive(
      { ...ben.live, peers: { x: { session: new Uint8Array(16), key: secret, accepted: true, counter: 0, saidAt: 0, helloAt: 0, helloTo: null } } },
      here,
      start + 1,
    );
    hear(ada, ben, forged.frames[0] as Sealed, start + 1);
    expect(ada.heard).toEqual([]);
    expect(accepts(ada, ben)).toBe(false);
  });

  it("[HELLO2] two who say hello hear each other, and then the hellos end", () => {
    const [ada, ben] = [device(1, 101), device(2, 102)];
    expect(talk(ada, ben, start)).toBeLessThanOrEqual(6);
    expect([accepts(ada, ben), accepts(ben, ada)]).toEqual([true, true]);
    say(ada, start + 5000);
    say(ben, start + 5000);
    expect(talk(ada, ben, start + 5000)).toBe(2);
    expect([ada.heard, ben.heard]).toEqual([[{ here: true }], [{ here: true }]]);
  });

  it("[HELLO2] hellos end also where each of them takes seconds", () => {
    const [ada, ben] = [device(1, 101), device(2, 102)];
    let frames = 0;
    for (let round = 1; round <= 40; round++) {
      const now = start + round * 3000;
      for (const frame of sent(ada)) hear(ben, ada, frame, now);
      for (const frame of sent(ben)) hear(ada, ben, frame, now + 1500);
      frames += ada.out.length + ben.out.length;
    }
    expect([accepts(ada, ben), accepts(ben, ada)]).toEqual([true, true]);
    expect(frames).toBeLessThanOrEqual(6);
    expect(ada.out.length + ben.out.length).toBe(0);
  });

  it("[HELLO2] a frame counts once, and never after a later one", () => {
    const [ada, ben] = met();
    say(ada, start + 1);
    say(ada, start + 2);
    const [one, two] = sent(ada) as [Sealed, Sealed];
    hear(ben, ada, two, start + 3);
    hear(ben, ada, two, start + 3);
    hear(ben, ada, one, start + 3);
    expect(ben.heard.length).toBe(1);
  });

  it("[HELLO2] a forged counter moves nothing", () => {
    const [ada, ben] = met();
    say(ada, start + 1);
    const [real] = sent(ada) as [Sealed];
    const forged = real.slice() as Sealed;
    forged.fill(0xff, 17, 25);
    hear(ben, ada, forged, start + 1);
    hear(ben, ada, real, start + 1);
    expect(ben.heard.length).toBe(1);
  });

  it("[HELLO2] a reload is a new session, and what was recorded of the old one is worth nothing", () => {
    const [ada, ben] = met();
    say(ada, start + 1);
    for (const frame of sent(ada)) hear(ben, ada, frame, start + 1);
    // Her hellos, the one with Ben's echo among them, and her words: all that the relay could keep.
    const recorded = [...ada.said];
    expect(recorded.length).toBeGreaterThanOrEqual(3);
    const again = device(2, 202, start + 10_000);
    again.out = [];
    for (const frame of recorded) hear(again, ada, frame, start + 10_000);
    expect([again.heard, accepts(again, ada)]).toEqual([[], false]);
    // And after the two have met anew, the old frames are still old.
    talk(ada, again, start + 20_000);
    expect([accepts(ada, again), accepts(again, ada)]).toEqual([true, true]);
    for (const frame of recorded) hear(again, ada, frame, start + 20_000);
    expect(again.heard).toEqual([]);
  });

  it("[HELLO2] after one of them reloads, both hear each other again without waiting", () => {
    const [ada, ben] = met();
    const again = device(2, 202, start + 10_000);
    talk(ada, again, start + 10_000);
    expect([accepts(ada, again), accepts(again, ada)]).toEqual([true, true]);
    say(ada, start + 10_001);
    say(again, start + 10_001);
    talk(ada, again, start + 10_001);
    expect([ada.heard.length, again.heard.length]).toEqual([1, 1]);
    // The old page's last words come late: its session was pushed out by one that proved itself.
    say(ben, start + 10_002);
    for (const frame of sent(ben)) hear(ada, ben, frame, start + 10_002);
    expect(ada.heard.length).toBe(1);
  });

  it("[HELLO2] a session that proved nothing does not push out one that did", () => {
    const [ada, ben] = met();
    const replayed = device(2, 150);
    for (const frame of sent(replayed)) hear(ada, ben, frame, start + 10_000);
    expect(toHex(ada.live.peers[toHex(ben.key)]?.session ?? new Uint8Array())).toBe("66".repeat(16));
    say(ben, start + 10_001);
    for (const frame of sent(ben)) hear(ada, ben, frame, start + 10_001);
    expect(ada.heard.length).toBe(1);
  });

  it("[HELLO2] someone who repeats hellos is answered once a second at most", () => {
    const [ada, ben] = met();
    for (let i = 0; i < 100; i++) {
      const again = device(2, i + 1);
      for (const frame of sent(again)) hear(ada, ben, frame, start + 10_000 + i);
    }
    expect(ada.out.length).toBe(1);
  });

  it("[HELLO2] one who comes back while the other asks and speaks is heard again, whatever crosses on the way", () => {
    for (const delay of [1, 300, 900, 1500]) {
      const [ada, ben] = met();
      const at = start + 10_000;
      const again = device(2, 202, at);
      // Ada speaks before she has heard that Ben came anew: he asks, she answers, he must answer too.
      say(ada, at);
      for (const frame of sent(ada)) hear(again, ada, frame, at);
      for (const frame of sent(again)) hear(ada, again, frame, at + delay);
      talk(ada, again, at + 2 * delay);
      say(ada, at + 5000);
      say(again, at + 5000);
      talk(ada, again, at + 5000);
      expect([delay, accepts(ada, again), accepts(again, ada)]).toEqual([delay, true, true]);
      expect(ben.heard).toEqual([]);
    }
  });

  it.each([0, 1, 2, 3])("[HELLO2] when hello %i is lost, both hear each other again once either has something to say", (lost) => {
    for (const speaks of ["ada", "ben"] as const) {
      const [ada, ben] = [device(1, 101), device(2, 102)];
      let count = 0;
      for (let round = 0; round < 10; round++) {
        const [mine, theirs] = [sent(ada), sent(ben)];
        for (const frame of mine) if (count++ !== lost) hear(ben, ada, frame, start);
        for (const frame of theirs) if (count++ !== lost) hear(ada, ben, frame, start);
      }
      const [speaker, listener] = speaks === "ada" ? [ada, ben] : [ben, ada];
      for (let now = start + 5000; now <= start + 30_000; now += 5000) {
        say(speaker, now);
        talk(speaker, listener, now);
      }
      expect(listener.heard.length, `${speaks} is heard`).toBeGreaterThanOrEqual(3);
    }
  });

  it("[HELLO2] while nobody answers, a hello goes out every five seconds beside what is said, which nobody need answer to hear", () => {
    const ada = device(1, 101);
    sent(ada);
    for (let now = start + 1000; now <= start + 20_000; now += 1000) say(ada, now);
    expect(ada.out.length).toBe(20 + 4);
  });

  it("[HELLO2] under a new epoch's secret everyone says hello again, and old frames no longer open", () => {
    const [ada, ben] = met();
    say(ada, start + 1);
    const old = sent(ada);
    const next = new Secret(new Uint8Array(32).fill(2));
    for (const who of [ada, ben]) {
      who.live = rekeyLive(who.live, next, who.key);
      speak(who, true, start + 2000);
    }
    expect([accepts(ada, ben), accepts(ben, ada)]).toEqual([false, false]);
    talk(ada, ben, start + 2000);
    expect([accepts(ada, ben), accepts(ben, ada)]).toEqual([true, true]);
    for (const frame of old) hear(ben, ada, frame, start + 2000);
    expect(ben.heard).toEqual([]);
    say(ada, start + 3000);
    talk(ada, ben, start + 3000);
    expect(ben.heard.length).toBe(1);
  });
});

describe("A device that gives no presence", () => {
  it("[PRES2] [HELLO3] says no hello and answers none, whoever asks and however often; what its owner does goes out all the same", () => {
    const [ada, ben] = [silent(1, 101), device(2, 102)];
    for (let now = start; now < start + 60_000; now += 1000) {
      if (now % 5000 === 0) say(ben, now);
      talk(ada, ben, now);
    }
    for (const each of [silent(2, 150), device(2, 151, start + 60_000)]) {
      say(each, start + 60_000);
      for (const frame of sent(each)) hear(ada, ben, frame, start + 60_000);
    }
    expect(ada.said).toEqual([]);
    say(ada, start + 61_000);
    expect(ada.said.length).toBe(1);
  });

  it("[HELLO3] hears what is said now, also from a session that began before it came, and from one that is as silent", () => {
    const ben = device(2, 102);
    say(ben, start);
    sent(ben);
    const ada = silent(1, 101);
    say(ben, start + 5000);
    for (const frame of sent(ben)) hear(ada, ben, frame, start + 5100);
    expect(ada.heard.length).toBe(1);
    const cyd = silent(3, 103);
    say(cyd, start + 5000);
    for (const frame of sent(cyd)) hear(ada, cyd, frame, start + 5100);
    expect(ada.heard.length).toBe(2);
  });

  it.each([-15_001, 15_001])("[HELLO3] does not hear what was said %i ms from its own time", (apart) => {
    const [ada, ben] = [silent(1, 101), device(2, 102)];
    say(ben, start);
    for (const frame of sent(ben)) hear(ada, ben, frame, start + apart);
    expect([ada.heard, ada.live.peers]).toEqual([[], {}]);
  });

  it("[HELLO3] hears a frame once, also where the frames of two sessions are played to it by turns", () => {
    const [ada, ben, again] = [silent(1, 101), silent(2, 102), silent(2, 202)];
    say(ben, start);
    say(again, start + 1000);
    const frames = [...sent(ben), ...sent(again)];
    const hello = device(2, 102).said;
    for (let round = 0; round < 3; round++) for (const frame of [...frames, ...hello]) hear(ada, ben, frame, start + 2000);
    expect(ada.heard.length).toBe(2);
  });

  it("[HELLO3] what it says is heard by one that shows itself once it proved to be of now, and not before", () => {
    const [ada, ben] = [silent(1, 101), device(2, 102)];
    say(ada, start + 1);
    talk(ada, ben, start + 1);
    expect(ben.heard).toEqual([]);
    speak(ada, true, start + 1500);
    talk(ada, ben, start + 1500);
    say(ada, start + 1600);
    talk(ada, ben, start + 1600);
    expect([ben.heard.length, accepts(ada, ben), accepts(ben, ada)]).toEqual([1, true, true]);
    // From then on it is silent again, and what is asked gets no answer.
    speak(ada, false, start + 1700);
    const before = ada.said.length;
    talk(ada, device(2, 203, start + 9000), start + 9000);
    expect(ada.said.length).toBe(before);
  });
});
