/** Seed 000: a bond that is mostly distant and sometimes right beside; a promise to come back; an end that comes first. */
import { accept, closeSheet, codeOn, deviceLink, fieldShows, invite, say, sixWords, type Person } from "../e2e/kit.ts";
import { later, type Beat, type Scenario } from "./beat.ts";
import { day, hour, minute } from "./kit/clock.ts";
import { must, mustBeLike, until } from "./kit/like.ts";
import { hears, lightOf, looksAgain, showsPresence } from "./kit/screen.ts";
import type { Line } from "./kit/processes.ts";
import { countLike, textsOf, type Looking, type Terminal } from "./kit/terminal.ts";

/** Ada has a phone's screen, Ben a terminal. */
const beats = (): readonly Beat[] => {
  let ada: Person;
  let link = "";
  let looking: Looking;
  let laptop: Terminal;
  /** The first promise. */
  let first = "";
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

  const promiseOf = async (person: Terminal, id: string): Promise<Line> =>
    ((await person.does("promises"))["promises"] as readonly Line[]).find((one) => one["id"] === id) ?? {};

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
        mustBeLike(await ben.reads("status"), /not written down yet/);
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
      rules: ["DEV1", "PAIR4"],
      says: "Ada takes a laptop along: it is let in by the three words on both of its screens, and vouched for",
      run: async ({ terminal }) => {
        laptop = terminal("Ada's laptop");
        const joining = laptop.begins("device", "join", "--name", "laptop");
        const ended = joining.finish(await deviceLink(ada));
        const { code } = (await joining.line({ step: "asking" })) as { code: readonly string[] };
        mustBeLike(await codeOn(ada), code);
        await ada.page.getByRole("button", { name: /Let .+ in/ }).click();
        mustBeLike((await ended).code, 0);
        await ada.page.getByRole("button", { name: /Vouch for it/ }).click();
        await closeSheet(ada);
        await until(
          async () => (await laptop.does("device", "list"))["mine"],
          (mine: readonly { newUntil: unknown }[]) => mine.length === 2 && mine.every(({ newUntil }) => newUntil === null),
        );
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
    {
      rules: ["PROM1", "PROM6"],
      says: "Ada promises to be back by an hour, with a sealed note; both see it, and the note is on nobody else's disk",
      run: async ({ ben }) => {
        const made = await laptop.tells("I am coming back.\nThe spare key is under the blue pot.\n", "promise", "--by", "3h", "--note", "--release", "1h");
        mustBeLike(made, { state: "guarded", sealed: true, note: null });
        first = String(made["id"]);
        for (const [person, from] of [
          [laptop, "me"],
          [ben, "other"],
        ] as const)
          mustBeLike((await person.does("promises"))["promises"], [{ id: first, from, words: "I am coming back.", by: made["by"], state: "guarded" }]);
        must(!ben.holds("blue pot"), "Ben does not have what is sealed", "it is in a file of Ben's home");
      },
    },
    later("PLACE3", "Ada is on the way, and Ben sees the distance shrink"),
    {
      rules: ["PRES4"],
      says: "Ben's battery announces its end, so that the silence has a reason",
      run: async ({ ben, time }) => {
        mustBeLike(await ben.tries("", "battery", "low"), { code: 3, problem: { error: "not-given" } });
        await ben.does("give", "goodbye", "full");
        looking = await ben.looks();
        await ben.does("battery", "low");
        await looking.losesPower();
        await time.pass(25 * minute);
        await looksAgain(ada);
        await fieldShows(ada, "state", "away");
        mustBeLike((await lightOf(ada)).sentence, /battery was nearly empty/);
        await ben.does("battery", "fine");
        await time.pass(10 * minute);
      },
    },
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
    {
      rules: ["PROM2"],
      says: "the promise is guarded, and says by which relay, until when, and when that was checked",
      run: async ({ ben, relay }) => {
        mustBeLike(await promiseOf(ben, first), { guard: { relay: relay.url, due: (await promiseOf(ben, first))["by"], checked: /Z$/ } });
        mustBeLike(await ben.reads("status"), new RegExp(`Ada promised “I am coming back\\.”.*Guarded until .* by ${relay.url}, checked .*(just now|ago)`));
      },
    },
    {
      rules: ["PROM3"],
      says: "it runs late: the ladder climbs, with Ada's own words for it",
      run: async ({ ben, time }) => {
        const due = Date.parse(String((await promiseOf(ben, first))["by"]));
        await time.pass(due + 9 * minute - time.now());
        mustBeLike(await promiseOf(ben, first), { state: "guarded", late: null });
        await time.pass(2 * minute);
        mustBeLike(await until(() => promiseOf(ben, first), { state: "late" }), { late: /Z$/, note: null });
        mustBeLike(await ben.reads("status"), /“I am coming back\.”.*Late since .*its note opens at/);
      },
    },
    {
      rules: ["PROM4"],
      says: "ending A: kept in the last minute, and nothing opens",
      run: async ({ ben, time }) => {
        const due = Date.parse(String((await promiseOf(ben, first))["by"]));
        await time.pass(due + 69 * minute - time.now());
        mustBeLike(await laptop.does("keep", first), { state: "kept", unconfirmed: false });
        await time.pass(10 * minute);
        for (const person of [laptop, ben]) mustBeLike(await promiseOf(person, first), { state: "kept", released: null, note: null });
      },
    },
    {
      rules: ["PROM3"],
      says: "ending B: not kept, and the envelope opens exactly once, although the relay is killed meanwhile",
      run: async ({ ben, relay, time }) => {
        const made = await laptop.tells("I am coming back.\nThe spare key is under the blue pot.\n", "promise", "--by", "20m", "--note");
        const id = String(made["id"]);
        looking = await ben.looks();
        await looking.hears({ kind: "guard", id, state: "guarded" });
        for (const span of [21 * minute, 10 * minute, 6 * minute]) {
          await time.pass(span);
          await relay.kill();
          await relay.restart();
        }
        await time.pass(5 * minute);
        await looking.hears({ kind: "promise", what: "released", id: id, note: "The spare key is under the blue pot." });
        await time.pass(5 * minute);
        await looking.leaves();
        for (const what of ["late", "released"]) mustBeLike(countLike(looking.lines(), { kind: "promise", what, id: id }), 1);
        mustBeLike(await promiseOf(ben, id), { state: "released", note: "The spare key is under the blue pot." });
      },
    },
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
    {
      rules: ["KEEP2"],
      says: "the one who is left chooses a quiet view: the last things marked and kept, no prompts, no imitation",
      run: async ({ ben }) => {
        await say(ada, "Keep the window open.");
        mustBeLike(await ben.reads("status"), /not written down yet/);
        await ben.does("keeping", "on");
        const text = await ben.reads("status");
        mustBeLike(text, /The last\. .*Keep the window open\./);
        must(!/not compared|not written down|`beside/.test(text), "nothing is asked", text);
        const kept = (await ben.begins("between").finish()).lines;
        mustBeLike(
          kept.filter((line) => line["last"] === true),
          [{ from: "other", body: { text: "Keep the window open." } }],
        );
        mustBeLike(countLike(kept, { from: "other" }), (count: unknown) => Number(count) >= 1);
      },
    },
  ];
};

export const scenario: Scenario = {
  seed: "000",
  about: "Mostly distant, some days right beside; a promise to come back, and an end that may come first.",
  beats,
};
