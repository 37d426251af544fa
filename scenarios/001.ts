/** Seed 001: two who reach each other and say little; a touch drawn back; hard words with a soft feeling; a door closed. */
import { later, type Beat, type Scenario } from "./beat.ts";
import { day, minute, second } from "./kit/clock.ts";
import { must, mustBeLike, until } from "./kit/like.ts";
import { countLike, textsOf, type Looking } from "./kit/terminal.ts";
import { bring } from "./kit/world.ts";

/** Both are at terminals, and look from here on until someone closes. */
const beats = (): readonly Beat[] => {
  let adaLooks: Looking;
  let benLooks: Looking;
  const fading = "like breath on a window";

  return [
    {
      rules: ["PAIR2"],
      says: "Ada invites, Ben knocks, Ada lets Ben in, and both chose to show when they are here",
      run: async (world) => {
        await bring(world, ["--show", "on"]);
        const { ada, ben } = world;
        mustBeLike(await until(() => ada.does("status"), { show: { on: true } }), { me: { name: "Ada" }, other: { name: "Ben" } });
        await until(() => ben.does("status"), { show: { on: true }, connection: { waiting: 0 } });
      },
    },
    later("LINK1", "both reach within the same minute: one buzz, and then everything else goes quiet"),
    {
      rules: ["PRES1"],
      says: "with nothing said they look at each other for half an hour, and are beside each other all along",
      run: async ({ ada, ben, time }) => {
        [adaLooks, benLooks] = await Promise.all([ada.looks(), ben.looks()]);
        await adaLooks.hears({ kind: "state", state: "beside" });
        await benLooks.hears({ kind: "state", state: "beside" });
        for (let at = 0; at < 3; at++) {
          await time.pass(10 * minute);
          await until(ada.sees, { state: "beside" });
          await until(ben.sees, { state: "beside" });
        }
        must(countLike([...adaLooks.lines(), ...benLooks.lines()], { kind: "thought" }) === 0, "nothing is said", adaLooks.lines());
      },
    },
    {
      rules: ["TOUCH1"],
      says: "Ada holds out a hand; Ben sees it offered and does not meet it, which needs no reason",
      run: async ({ ada }) => {
        mustBeLike(await ada.does("touch", "--for", "0.4"), { met: false });
        await benLooks.hears({ kind: "touch", what: "offered" });
        await benLooks.hears({ kind: "touch", what: "withdrawn" });
        mustBeLike(countLike(adaLooks.lines(), { kind: "touch" }), 0);
      },
    },
    {
      rules: ["TOUCH1"],
      says: "Ada holds again and Ben meets it: both feel it; Ben draws back, and it ends at once for both",
      run: async ({ ada, ben }) => {
        const adaHolds = ada.begins("touch", "--for", "60");
        await benLooks.hears({ kind: "touch", what: "offered" });
        const benHolds = ben.begins("touch", "--for", "60");
        await adaLooks.hears({ kind: "touch", what: "met" });
        await benLooks.hears({ kind: "touch", what: "met" });
        mustBeLike((await benHolds.end("SIGINT")).lines.at(-1), { met: true });
        await adaLooks.hears({ kind: "touch", what: "ended" });
        mustBeLike((await adaHolds.end("SIGINT")).lines.at(-1), { met: true });
      },
    },
    {
      rules: ["TOUCH1"],
      says: "of neither hand anything is kept, met or not",
      run: async ({ ada, ben }) => {
        for (const { entries } of [await ada.exports(), await ben.exports()]) mustBeLike(countLike(entries, { kind: "touch" }), 0);
      },
    },
    {
      rules: ["FEEL2"],
      says: "Ben's words are hard and the feeling with them is tender: Ada gets both side by side, and no verdict",
      run: async ({ ben, ada }) => {
        await ben.tells("You mean nothing to me.", "say", "--feel", "tender");
        const told = await adaLooks.hears({ kind: "thought", from: "other" });
        mustBeLike(told, { text: "You mean nothing to me.", feeling: { name: "tender" } });
        mustBeLike(Object.keys(told).sort(), ["at", "bond", "fades", "feeling", "from", "id", "kind", "text"]);
        mustBeLike(await ada.does("status"), { feeling: { other: { name: "tender" } } });
      },
    },
    {
      rules: ["NAME1"],
      says: "Ben takes another name: Ada reads it from then on, and there is no way to call Ben otherwise",
      run: async ({ ada, ben }) => {
        await ben.tells("Benjamin", "name");
        mustBeLike(await adaLooks.hears({ kind: "name", from: "other" }), { name: "Benjamin" });
        await ada.tells("Ada of the coast", "name");
        mustBeLike(await ada.sees(), { name: "Benjamin" });
        mustBeLike(await ben.does("status"), { me: { name: "Benjamin" }, other: { name: "Ada of the coast" } });
      },
    },
    {
      rules: ["PROM1"],
      says: "Ada asks Ben for a promise, and Ben makes none, which needs no word; asking again at once is damped",
      run: async ({ ada, ben }) => {
        mustBeLike(await ada.tells("Will you call me tonight?\n", "ask"), { asked: true });
        await benLooks.hears({ kind: "promise", what: "asked", words: "Will you call me tonight?" });
        mustBeLike(await ada.tries("", "ask"), { code: 3, problem: { error: "too-often" } });
        for (const person of [ada, ben]) mustBeLike((await person.does("promises"))["promises"], []);
      },
    },
    {
      rules: ["SAY1"],
      says: "Ada says something that fades: a minute after Ben saw it nothing of it is left on Ben's disk",
      run: async ({ ada, ben, time }) => {
        await ada.tells(fading, "say", "--fades");
        await benLooks.hears({ kind: "thought", text: fading, fades: true });
        must(ben.holds(fading), "it is there at first", "nothing");
        await time.pass(70 * second);
        await benLooks.leaves();
        await ben.does("status");
        must(!ben.holds(fading), "it is gone a minute later", "still in a file of Ben's home");
      },
    },
    {
      rules: ["SAY1"],
      says: "the one who said it loses it a day later; it is in neither's export and cannot be brought back",
      run: async ({ ada, ben, time }) => {
        await adaLooks.leaves();
        must(ada.holds(fading), "Ada's own copy is there for a day", "nothing");
        await time.pass(day + minute);
        await ada.does("status");
        must(!ada.holds(fading), "it is gone after a day", "still in a file of Ada's home");
        for (const { entries, page } of [await ada.exports(), await ben.exports()]) {
          must(!textsOf(entries).includes(fading) && !page.includes(fading), "it is in no export", textsOf(entries));
        }
      },
    },
    later("SEE1", "a keepsake, shown once for as long as it is held; then its key is gone"),
    later("LINK2", "one last moment is shown, then the door is closed"),
    {
      rules: ["PRES3"],
      says: "Ben closes on purpose: Ada sees closed and since when; not unheard, not lost, not ended",
      run: async ({ ada, ben }) => {
        mustBeLike(await ben.does("show", "off"), { show: "off", until: null });
        mustBeLike(await ada.sees(), { state: "closed", since: /Z$/ });
        mustBeLike(await ada.reads("status"), /Benjamin closed this at/);
      },
    },
    {
      rules: ["PRES2", "PRES3"],
      says: "closed is closed: Ben looks, and goes, and nothing Ada does makes it show",
      run: async ({ ada, ben }) => {
        adaLooks = await ada.looks();
        benLooks = await ben.looks();
        await ada.does("feel", "longing");
        await benLooks.hears({ kind: "feeling", from: "other" });
        await benLooks.leaves();
        mustBeLike(await ada.sees(), { state: "closed" });
        mustBeLike(countLike(adaLooks.lines(), { kind: "presence", from: "other" }), 0);
        await adaLooks.leaves();
      },
    },
    {
      rules: ["LINK2"],
      says: "Ada reaches again and again: it is damped, not delivered as a storm, until Ben reaches too",
      run: async ({ ada, ben }) => {
        benLooks = await ben.looks();
        // Ada is told the same each time.
        for (let at = 0; at < 5; at++) mustBeLike(await ada.does("touch", "--for", "0.3"), { met: false });
        await ada.does("feel", "calm");
        await benLooks.hears({ kind: "feeling", name: "calm" });
        mustBeLike(countLike(benLooks.lines(), { kind: "touch", what: "offered" }), 3);
        const adaHolds = ada.begins("touch", "--for", "60");
        const benHolds = ben.begins("touch", "--for", "60");
        await benLooks.hears({ kind: "touch", what: "met" });
        for (const holds of [benHolds, adaHolds]) mustBeLike((await holds.end("SIGINT")).lines.at(-1), { met: true });
        await benLooks.leaves();
      },
    },
    {
      rules: ["MOON1"],
      says: "with everything closed, both see whether the moon is up for the other",
      run: async ({ ada, ben }) => {
        await ada.does("hour", "on", "--place", "48,16");
        await ben.does("hour", "on", "--place=-34,151");
        await ada.does("show", "off");
        for (const person of [ada, ben]) {
          await until(() => person.does("status"), { hour: { other: { zone: "UTC" } } });
          mustBeLike(await person.sees(), { state: "closed" });
          const up = (value: unknown): boolean => typeof value === "boolean";
          mustBeLike(await person.does("moon"), { me: { moon: { up } }, other: { moon: { up } }, both: { up } });
        }
      },
    },
  ];
};

export const scenario: Scenario = {
  seed: "001",
  about: "Both reach and say little; a touch drawn back, words that do not match the feeling, and a door that is closed.",
  beats,
};
