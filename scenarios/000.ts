/** Seed 000: a bond that is mostly distant and sometimes right beside; a promise to come back; an end that comes first. */
import { accept, fieldShows, invite, sixWords, type Person } from "../e2e/kit.ts";
import { later, type Beat, type Scenario } from "./beat.ts";
import { day, hour, minute } from "./kit/clock.ts";
import { must, mustBeLike } from "./kit/like.ts";
import { hears, lightOf, looksAgain, showsPresence } from "./kit/screen.ts";
import { countLike, textsOf, type Looking } from "./kit/terminal.ts";

/** Ada has a phone's screen, Ben a terminal. */
const beats = (): readonly Beat[] => {
  let ada: Person;
  let link = "";
  let looking: Looking;
  /** How far Ben's light stood, the nearest first. */
  const distances: number[] = [];

  const adaSees = async (state: string): Promise<string> => {
    await looksAgain(ada);
    await fieldShows(ada, "state", state);
    const { shape, distance, sentence } = await lightOf(ada);
    mustBeLike(shape, state);
    distances.push(distance);
    return sentence;
  };

  return [
    {
      rules: ["PAIR2"],
      says: "Ada makes an invitation on a screen: a link and a code to scan, for one person, for a day",
      run: async ({ screen, relay }) => {
        ada = await screen("Ada");
        link = await invite(ada);
        mustBeLike(link, new RegExp(`^${relay.url}/#join=[\\w-]{100,}$`));
        await ada.page.getByRole("img", { name: "QR code" }).waitFor();
      },
    },
    {
      rules: ["PAIR2"],
      says: "Ben knocks with the link; Ada sees who it is, and nothing opens until Ada accepts",
      run: async ({ ben }) => {
        mustBeLike(await ben.tells(link, "join", "--name", "Ben", "--show", "on"), { accepted: false });
        mustBeLike(await ben.sees(), { name: null, state: "waiting" });
        await ada.page.getByRole("button", { name: /Accept.*Ben/ }).waitFor();
      },
    },
    {
      rules: ["PAIR1", "PAIR3"],
      says: "Ada lets Ben in; the screen and the terminal make the same six words",
      run: async ({ ben }) => {
        await accept(ada, "Ben");
        const words = (await sixWords(ada)).map((one) => one.split("\n").at(-1));
        mustBeLike(words.length, 6);
        mustBeLike((await ben.does("words"))["words"], words);
      },
    },
    {
      rules: ["PAIR3"],
      says: "comparing is noted by each for oneself: Ada marks it, and Ben's side still says not compared, calmly",
      run: async ({ ben }) => {
        await ada.page.getByRole("button", { name: "We compared them" }).click();
        mustBeLike(await ben.does("status"), { compared: false });
        mustBeLike(await ben.reads("status"), /not compared yet/);
        mustBeLike(await ben.does("words", "--compared"), { compared: true });
      },
    },
    {
      rules: ["PRES2"],
      says: "Ada was asked and has not answered yet, so Ben is shown nothing of when Ada is here",
      run: async ({ ben }) => mustBeLike(await ben.sees(), { name: "Ada", state: "closed", since: null }),
    },
    {
      rules: ["PRES1"],
      says: "Ada says yes; with both looking they are right beside each other, on the screen and in the terminal",
      run: async ({ ben }) => {
        await showsPresence(ada);
        looking = await ben.looks();
        await fieldShows(ada, "state", "beside");
        distances.push((await lightOf(ada)).distance);
        await looking.hears({ kind: "state", state: "beside" });
      },
    },
    {
      rules: ["PRES1", "PRES3"],
      says: "Ben closes it politely: near, with the age in steps of five minutes",
      run: async () => {
        await looking.leaves();
        mustBeLike(await adaSees("near"), /near/);
      },
    },
    {
      rules: ["PRES1"],
      says: "an hour later Ben is around, half a day later far",
      run: async ({ time }) => {
        await time.pass(hour);
        mustBeLike(await adaSees("around"), /around/);
        await time.pass(11 * hour);
        mustBeLike(await adaSees("far"), /far/);
      },
    },
    {
      rules: ["PRES1"],
      says: "weeks pass: Ben is unheard since that day, and nothing is guessed about why",
      run: async ({ time }) => {
        await time.pass(16 * day);
        const sentence = await adaSees("unheard");
        mustBeLike(sentence, /unheard since/);
        must(!/dead|danger|lost|fine|gone|safe/i.test(sentence), "it says only since when", sentence);
      },
    },
    {
      rules: ["PRES1"],
      says: "all along the light said it without a word: beside, near, around and far each stand further off",
      run: async () => {
        const graded = distances.slice(0, 4);
        must(graded.length === 4 && graded.every((one, at) => at === 0 || one > (graded[at - 1] as number)), "each stands further off", distances);
      },
    },
    {
      rules: ["PRES1"],
      says: "on the best of days Ben is back, and right beside Ada at once",
      run: async ({ ben }) => {
        looking = await ben.looks();
        await adaSees("beside");
      },
    },
    {
      rules: ["FEEL2"],
      says: "in a bad hour the words say one thing and the feeling another: both arrive together, and nothing weighs them",
      run: async ({ ben }) => {
        await ben.tells("It is nothing, go on without me.", "say", "--feel", "sad");
        await hears(ada, "It is nothing, go on without me.");
        await fieldShows(ada, "feeling", "220");
        mustBeLike(await ada.page.locator("p.felt").innerText(), /sad/);
        const told = await looking.hears({ kind: "thought" });
        mustBeLike(told, { from: "me", feeling: { name: "sad" } });
        mustBeLike(Object.keys(told).sort(), ["at", "bond", "fades", "feeling", "from", "id", "kind", "text"]);
      },
    },
    {
      rules: ["FEEL1"],
      says: "a feeling of its own is one command with no words, and colours Ada's sky",
      run: async ({ ben }) => {
        mustBeLike(await ben.does("feel", "worry", "--strength", "90"), { name: "worry", strength: 90 });
        await fieldShows(ada, "feeling", "325");
        mustBeLike(await ada.page.locator("p.felt").innerText(), /worry.*strongly/);
      },
    },
    {
      rules: ["FEEL1"],
      says: "and it fades: half a day later no warmth is left of it",
      run: async ({ time }) => {
        await looking.leaves();
        await time.pass(12.5 * hour);
        await looksAgain(ada);
        await ada.page.locator("p.felt").waitFor({ state: "detached" });
      },
    },
    later("TOUCH2", "they breathe together; one paces, the other follows"),
    later("TOUCH2", "it drains the one who gives: the receiver stops it, which is always in reach"),
    later("PROM1", "Ada promises to be back by an hour, with a sealed note; both see it"),
    later("PLACE3", "Ada is on the way, and Ben sees the distance shrink"),
    later("PRES4", "Ben's battery announces its end, so that the silence has a reason"),
    {
      rules: ["PRES3"],
      says: "without any announcement the power goes: Ben is unheard since then, not closed, not ended",
      run: async ({ ben, time }) => {
        looking = await ben.looks();
        await adaSees("beside");
        await looking.losesPower();
        await time.pass(25 * minute);
        mustBeLike(await adaSees("unheard"), /unheard since/);
      },
    },
    later("PROM2", "the promise is guarded, and says by which relay, until when, and when that was checked"),
    later("PROM3", "it runs late: the ladder climbs, with Ada's own words for it"),
    later("PROM4", "ending A: kept in the last second, and nothing opens"),
    later("PROM3", "ending B: not kept, and the envelope opens exactly once, although the relay is killed meanwhile"),
    {
      rules: ["SAY1"],
      says: "the relay is killed while Ben speaks: the words are kept, said to be kept, and arrive exactly once",
      run: async ({ ben, relay }) => {
        await relay.kill();
        const said = await ben.tries("I hold on.", "say", "--timeout", "1");
        mustBeLike(said, { code: 4, problem: { error: "unreachable", message: /kept here/ } });
        await relay.restart();
        mustBeLike(await ben.does("status"), { connection: { state: "online", waiting: 0 } });
        await looksAgain(ada);
        await hears(ada, "I hold on.");
        const texts = textsOf((await ben.exports()).entries);
        must(texts.filter((text) => text === "I hold on.").length === 1, "it is there once", texts);
      },
    },
    later("HELP1", "the friend who agreed beforehand gets the one line, and no more"),
    {
      rules: ["PRES2"],
      says: "what flows by itself ends by itself: a month later Ben's presence is closed until Ben renews it",
      run: async ({ ben, time }) => {
        await time.pass(16 * day);
        mustBeLike(await adaSees("closed"), /closed/);
        mustBeLike(await ben.does("status"), { show: { on: false } });
        mustBeLike(await ben.does("show", "on"), { show: "on", until: (end: unknown) => Date.parse(String(end)) > time.now() + 29 * day });
        looking = await ben.looks();
        await adaSees("beside");
        await looking.leaves();
      },
    },
    {
      rules: ["KEEP1"],
      says: "what they made is theirs: Ben reads it out as a page and as data, each thing with its author and hour",
      run: async ({ ben }) => {
        const { page, entries } = await ben.exports();
        mustBeLike(textsOf(entries), ["It is nothing, go on without me.", "I hold on."]);
        must(
          entries.every(({ from, at }) => (from === "me" || from === "other") && at.endsWith("Z")),
          "each has its author and its hour",
          entries,
        );
        must(countLike(entries, { kind: "feeling", from: "me", body: { hue: 325 } }) === 1, "the feeling is kept", entries);
        must(page.includes("<bdi>Ben</bdi>") && page.includes("I hold on.") && !page.includes("<script"), "the page is readable and runs nothing", page);
      },
    },
    later("KEEP2", "the one who is left chooses a quiet view: the last things marked and kept, no prompts, no imitation"),
  ];
};

export const scenario: Scenario = {
  seed: "000",
  about: "Mostly distant, some days right beside; a promise to come back, and an end that may come first.",
  beats,
};
