/** Seed 004: a presence that is heavy, and someone who means harm. Nothing the other's client does reaches further than the line. */
import { randomBytes } from "node:crypto";
import { later, type Beat, type Scenario } from "./beat.ts";
import { minute } from "./kit/clock.ts";
import { must, mustBeLike, until } from "./kit/like.ts";
import { comeAsStranger, type Stranger } from "./kit/stranger.ts";
import { countLike, textsOf, type Looking } from "./kit/terminal.ts";
import type { Passed, Way } from "./kit/way.ts";
import { bytesOf, frame, knockFrame, makeKey, openFrame, readLink, refusal, write, type Frame } from "./kit/wire.ts";

/** Both are at terminals. Ben's network is in the hands of someone who means harm, with all that Ben's device proves. */
const beats = (): readonly Beat[] => {
  let way: Way;
  let link = "";
  let adaLooks: Looking;
  const lastThought = "I was glad of every day.";

  const appends = (passed: readonly Passed[]): readonly Passed[] => passed.filter(({ frame: [type] }) => type === frame.append);
  /** The bodies of Ada's records, as Ben's device got them. */
  const adasBodies = (): Uint8Array[] =>
    way.came
      .filter(({ frame: [type] }) => type === frame.entries)
      .flatMap(({ frame: [, items] }) => (items as Frame[]).filter((item) => item[2] === 0 && item[5] === 0).map((item) => bytesOf(item[6])));
  const lastOwn = (): { readonly n: number; readonly epoch: number } => {
    const last = appends(way.sent).at(-1)?.frame;
    if (!last) throw new Error("Ben has said nothing yet");
    return { n: Number(last[1]), epoch: Number(last[2]) };
  };
  /** The relay has looked at all that was slipped in. */
  const settled = async (): Promise<void> => {
    const pong = way.next([frame.pong]);
    way.slipIn(write(frame.ping));
    await pong;
  };
  const knockAs = async (relay: string): Promise<Stranger> => {
    const stranger = await comeAsStranger(relay);
    stranger.send(knockFrame(stranger.challenge, readLink(link), makeKey(), randomBytes(8192)));
    return stranger;
  };

  return [
    {
      rules: ["PAIR2", "DEV1"],
      says: "the link leaks, and two strangers knock with rubbish no person key vouches for: Ada's door shows only Ben",
      run: async ({ ada, ben, relay, way: openWay }) => {
        way = await openWay();
        link = String((await ada.does("invite", "--name", "Ada", "--relay", relay.url))["link"]);
        for (let at = 0; at < 2; at++) {
          const stranger = await knockAs(relay.url);
          mustBeLike(await stranger.answer(frame.knocked), [frame.knocked, 0]);
          stranger.leave();
        }
        await ben.tells(link, "join", "--name", "Ben", "--relay", way.url);
        mustBeLike((await ada.does("knocks"))["knocks"], [{ name: "Ben" }]);
        mustBeLike(await ada.does("accept"), { accepted: true, name: "Ben" });
        await until(ben.sees, { name: "Ada" });
      },
    },
    {
      rules: ["PAIR1"],
      says: "a third comes with the used link and is turned away; both are told, and it is once and for all two",
      run: async ({ ada, ben, relay, terminal }) => {
        const eve = terminal("Eve");
        mustBeLike(await eve.tries(link, "join", "--name", "Eve", "--relay", relay.url), { code: 3, problem: { error: "taken" } });
        mustBeLike((await eve.does("bonds"))["bonds"], []);
        for (const person of [ada, ben]) mustBeLike(await person.does("status"), { latecomer: /Z$/ });
      },
    },
    {
      rules: ["PRES2"],
      says: "Ben's presence weighs on Ada, and Ada's own is nobody's to demand: Ada gives none and is not seen",
      run: async ({ ada, ben }) => {
        await ben.does("show", "on");
        await ada.does("show", "off");
        adaLooks = await ada.looks();
        mustBeLike(await ben.sees(), { state: "closed" });
      },
    },
    {
      rules: ["BOUND1"],
      says: "Ada lets in less of it, and Ben is not told: not in what both see, and not on the wire",
      run: async ({ ada, ben, relay }) => {
        const [records, before] = [await relay.sum("records"), await ben.does("grants")];
        await ada.does("let", "presence", "off");
        mustBeLike(await ada.sees(), { state: "not-let-in" });
        mustBeLike(await relay.sum("records"), records);
        mustBeLike(await ben.does("grants"), before);
        const looking = await ben.looks();
        await looking.leaves();
        mustBeLike([await ada.sees(), countLike(adaLooks.lines(), { kind: "presence" })], [{ state: "not-let-in" }, 0]);
      },
    },
    {
      rules: ["PROM3"],
      says: "a last thought that Ben sealed opens for Ada once, after its time and not before; nobody between could read it",
      run: async ({ ben, time }) => {
        const made = await ben.tells(`I will be back.\n${lastThought}\n`, "promise", "--by", "10m", "--note");
        mustBeLike(made, { state: "guarded" });
        must(!way.sent.some(({ bytes }) => Buffer.from(bytes).includes(lastThought)), "it is sealed on its way", "it was read");
        await time.pass(24 * minute);
        mustBeLike(countLike(adaLooks.lines(), { kind: "promise", what: "released" }), 0);
        await time.pass(2 * minute);
        mustBeLike(await adaLooks.hears({ kind: "promise", what: "released" }), { from: "other", note: lastThought });
        await time.pass(5 * minute);
        mustBeLike(countLike(adaLooks.lines(), { kind: "promise", what: "released" }), 1);
      },
    },
    {
      rules: ["BOUND3"],
      says: "rubbish, another version, text, and a frame over every size are refused; the bond goes on",
      run: async ({ ada, ben, relay }) => {
        const before = await relay.sum("malformed");
        const rude = await comeAsStranger(relay.url);
        for (const message of ["text", randomBytes(300), write(99), write(frame.append, -1, "x"), write(frame.live, randomBytes(199))]) rude.send(message);
        mustBeLike((await rude.answer(frame.refused))[3], refusal.malformed);
        const huge = await comeAsStranger(relay.url);
        huge.send(Buffer.alloc(4 * 65_536));
        mustBeLike(await huge.closed, 1009);
        for (let at = 0; at < 10; at++) rude.send(randomBytes(64));
        mustBeLike(await rude.closed, 1008);
        must((await relay.sum("malformed")) >= before + 10, "the relay counted them", await relay.sum("malformed"));
        await ben.tells("Still here.", "say");
        await adaLooks.hears({ kind: "thought", text: "Still here." });
        await ada.tells("So am I.", "say");
        mustBeLike(await ben.does("status"), { unseen: 1 });
      },
    },
    {
      rules: ["BOUND3"],
      says: "Ben's session is used to send everything Ben ever said once more: Ada has each of it once",
      run: async ({ ada, ben }) => {
        const looking = await ben.looks();
        await looking.hears({ kind: "thought", text: "So am I." });
        const told = adaLooks.lines().length;
        for (const { bytes } of appends(way.sent)) way.slipIn(bytes);
        await settled();
        mustBeLike(textsOf((await ada.exports()).entries), ["Still here.", "So am I."]);
        mustBeLike(countLike(adaLooks.lines().slice(told), { kind: "thought" }), 0);
        await looking.losesPower();
      },
    },
    {
      rules: ["BOUND3"],
      says: "it is used to flood: a thousand live frames of noise, and Ada's side neither feels nor slows",
      run: async ({ ada, relay, ben }) => {
        const looking = await ben.looks();
        const [told, forwarded] = [adaLooks.lines().length, await relay.sum("forwarded")];
        for (let at = 0; at < 1000; at++) way.slipIn(write(frame.live, randomBytes(200)));
        await settled();
        must((await relay.sum("forwarded")) - forwarded < 400, "the relay hands on only so many", (await relay.sum("forwarded")) - forwarded);
        await ada.does("feel", "ease");
        await adaLooks.hears({ kind: "feeling", from: "me" });
        mustBeLike(countLike(adaLooks.lines().slice(told), { kind: "touch" }), 0);
        await looking.losesPower();
      },
    },
    {
      rules: ["BOUND3"],
      says: "it is used to take Ada's part: Ada's device is neither removed nor let go of, and the knock is not answered anew",
      run: async ({ ada, ben, relay }) => {
        const looking = await ben.looks();
        const { epoch } = lastOwn();
        const refused = way.next([frame.refused, frame.change]);
        way.slipIn(write(frame.change, 10_000, 0, epoch, randomBytes(1024), null, [], [0]));
        await refused;
        await looking.losesPower();
        mustBeLike(await ada.does("status"), { connection: { state: "online", trouble: null } });
        const late = await knockAs(relay.url);
        mustBeLike((await late.answer(frame.refused))[3], refusal.taken);
        late.leave();
      },
    },
    {
      rules: ["BOUND2"],
      says: "it is used to say Ada's own sealed words as Ben's, and noise as if it were sealed: Ada's side drops all of it",
      run: async ({ ada, ben }) => {
        // Ben's device says that it is here, and nothing more: the next counts are free for who speaks in its place.
        const here = way.next([frame.acked]);
        const looking = await ben.looks();
        await here;
        const { epoch } = lastOwn();
        let { n } = lastOwn();
        must(
          adasBodies().length > 0,
          "Ben's device got what Ada sealed",
          way.came.map(({ frame: [type] }) => type),
        );
        for (const body of [...adasBodies(), randomBytes(256), randomBytes(1024), Buffer.alloc(256)]) {
          n++;
          const acked = way.next([frame.acked, n]);
          way.slipIn(write(frame.append, n, epoch, body));
          await acked;
        }
        await looking.losesPower();
        // Counts under which Ben's own device said nothing are taken now. It may not go on with its keys, and says so.
        mustBeLike(await ada.does("status"), { connection: { state: "online", trouble: null, waiting: 0 }, unseen: 0 });
        mustBeLike(textsOf((await ada.exports()).entries), ["Still here.", "So am I."]);
      },
    },
    {
      rules: ["BOUND3", "PAIR1"],
      says: "a recording of Ben's proof opens nothing on another socket, and a key of one's own neither",
      run: async ({ relay }) => {
        const proof = way.sent.findLast(({ frame: [type] }) => type === frame.open);
        const replaying = await comeAsStranger(relay.url);
        replaying.send(proof?.bytes ?? "");
        mustBeLike((await replaying.answer(frame.refused))[3], refusal.unknown);
        replaying.send(openFrame(replaying.challenge, readLink(link).line, makeKey()));
        mustBeLike((await replaying.answer(frame.refused))[3], refusal.unknown);
        replaying.leave();
      },
    },
    {
      rules: ["BOUND3"],
      says: "after all of it Ada's side is as it was: words, names, six words, and one more thing can be said",
      run: async ({ ada, relay }) => {
        mustBeLike(await ada.does("status"), { me: { name: "Ada" }, other: { name: "Ben" }, compared: false });
        mustBeLike(await ada.does("words"), { words: (words: unknown) => Array.isArray(words) && words.length === 6 });
        const records = await relay.sum("records");
        await ada.tells("I never asked for this.", "say");
        mustBeLike(await relay.sum("records"), records + 1);
      },
    },
    later("SOS1", "unable to speak, Ada presses and holds: it repeats until someone acknowledges, and Ada sees that"),
    later("TOUCH2", "what is too strong is limited by the one who receives it, whatever is sent"),
    {
      rules: ["END1"],
      says: "Ada ends the line, alone and at once: presence stops first, and the other is told by whom, not when",
      run: async ({ ada, ben, relay }) => {
        const records = await relay.sum("records");
        mustBeLike(await ada.does("end", "--yes"), { ended: true, told: true });
        mustBeLike(await adaLooks.hears({ kind: "ended" }), { from: "me" });
        mustBeLike(await relay.sum("records"), records);
        mustBeLike((await ben.tries("", "status"))["said"], { other: { state: "ended", since: null }, by: "other" });
      },
    },
    {
      rules: ["END1"],
      says: "after it the other can do nothing on the line, with any client: recorded proofs and words are refused",
      run: async ({ ada, ben, relay }) => {
        const records = await relay.sum("records");
        mustBeLike(await ben.tries("One more thing.", "say"), { code: 3, problem: { error: "ended" } });
        const stranger = await comeAsStranger(relay.url);
        for (const { bytes, frame: passed } of way.sent) if (passed[0] === frame.open) stranger.send(bytes);
        mustBeLike((await stranger.answer(frame.refused))[1], frame.open);
        stranger.leave();
        const replaying = await comeAsStranger(relay.url);
        replaying.send(openFrame(replaying.challenge, readLink(link).line, makeKey()));
        mustBeLike((await replaying.answer(frame.refused))[3], refusal.unknown);
        replaying.leave();
        mustBeLike(await relay.sum("records"), records);
        mustBeLike(await ada.does("status"), { by: "me", told: true });
      },
    },
    {
      rules: ["BOUND6"],
      says: "Ada reads what was given, when and from which device: nobody can be told it was otherwise",
      run: async ({ ada, time }) => {
        const past = (await ada.begins("history").finish()).lines.filter((line) => line["is"] === "gave");
        mustBeLike(past, [{ sense: "presence", give: "off", by: 0, at: (at: unknown) => Date.parse(String(at)) <= time.now() }]);
        const { page } = await ada.exports();
        must(page.includes("What you gave, and your devices"), "the export has it too", page);
      },
    },
    {
      rules: ["KEEP1"],
      says: "the last things are kept, by each for oneself: who said what, and when",
      run: async ({ ada }) => {
        await adaLooks.leaves();
        const { entries, page } = await ada.exports();
        mustBeLike(
          entries.filter(({ kind }) => kind === "thought").map(({ from, body }) => [from, body.text]),
          [
            ["other", "Still here."],
            ["me", "So am I."],
            ["me", "I never asked for this."],
          ],
        );
        must(page.includes("I never asked for this."), "the page has them too", page);
        must(page.includes(lastThought), "and what was sealed for afterwards", page);
      },
    },
    {
      rules: ["KEEP2"],
      says: "the last things are marked and quiet: no prompts, no imitation",
      run: async ({ ada }) => {
        await ada.does("keeping", "on");
        const kept = (await ada.begins("between").finish()).lines;
        mustBeLike(
          kept.filter((line) => line["last"] === true),
          [{ from: "other", body: { text: "Still here." } }],
        );
        mustBeLike(await ada.reads("between"), /The last\. .*Still here\./);
        must(!(await ada.reads("status")).includes("`beside"), "nothing is asked", await ada.reads("status"));
      },
    },
  ];
};

export const scenario: Scenario = {
  seed: "004",
  about: "A presence that is heavy; someone who means harm, with all that the other's device can prove; and a leaving.",
  beats,
};
