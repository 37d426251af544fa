/** The honest side in a browser: Ada's page in a real Chromium, with what its screen and its memory do measured from inside. */
import { accept, fieldShows, invite, openPerson, say, type Person } from "../e2e/kit.ts";
import { systemClock } from "../src/cli/adapters/clock.ts";
import { percentile } from "../bench/table.ts";
import { knockWith, type Member } from "./member.ts";

export interface PageSight {
  /** Milliseconds from one frame to the next. */
  readonly frameP50: number;
  readonly frameP95: number;
  readonly frameMost: number;
  /** Of the JS heap, garbage collected before and after, in bytes. */
  readonly grown: number;
}

export interface HonestPage {
  readonly person: Person;
  /** What its screen and memory did while something went on. */
  during<T>(work: () => Promise<T>): Promise<PageSight & { readonly value: T }>;
  /** Says something by hand; how long until it was safe on the device, in milliseconds. */
  say(text: string): Promise<number>;
  /** What is wrong with it; empty when nothing is. */
  wrongs(): Promise<readonly string[]>;
}

/** Ada in a browser, Ben with a modified client; they are together, and she gives presence. */
export const facingPage = async (relay: { readonly port: number }): Promise<{ readonly honest: HonestPage; readonly member: Member }> => {
  const person = await openPerson("Ada", relay);
  const { page } = person;
  const knocking = await knockWith(await invite(person), "Ben");
  await accept(person, "Ben");
  const member = await knocking.let();
  await page.getByRole("button", { name: "We compared them" }).click();
  await page.locator('[data-question="presence"]').getByRole("button").first().click();
  await member.say("boundary", { sense: "presence", give: "full", until: null, at: systemClock.now() });
  await member.say("presence", { what: "open", at: systemClock.now() });
  await fieldShows(person, "state", "near");
  const session = await person.context.newCDPSession(page);
  const heap = async (): Promise<number> => {
    for (let i = 0; i < 2; i++) await session.send("HeapProfiler.collectGarbage");
    return (await session.send("Runtime.getHeapUsage")).usedSize;
  };
  const title = await page.title();

  return {
    member,
    honest: {
      person,
      async during(work) {
        const before = await heap();
        await page.evaluate(() => {
          const times: number[] = [];
          const shared = globalThis as unknown as { hostileFrames: number[]; hostileStop: boolean };
          shared.hostileFrames = times;
          shared.hostileStop = false;
          let last: number | undefined;
          const look = (at: number): void => {
            if (last !== undefined) times.push(at - last);
            last = at;
            if (!shared.hostileStop) requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        });
        const value = await work();
        const times = await page.evaluate(() => {
          const shared = globalThis as unknown as { hostileFrames: number[]; hostileStop: boolean };
          shared.hostileStop = true;
          return shared.hostileFrames.splice(0);
        });
        const grown = (await heap()) - before;
        return { value, grown, frameP50: percentile(times, 0.5), frameP95: percentile(times, 0.95), frameMost: Math.max(...times) };
      },
      async say(text) {
        const from = systemClock.monotonic();
        await say(person, text);
        return systemClock.monotonic() - from;
      },
      async wrongs() {
        const name = await page.locator("main.field").innerText();
        return [
          ...person.wrongs,
          ...((await page.title()).includes("owned") || (await page.title()) !== title ? [`the title is ${await page.title()}`] : []),
          ...(/[\u202A-\u202E\u2066-\u2069]/u.test(name.replace(/[\u2066-\u2069]/gu, "")) ? ["a text turns what is around it"] : []),
          ...((await page.locator("main.field script, main.field img").count()) > 0 ? ["a text became an element"] : []),
        ];
      },
    },
  };
};
