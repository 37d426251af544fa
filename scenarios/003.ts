/** Seed 003: on the run over a bad network; codes that are not recognised; nobody speaks for anybody. */
import { randomBytes } from "node:crypto";
import { between, fieldShows, say, sixWords, type Person } from "../e2e/kit.ts";
import { later, type Beat, type Scenario } from "./beat.ts";
import { day } from "./kit/clock.ts";
import { askToBeLetIn, letIn, type Arrival } from "./kit/device.ts";
import { must, mustBeLike, until } from "./kit/like.ts";
import { lightOf, showsPresence } from "./kit/screen.ts";
import { comeAsStranger } from "./kit/stranger.ts";
import { countLike, textsOf, type Looking } from "./kit/terminal.ts";
import type { Way } from "./kit/way.ts";
import { frame, makeKey, openFrame, readLink, refusal } from "./kit/wire.ts";

/** Ben invites from a terminal whose network comes and goes; Ada joins with a browser. */
const beats = (): readonly Beat[] => {
  let ada: Person;
  let way: Way;
  let link = "";
  let benLooks: Looking;
  let arrival: Arrival;
  let words: readonly string[];

  return [
    {
      rules: ["PAIR2"],
      says: "Ada opens Ben's link in a browser: the address forgets it, and nothing happens until Ada presses Join",
      run: async ({ ben, relay, screen, way: openWay }) => {
        way = await openWay();
        link = String((await ben.does("invite", "--name", "Ben", "--relay", way.url, "--show", "on"))["link"]);
        ada = await screen("Ada");
        await ada.page.goto("about:blank");
        await ada.page.goto(link.replace(way.url, relay.url));
        await ada.page.getByLabel("Your name").fill("Ada");
        mustBeLike(new URL(ada.page.url()).hash, "");
        mustBeLike((await ben.does("knocks"))["knocks"], []);
        await ada.page.getByRole("button", { name: "Join", exact: true }).click();
        // The link names Ben's own way to the relay; that it is the same relay is known by its key.
        await ada.page.getByRole("button", { name: "Join here" }).click();
        mustBeLike(await until(() => ben.does("knocks"), { knocks: [{ name: "Ada" }] }), { knocks: [{ id: 1 }] });
      },
    },
    {
      rules: ["PAIR3"],
      says: "codes are no accusation: both have the same six words, and until they are compared each side says so calmly",
      run: async ({ ben }) => {
        mustBeLike(await ben.does("accept"), { accepted: true, name: "Ada" });
        words = (await sixWords(ada)).map((one) => one.split("\n").at(-1) ?? "");
        mustBeLike((await ben.does("words"))["words"], words);
        await ada.page.getByRole("button", { name: "Later" }).click();
        await ada.page.getByRole("button", { name: /not compared/ }).waitFor();
        const text = await ben.reads("status");
        must(/not compared yet/.test(text) && !/enemy|danger|warning|attack|unsafe/i.test(text), "it says so calmly", text);
      },
    },
    {
      rules: ["PRES1"],
      says: "both look, one at a screen and one at a terminal, and are beside each other",
      run: async ({ ben }) => {
        await showsPresence(ada);
        benLooks = await ben.looks();
        await fieldShows(ada, "state", "beside");
        await benLooks.hears({ kind: "state", state: "beside" });
      },
    },
    {
      rules: ["FEEL1"],
      says: "on the run the network is gone: three feelings, one command each, are kept and said to be kept",
      run: async ({ ben }) => {
        await benLooks.leaves();
        way.cut();
        for (const name of ["worry", "love", "calm"]) {
          mustBeLike(await ben.tries("", "feel", name, "--timeout", "0.5"), {
            code: 4,
            said: { name },
            problem: { error: "unreachable", message: /kept here/ },
          });
        }
      },
    },
    {
      rules: ["PRES3"],
      says: "Ben's own lost network is said as Ben's own, never as Ada's absence; and Ada is not told that Ben closed",
      run: async ({ ben }) => {
        const { code, said, problem } = await ben.tries("", "status", "--timeout", "0.5");
        mustBeLike({ code, problem }, { code: 4, problem: { error: "unreachable", message: /could not be reached/ } });
        mustBeLike(said, { other: { name: "Ada" }, connection: { waiting: 3 } });
        mustBeLike((await lightOf(ada)).shape, "near");
      },
    },
    {
      rules: ["FEEL1"],
      says: "the network comes back for a moment: all three arrive, in order, each once, with the hour it was felt",
      run: async ({ ben }) => {
        way.mend();
        mustBeLike(await ben.does("status"), { connection: { state: "online", waiting: 0 } });
        await fieldShows(ada, "feeling", "165");
        const felt = (await ben.exports()).entries.filter(({ kind }) => kind === "feeling");
        mustBeLike(
          felt.map(({ body }) => body["hue"]),
          [325, 345, 165],
        );
        must(
          felt.every(({ at }, index) => index === 0 || at > (felt[index - 1] as { at: string }).at),
          "each has its own hour",
          felt,
        );
      },
    },
    {
      rules: ["SAY1"],
      says: "the network goes in the middle of a sentence being sent, and comes back: it is there once",
      run: async ({ ben }) => {
        benLooks = await ben.looks();
        const saying = ben.begins("say").finish("Hold on, I am nearly there.");
        await benLooks.hears({ kind: "thought", from: "me" });
        way.cut();
        way.mend();
        mustBeLike((await saying).code, (code: unknown) => code === 0 || code === 4);
        await until(() => ben.does("status"), { connection: { state: "online", waiting: 0 } });
        const said = await between(ada);
        mustBeLike(said, ["Hold on, I am nearly there."]);
        await benLooks.leaves();
      },
    },
    {
      rules: ["PAIR4"],
      says: "a device of Ben's is not recognised: neither trusted nor accused, and what Ada says meanwhile is not lost",
      run: async ({ ben, terminal }) => {
        arrival = await askToBeLetIn(ben, terminal("Ben's other device"), "the ship's");
        await say(ada, "Come when you can.");
        mustBeLike((await ben.does("device", "list"))["mine"], [{ index: 0 }]);
        mustBeLike(await arrival.device.does("status"), { other: { name: null, state: "arriving" } });
        mustBeLike((await arrival.device.tries("", "between")).code, 3);
      },
    },
    {
      rules: ["PAIR4"],
      says: "an older device of Ben's vouches for it, and what waited is delivered: all of it, once",
      run: async ({ ben }) => {
        const { device } = await letIn(arrival);
        mustBeLike(await until(device.sees, { name: "Ada" }), { name: "Ada" });
        mustBeLike(textsOf((await device.exports()).entries), ["Hold on, I am nearly there.", "Come when you can."]);
        mustBeLike(await ben.reads("status"), /Come when you can/);
        mustBeLike(await ben.does("device", "list"), { mine: [{ here: true }, { name: "the ship's" }] });
      },
    },
    {
      rules: ["DEV1", "PAIR1"],
      says: "a device that neither person vouched for asks for the line, and learns not even that it exists",
      run: async ({ relay }) => {
        const answerTo = async (line: Uint8Array): Promise<readonly unknown[]> => {
          const stranger = await comeAsStranger(relay.url);
          stranger.send(openFrame(stranger.challenge, line, makeKey()));
          const answer = await stranger.answer(frame.refused);
          stranger.leave();
          return answer.slice(0, 4);
        };
        const [here, nowhere] = [await answerTo(readLink(link).line), await answerTo(randomBytes(16))];
        mustBeLike(here, [frame.refused, frame.open, 0, refusal.unknown]);
        mustBeLike(nowhere, here);
      },
    },
    later("PLACE3", "a place and a time to meet, which counts once both accepted it"),
    later("PLACE4", "it is shown to a third only after both nodded, for that one time"),
    later("LINK4", "video fails and voice goes on; voice fails and text goes on"),
    {
      rules: ["BOUND2"],
      says: "someone who has the link, the line and every byte that passed answers for Ben: nobody hears it",
      run: async ({ ben, relay }) => {
        const before = (await ben.exports()).entries.length;
        const stranger = await comeAsStranger(relay.url);
        // Ben's own proof, and Ben's own sealed words, as they went over the network.
        for (const {
          bytes,
          frame: [type],
        } of way.sent)
          if (type === frame.open || type === frame.append) stranger.send(bytes);
        mustBeLike(await stranger.answer(frame.refused), (answer: unknown) => Array.isArray(answer) && answer[3] !== undefined);
        stranger.leave();
        mustBeLike((await ben.exports()).entries.length, before);
        mustBeLike((await between(ada)).toSorted(), ["Come when you can.", "Hold on, I am nearly there."]);
      },
    },
    {
      rules: ["BOUND2", "KEEP1"],
      says: "each thing names its author on both sides alike, and nothing is there that its author did not say",
      run: async ({ ben }) => {
        const { entries } = await ben.exports();
        mustBeLike([countLike(entries, { kind: "feeling", from: "other" }), countLike(entries, { kind: "thought", from: "other" })], [0, 1]);
        mustBeLike(textsOf(entries), ["Hold on, I am nearly there.", "Come when you can."]);
        await ada.page.locator('[data-tool="between"]').click();
        const kept = ada.page.locator(".kept li[data-kind=thought]");
        await kept.first().waitFor();
        const froms = await kept.evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset["from"] ?? ""));
        await ada.page.keyboard.press("Escape");
        mustBeLike(new Set(froms).size, 2);
      },
    },
    {
      rules: ["SAY4"],
      says: "Ada writes and thinks better of it: while it is a draft nothing leaves the device, and nobody hears it",
      run: async ({ ben, relay }) => {
        await ada.page.locator('[data-tool="say"]').click();
        const [records, box] = [await relay.sum("records"), ada.page.locator("textarea.words")];
        await box.pressSequentially("I should not say this");
        await ada.page.keyboard.press("Escape");
        await box.waitFor({ state: "detached" });
        mustBeLike(await relay.sum("records"), records);
        mustBeLike(await ben.does("status"), { unseen: 0 });
        must(!(await ben.exports()).page.includes("I should not"), "Ben has none of it", "Ben has it");
      },
    },
    {
      rules: ["BOUND4"],
      says: "Ben goes apart without a date: Ada's screen says so, as announced, and nothing flows that Ben did not allow",
      run: async ({ ben, relay }) => {
        mustBeLike(await ben.does("apart"), { apart: { announced: true, until: null } });
        await fieldShows(ada, "state", "away");
        mustBeLike((await lightOf(ada)).sentence, /apart/);
        const records = await relay.sum("records");
        mustBeLike(await ben.tries("x", "say"), { code: 3, problem: { error: "apart" } });
        benLooks = await ben.looks();
        await benLooks.leaves();
        mustBeLike(await relay.sum("records"), records);
      },
    },
    {
      rules: ["BOUND1", "BOUND4"],
      says: "boundaries are edited while apart: on return Ada sees what is given now, since when, and no more than that",
      run: async ({ ben }) => {
        await ben.does("give", "presence", "off");
        await ben.does("let", "touch", "quiet");
        await fieldShows(ada, "state", "away");
        await ben.does("back");
        await fieldShows(ada, "state", "closed");
        mustBeLike((await lightOf(ada)).sentence, /closed · .*\d/);
        await ben.does("give", "presence", "full");
        await fieldShows(ada, "state", "near");
        await ben.does("let", "touch", "on");
      },
    },
    {
      rules: ["PRES2"],
      says: "Ben changes what is given while Ada is away; on return Ada sees it, since when, and no more than that",
      run: async ({ ben, relay }) => {
        await ada.page.goto("about:blank");
        await ben.does("show", "off");
        await ada.page.goto(relay.url);
        await fieldShows(ada, "state", "closed");
        mustBeLike((await lightOf(ada)).sentence, /closed · .*\d/);
        await ben.does("show", "on");
        await fieldShows(ada, "state", "near");
      },
    },
    {
      rules: ["PROM5"],
      says: "a promise with a condition and no date: never broken by itself, never nagging",
      run: async ({ ben, time }) => {
        const made = await ben.tells("I come home.\nthe roads are open\n", "promise", "--when");
        mustBeLike(made, { state: "open", by: null, when: "the roads are open", guard: null });
        await time.pass(20 * day);
        mustBeLike((await ben.does("promises"))["promises"], [{ id: made["id"], state: "open", unanswered: false, late: null }]);
        must(!/late|Past|guarded/.test(await ben.reads("status")), "nothing nags", await ben.reads("status"));
      },
    },
    later("BOUND1", "both read the same list of what each gives, in the same words; what each lets in is nobody else's"),
  ];
};

export const scenario: Scenario = {
  seed: "003",
  about: "Feelings on the run over a bad network; a device nobody recognises; nobody answers for another.",
  beats,
};
