/** Seed 002: one who wants too much and one who needs room; months apart; a silence that could have been anything. */
import { later, type Beat, type Scenario } from "./beat.ts";
import { day, hour, minute, second } from "./kit/clock.ts";
import { askToBeLetIn, letIn, type Arrival } from "./kit/device.ts";
import { must, mustBeLike, until } from "./kit/like.ts";
import { countLike, textsOf, type Looking, type Terminal } from "./kit/terminal.ts";
import { bring } from "./kit/world.ts";

/** Both are at terminals. */
const beats = (): readonly Beat[] => {
  let adaLooks: Looking;
  let benLooks: Looking;
  let arrival: Arrival;
  const muted = "Why do you not answer?";
  const many = Array.from({ length: 5 }, (_, at) => `Do you hear me? (${at + 1})`);

  return [
    {
      rules: ["PAIR2", "PRES2"],
      says: "they are let in together; Ben shows when here, Ada was asked and says no",
      run: async (world) => {
        await bring(world);
        const { ada, ben } = world;
        mustBeLike(await ben.does("show", "on"), { show: "on", until: /Z$/ });
        mustBeLike(await ada.does("show", "off"), { show: "off" });
      },
    },
    {
      rules: ["PRES2"],
      says: "nobody is sensed without knowing: Ben's side always says that it is given and until when, and Ada's that it is not",
      run: async ({ ada, ben }) => {
        mustBeLike(await ben.reads("status"), /You show when you are here, until/);
        mustBeLike(await ada.reads("status"), /You do not show when you are here/);
      },
    },
    {
      rules: ["SAY1"],
      says: "Ben says one thing after another; Ada reads all of it, and nothing at all goes back",
      run: async ({ ada, ben, relay }) => {
        benLooks = await ben.looks();
        for (const text of many) await ben.tells(text, "say");
        const [records, told] = [await relay.sum("records"), benLooks.lines().length];
        adaLooks = await ada.looks();
        for (const text of many) await adaLooks.hears({ kind: "thought", text });
        await adaLooks.leaves();
        mustBeLike(await ada.does("status"), { unseen: 0 });
        mustBeLike([await relay.sum("records"), benLooks.lines().length], [records, told]);
      },
    },
    {
      rules: ["LINK2"],
      says: "Ben reaches out again and again: after some it comes to Ada without a cue, and Ben is told nothing of that",
      run: async ({ ada, ben }) => {
        adaLooks = await ada.looks();
        const told = benLooks.lines().length;
        for (let at = 0; at < 9; at++) await ben.does("feel", "longing");
        const felt = { kind: "feeling", from: "other" };
        await until(() => Promise.resolve(countLike(adaLooks.lines(), felt)), 9);
        mustBeLike(countLike(adaLooks.lines(), { ...felt, quiet: true }), 3);
        mustBeLike(countLike(benLooks.lines().slice(told), { from: "other" }), 0);
        await adaLooks.leaves();
      },
    },
    {
      rules: ["SAY4"],
      says: "Ada mutes Ben's words, and Ben is not told: not on the wire, and not in what both see of each other",
      run: async ({ ada, ben, relay }) => {
        const before = await ben.does("grants");
        const records = await relay.sum("records");
        await ada.does("let", "thought", "off");
        mustBeLike(await relay.sum("records"), records);
        adaLooks = await ada.looks();
        const told = benLooks.lines().length;
        await ben.tells(muted, "say");
        await ben.does("feel", "worry");
        await adaLooks.hears({ kind: "feeling", name: "worry" });
        mustBeLike(countLike(adaLooks.lines(), { kind: "thought" }), 0);
        mustBeLike(await ada.does("status"), { unseen: 0 });
        mustBeLike(countLike(benLooks.lines().slice(told), { from: "other" }), 0);
        mustBeLike(await ben.does("grants"), before);
        await ada.does("let", "thought", "on");
        await adaLooks.leaves();
        // It is set aside, for when Ada asks for it.
        must(!(await ada.reads("between")).includes(muted), "it does not show by itself", muted);
        must((await ada.reads("between", "--aside")).includes(muted), "it is there when it is asked for", muted);
      },
    },
    {
      rules: ["BOUND1"],
      says: "both read the same list of what each gives, and what each lets in is nobody else's",
      run: async ({ ada, ben }) => {
        await ada.does("give", "touch", "off");
        await ada.does("let", "presence", "quiet");
        const list = async (person: Terminal, whose: "mine" | "theirs"): Promise<unknown> =>
          ((await person.does("grants"))["grants"] as readonly Record<string, unknown>[]).map((one) => [one["sense"], one[whose]]);
        mustBeLike(await list(ben, "theirs"), await list(ada, "mine"));
        mustBeLike(await list(ada, "theirs"), await list(ben, "mine"));
        mustBeLike(await ada.reads("let"), /presence +quietly/);
        for (const command of ["grants", "let"]) must(!(await ben.reads(command)).includes("quietly"), "Ben reads nothing of it", await ben.reads(command));
        await ada.does("let", "presence", "on");
        await ada.does("give", "touch", "full");
      },
    },
    {
      rules: ["PRES2"],
      says: "commands that only ask are no presence: Ada says something in passing, and Ben is shown no sign of being here",
      run: async ({ ada, ben }) => {
        await ada.tells("Not now.", "say");
        await benLooks.hears({ kind: "thought", text: "Not now." });
        mustBeLike(await ben.sees(), { state: "closed" });
        mustBeLike(countLike(benLooks.lines(), { kind: "presence", from: "other" }), 0);
        await benLooks.leaves();
      },
    },
    {
      rules: ["BOUND4"],
      says: "Ada takes time apart, with words for it; nothing flows but what Ada allowed",
      run: async ({ ada, ben }) => {
        mustBeLike(await ada.tells("I have found my feet\n", "apart", "--when", "--pass", "feeling"), { apart: { passes: ["feeling"] } });
        mustBeLike(await ben.sees(), { state: "away", why: "apart", until: null, when: "I have found my feet" });
        mustBeLike(await ben.reads("status"), /Ada is apart since .*, as announced: .*found my feet/);
        mustBeLike(await ada.tries("No.", "say"), { code: 3, problem: { error: "apart" } });
        adaLooks = await ada.looks();
        await ben.does("touch", "--for", "0.3");
        await ben.does("feel", "calm");
        await adaLooks.hears({ kind: "feeling", name: "calm" });
        mustBeLike(countLike(adaLooks.lines(), { kind: "touch" }), 0);
        await adaLooks.leaves();
      },
    },
    {
      rules: ["BOUND4", "PRES3"],
      says: "two months without a word, then both are here again: the same bond, the same six words, no new pairing",
      run: async ({ ada, ben, time }) => {
        const words = (await ada.does("words"))["words"];
        await time.pass(61 * day);
        mustBeLike(await ben.sees(), { state: "away", why: "apart" });
        await ada.does("back");
        mustBeLike(await ada.sees(), { state: "closed" });
        await Promise.all([ada.does("show", "on"), ben.does("show", "on")]);
        [adaLooks, benLooks] = await Promise.all([ada.looks(), ben.looks()]);
        await adaLooks.hears({ kind: "state", state: "beside" });
        await benLooks.hears({ kind: "state", state: "beside" });
        await ada.tells("I am back.", "say");
        await benLooks.hears({ kind: "thought", text: "I am back." });
        mustBeLike((await ben.does("words"))["words"], words);
      },
    },
    {
      rules: ["KEEP1"],
      says: "all that was said before is still with both, also where the relay let go of it long ago",
      run: async ({ ada, ben }) => {
        const [adas, bens] = [textsOf((await ada.exports()).entries), textsOf((await ben.exports()).entries)];
        mustBeLike(adas, [...many, muted, "Not now.", "I am back."]);
        mustBeLike(bens, adas);
      },
    },
    {
      rules: ["PAIR4"],
      says: "Ben comes with a new device: not recognised, neither trusted nor accused, and given nothing",
      run: async ({ ada, ben, terminal }) => {
        arrival = await askToBeLetIn(ben, terminal("Ben's new device"), "new phone");
        mustBeLike(await benLooks.hears({ kind: "device-asks" }), { from: "me", name: "new phone", code: arrival.code });
        mustBeLike([(await ben.does("device", "list"))["mine"], (await ada.does("device", "list"))["theirs"]], [[{ index: 1 }], [{ index: 1 }]]);
        mustBeLike((await arrival.device.tries("", "between", "--timeout", "1")).code, 3);
      },
    },
    {
      rules: ["DEV1", "PAIR4"],
      says: "one of Ben's own devices vouches for it: it has all that was said, and both are shown that it was added",
      run: async ({ ada, ben }) => {
        const { device } = await letIn(arrival);
        mustBeLike(await ben.does("device", "vouch", "2"), { vouched: { index: 2, name: "new phone" } });
        mustBeLike(await benLooks.hears({ kind: "device" }), { is: "added", from: "me", name: "new phone" });
        mustBeLike(await adaLooks.hears({ kind: "device" }), { is: "added", from: "other" });
        mustBeLike((await ada.does("device", "list"))["theirs"], [{ index: 1 }, { index: 2 }]);
        mustBeLike(textsOf((await device.exports()).entries), textsOf((await ben.exports()).entries));
        await device.tells("From my new device.", "say");
        await adaLooks.hears({ kind: "thought", from: "other", text: "From my new device." });
      },
    },
    {
      rules: ["LIFE1"],
      says: "every night one press says that today was all right: no words, and nothing else leaves",
      run: async ({ ada, ben, time }) => {
        await Promise.all([adaLooks.leaves(), benLooks.leaves()]);
        const opens = Math.ceil(time.now() / minute) * minute + 10 * minute;
        const hhmm = (at: number): string => new Date(at).toISOString().slice(11, 16);
        const lives = async (person: Terminal, whose: "me" | "other"): Promise<unknown> =>
          ((await person.does("promises"))["life"] as Record<string, unknown>)[whose];
        await ben.tells("I am in bed.\n", "life", "--from", hhmm(opens), "--to", hhmm(opens + 2 * hour));
        mustBeLike(await until(() => lives(ada, "other"), { ahead: 14 }), { words: "I am in bed.", few: false });
        for (let night = 0; night < 2; night++) {
          mustBeLike(await ben.tries("", "sign"), { code: 3, problem: { error: "no-window" } });
          await time.pass(opens + night * day + 5 * minute - time.now() - (night === 0 ? 0 : 12 * hour));
          if (night > 0) await time.pass(12 * hour);
          mustBeLike(await ben.does("sign"), { signed: true, confirmed: true });
          await time.pass(3 * hour);
          mustBeLike((await ada.does("promises"))["promises"], []);
        }
        await ben.does("life", "off");
        mustBeLike(await lives(ada, "other"), null);
        [adaLooks, benLooks] = await Promise.all([ada.looks(), ben.looks()]);
        await adaLooks.hears({ kind: "state", state: "beside" });
      },
    },
    later("PLACE1", "for one errand Ben gives a place, with an end"),
    later("PLACE2", "Ben stops it early: Ada reads since when it is not shared, not a frozen point"),
    {
      rules: ["PRES3"],
      says: "Ben goes dark without a word while Ada looks: within a minute or so unheard since then, and not closed",
      run: async ({ ada, time }) => {
        await benLooks.losesPower();
        // In steps that a connection survives: Ada's own held all the while, so that Ben's silence says something.
        for (let passed = 0; passed < 72; passed += 8) {
          await time.pass(8 * second);
          await ada.sees();
        }
        mustBeLike(await until(ada.sees, { state: "unheard" }), { since: /(00|05|10|15|20|25|30|35|40|45|50|55):00\.000Z$/ });
        must(countLike(adaLooks.lines(), { kind: "connection", state: "offline" }) === 0, "Ada's own connection held", adaLooks.lines());
        mustBeLike(await ada.reads("status"), /Ben is unheard since/);
      },
    },
    {
      rules: ["PRES1", "PRES3"],
      says: "Ben comes back without explaining, and is right beside Ada again",
      run: async ({ ada, ben }) => {
        benLooks = await ben.looks();
        await until(ada.sees, { state: "beside" });
        await benLooks.hears({ kind: "state", state: "beside" });
        await benLooks.leaves();
        await adaLooks.leaves();
      },
    },
    later("CARE1", "in an emergency the care card is opened: what was taken, and what not before when"),
    {
      rules: ["END1"],
      says: "Ben ends the bond, alone and at once; Ada is told ended, and nothing can be done on the line any more",
      run: async ({ ada, ben, relay }) => {
        adaLooks = await ada.looks();
        mustBeLike(await ben.tells("end\n", "end"), { ended: true, told: true });
        await adaLooks.hears({ kind: "ended", from: "other" });
        mustBeLike(await ada.does("status"), { other: { state: "ended", since: null }, by: "other" });
        const records = await relay.sum("records");
        for (const person of [ada, ben])
          for (const args of [["say"], ["feel", "calm"], ["show", "on"]])
            mustBeLike(await person.tries("x", ...args), { code: 3, problem: { error: "ended" } });
        mustBeLike(await relay.sum("records"), records);
        await adaLooks.leaves();
        mustBeLike(textsOf((await ada.exports()).entries), textsOf((await ben.exports()).entries));
      },
    },
    {
      rules: ["END3"],
      says: "after a new pairing of the same two, both unseal what they kept: only once both said so, and the old line stays ended",
      run: async (world) => {
        const { ada, ben } = world;
        const before = (await ada.exports()).entries.map(({ id }) => id);
        const earlier = String((await ada.does("status"))["bond"]);
        const link = String((await ada.does("invite", "--name", "Ada", "--relay", world.relay.url))["link"]);
        await ben.tells(link, "join", "--name", "Ben", "--relay", world.relay.url);
        await ada.does("accept");
        const isTogether = (all: unknown): boolean => (all as readonly { state: string }[]).some(({ state }) => state !== "ended" && state !== "waiting");
        await until(() => ben.does("bonds"), { bonds: isTogether });
        const kept = async (person: Terminal): Promise<unknown> => {
          const { code, lines } = await person.begins("between", "--earlier", "--aside").finish();
          mustBeLike(code, 0);
          return lines.map((line) => line["id"]);
        };
        mustBeLike(await ada.does("recall"), { earlier, recalled: false });
        mustBeLike([await kept(ada), await kept(ben)], [[], []]);
        mustBeLike(await ben.does("recall", earlier), { earlier, recalled: true });
        for (const person of [ada, ben]) {
          mustBeLike(await until(() => kept(person), before), before);
          mustBeLike((await person.tries("", "status", "--bond", earlier)).said, { other: { state: "ended" } });
        }
      },
    },
  ];
};

export const scenario: Scenario = {
  seed: "002",
  about: "One reaches out too much, one needs room; months apart, and a silence that says only since when.",
  beats,
};
