import { describe, expect, it } from "vitest";
import { settle, until } from "./world.ts";
import { act, bondOf, happens, listen, minute, paired, say, second, textsOf, together } from "./stories-kit.ts";

describe("A relay that counts appends", () => {
  it("[LOG11] a device that comes back with hundreds that waited gets them all through by itself, in order, on one connection", async () => {
    const { world, ada, ben } = await paired();
    world.crashRelay();
    world.limits = { ...world.limits, append: { perSecond: 20, burst: 40 } };
    world.network.cut("ada");
    world.startRelay();
    const texts = Array.from({ length: 300 }, (_, i) => `thought ${i}`);
    for (const text of texts) await say(world, ada, text);
    const ear = listen(world);
    world.network.mend("ada");
    const begun = world.schedule.now();
    await until(world, () => (together(ada).connection.waiting === 0 ? true : undefined));
    expect((world.schedule.now() - begun) / second).toBeGreaterThan(5);
    expect([together(ada).connection.trouble, ear.left.filter(({ frame }) => frame.type === "open").length]).toEqual([null, 1]);
    await settle(world, 3 * second);
    const kept = await happens(world, bondOf(ben).kept({ limit: 1000 }));
    expect(kept.flatMap(({ body }) => (typeof body === "object" && body !== null && "text" in body ? [body.text] : [])).toReversed()).toEqual(texts);
  });

  it("[LOG11] [BOUND3] while one side's share is used up, what the other says goes through at once", async () => {
    const { world, ada, ben } = await paired();
    world.crashRelay();
    world.limits = { ...world.limits, append: { perSecond: 1, burst: 20 } };
    world.startRelay();
    await settle(world, minute);
    for (let i = 0; i < 60; i++) void bondOf(ben).act({ do: "thought", intent: { what: "say", text: `flood ${i}` } });
    await settle(world, 2 * second);
    expect(together(ben).connection.waiting).toBeGreaterThan(30);
    await act(world, ada, { do: "thought", intent: { what: "say", text: "mine" } });
    await settle(world, second / 2);
    expect([together(ada).connection.waiting, textsOf(ben).includes("mine")]).toEqual([0, true]);
  });
});
