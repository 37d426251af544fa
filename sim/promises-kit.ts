/** What the stories of promises share: ada promises, and both look. */
import { invariant } from "../src/base/exhaustive.ts";
import type { ActResult } from "../src/line/state.ts";
import type { PromiseView } from "../src/line/view.ts";
import { act, hour, look, minute, paired, second, together, type Story } from "./stories-kit.ts";
import { until, type Person, type World } from "./world.ts";

const terms = { when: null, grace: 10 * minute, release: 5 * minute, note: "look in the blue box", farewell: null } as const;
export const make = (world: World, who: Person, inTime = hour, over: object = {}): Promise<ActResult> =>
  act(world, who, { do: "promise", intent: { what: "make", words: "home by nine", by: world.schedule.now() + inTime, ...terms, ...over } });
export const promisesOf = (who: Person): readonly PromiseView[] => together(who).promises;
export const only = (who: Person): PromiseView => {
  const [one] = promisesOf(who);
  invariant(one, "there is a promise");
  return one;
};
export const bothSay = async ({ world, ada, ben }: Story, state: PromiseView["state"]): Promise<true> => {
  // What is released, or late, has its time: the world goes on until shortly before it.
  const due = state === "released" ? (only(ben).opensAt ?? only(ada).opensAt) : state === "late" ? (only(ben).lateAt ?? only(ada).lateAt) : null;
  if (due !== null) await world.runUntil(due - second);
  return until(world, () => (promisesOf(ada)[0]?.state === state && promisesOf(ben)[0]?.state === state ? true : undefined));
};
export const seen = (story: Story): Story => {
  for (const who of [story.ada, story.ben]) look(who, true);
  return story;
};
export const guarded = async (inTime = hour, over: object = {}): Promise<Story & { readonly id: string; readonly by: number }> => {
  const story = seen(await paired());
  const by = story.world.schedule.now() + inTime;
  const made = await make(story.world, story.ada, inTime, over);
  if (!made.ok || made.id === undefined) throw new Error("it is promised");
  await bothSay(story, "guarded");
  return { ...story, id: made.id, by };
};
export const told = (who: Person, what: string): number => who.happened.filter((one) => one.kind === "promise" && one["what"] === what).length;

export const live = (world: World, who: Person, over: object = {}): Promise<ActResult> =>
  act(world, who, {
    do: "promise",
    intent: {
      what: "live",
      words: "all is well",
      zone: "Europe/Vienna",
      from: 8 * 60,
      to: 11 * 60,
      grace: 0,
      release: 30 * minute,
      note: "the key is with the neighbour",
      ...over,
    },
  });
export const living = async (): Promise<Story> => {
  const story = await paired();
  await live(story.world, story.ada);
  await until(story.world, () => (together(story.ada).life.me?.ahead === 14 && together(story.ben).life.other?.ahead === 14 ? true : undefined));
  return story;
};
