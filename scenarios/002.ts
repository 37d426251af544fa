/** Seed 002: one who wants too much and one who needs room; months apart; a silence that could have been anything. */
import { later, type Beat, type Scenario } from "./beat.ts";
import { day, second } from "./kit/clock.ts";
import { askToBeLetIn, letIn, type Arrival } from "./kit/device.ts";
import { must, mustBeLike, until } from "./kit/like.ts";
import { countLike, textsOf, type Looking } from "./kit/terminal.ts";
import { bring } from "./kit/world.ts";

/** Both are at terminals. */
const beats = (): readonly Beat[] => {
  let adaLooks: Looking;
  let benLooks: Looking;
  let arrival: Arrival;
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
    later("LINK2", "Ben reaches out again and again: it is damped"),
    later("SAY4", "Ada mutes Ben's words, and Ben is not told"),
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
    later("BOUND4", "Ada takes time apart, with words for it; nothing flows but what Ada allowed"),
    {
      rules: ["PRES3"],
      says: "two months without a word, then both are here again: the same bond, the same six words, no new pairing",
      run: async ({ ada, ben, time }) => {
        const words = (await ada.does("words"))["words"];
        await time.pass(61 * day);
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
        mustBeLike(adas, [...many, "Not now.", "I am back."]);
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
    later("LIFE1", "every night one press says that today was all right"),
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
    later("END1", "Ben ends the bond, alone and at once; Ada is told ended, and nothing can be done on the line any more"),
    later("END3", "after a new pairing of the same two, both unseal what they kept"),
  ];
};

export const scenario: Scenario = {
  seed: "002",
  about: "One reaches out too much, one needs room; months apart, and a silence that says only since when.",
  beats,
};
