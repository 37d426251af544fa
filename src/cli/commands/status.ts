/** `status` and `bonds`: how it is, in one look. */
import { ok } from "../../base/result.ts";
import { chooseBond, titleOf } from "../bond-choice.ts";
import { command, exits } from "../command.ts";
import { entryJson } from "../export/bond-json.ts";
import { keptText } from "../kept-text.ts";
import { lastThings } from "../../line/last-things.ts";
import { untilAnswered } from "../promises.ts";
import { backupSentence, connectionSentence, shownName, statusSentences, timedText, wordsSentence } from "../sentences.ts";
import { thoughtCli } from "../../senses/thought/thought.cli.ts";
import { otherNameOf, stateOf, statusJson, unseenOf } from "../status.ts";
import { sync, tellNotSynced } from "../waiting.ts";
import { turnedAwayText } from "../words.ts";

export const status = command({
  usage: "status",
  summary: "how it is between the two of you",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const bond = chooseBond(session, ["together"]);
    if (typeof bond === "number") return bond;
    const synced = await sync(session, bond);
    if (synced) await untilAnswered(session, bond);
    const view = bond.view();
    if (view.stage === "turned-away") {
      session.output.problem(view.why, turnedAwayText(view));
      return exits.refused;
    }
    const now = session.clock.now();
    const unseen = unseenOf(view);
    const other = shownName(otherNameOf(view));
    const said = unseen.map((one) => {
      const told = thoughtCli.tell(one, { from: "other", other, time: (at) => session.times.at(at, now) });
      return timedText(session.times.at(one.at, now), told?.text ?? "");
    });
    // What the connection has to say comes with the problem below.
    const isQuiet = view.stage === "together" && view.keeping;
    const own = view.stage === "together" ? [backupSentence(view, session.times), ...(isQuiet ? [] : [wordsSentence(session.home.words())])] : [];
    const last = await lastThings(bond);
    const marked = last.map((kept) => keptText(kept, { me: view.me.name, other, isLast: true }, now, session.times));
    // What ended, and was told, has no connection any more.
    const connection = synced && view.stage !== "ended" ? [connectionSentence(view.connection, now, session.times)] : [];
    const lines = [statusSentences(view, now, session.times), ...said, ...marked, ...own, ...connection];
    session.output.result(
      { ...statusJson(view, session.home.words()), ...(last.length > 0 ? { last: last.map(entryJson) } : {}) },
      lines.filter((line) => line !== "").join("\n"),
    );
    if (view.stage === "together" && !session.json) {
      // A person has read it; a program may only have counted it.
      if (unseen.length > 0) await bond.act({ do: "thought", intent: { what: "seen", ids: unseen.map((one) => one.id) } });
      if (view.question) await bond.act({ do: "promise", intent: { what: "lay-aside", id: null } });
      if (view.latecomerAt !== null) await bond.act({ do: "latecomer-seen" });
      if (view.deviceNotices.length > 0) await bond.act({ do: "devices-seen" });
    }
    return synced ? exits.done : tellNotSynced(session, bond);
  },
});

export const bonds = command({
  usage: "bonds",
  summary: "list the bonds of this home",
  repeatable: true,
  read: () => ok(null),

  run: async (session) => {
    const all = session.home.bonds();
    const synced = await Promise.all(all.map((bond) => sync(session, bond)));
    const views = all.map((bond) => bond.view());
    const json = views.map((view) => ({
      bond: view.bond,
      me: { name: view.me.name },
      other: { name: otherNameOf(view) },
      state: stateOf(view).state,
      relay: view.connection.relay,
    }));
    const text = views.length === 0 ? "There is no bond here yet." : views.map((view) => `${view.bond.slice(0, 8)}  ${titleOf(view)}`).join("\n");
    session.output.result({ bonds: json }, text);
    const behind = all.find((_, at) => !synced[at]);
    return behind ? tellNotSynced(session, behind) : exits.done;
  },
});
