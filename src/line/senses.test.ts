import { expect, test } from "vitest";
import { asSealed } from "../base/brand.ts";
import type { Give } from "../senses/sense.ts";
import { bytes, context, now, state } from "./bond.testing.ts";
import { applyEntry, initialSenses, nothing, withhold } from "./senses.ts";
import type { OutboxItem, State } from "./state.ts";
import { step } from "./step.ts";
import { viewOf, type Act } from "./view.ts";

const place = { lat: 48, lon: 16 };
const entry = { kind: "hour", body: { zone: "Europe/Vienna", place, at: now } };
const waiting = (give: Give, sealed: OutboxItem["sealed"] = null): State =>
  state({
    outbox: [{ n: 3, content: { is: "entry", said: entry }, sealed }],
    senses: { ...initialSenses, boundary: { me: { hour: { give, until: now + 1000, at: now } }, other: {} } },
  });
const saidIn = ({ outbox: [item] }: State): unknown => item?.content.is === "entry" && item.content.said;

test("[BOUND1] what waits to be sealed is cut down to what is given by now: whole, without its place, or nothing at all", () => {
  expect(withhold(waiting("full"), now)).toEqual(waiting("full"));
  expect(saidIn(withhold(waiting("coarse"), now))).toEqual({ kind: "hour", body: { ...entry.body, place: null } });
  expect(saidIn(withhold(waiting("off"), now))).toEqual(nothing);
  expect(saidIn(withhold(waiting("full"), now + 1000))).toEqual(nothing);
});

test("[MOON1] sealed under an epoch that is over, a place is not sealed again when only the hour is given", () => {
  const before = { body: asSealed(bytes(256, 1)), epoch: 2 };
  const cut = withhold(waiting("coarse", before), now);
  expect([saidIn(cut), cut.outbox[0]?.sealed]).toEqual([{ kind: "hour", body: { ...entry.body, place: null } }, null]);
});

const act = (of: State, what: Act): State => step(of, { is: "act", id: 1, act: what }, context)[0];
const felt = { text: "with a feeling", feeling: { hue: 7, strength: 50 } };
const feelingOff = { do: "boundary", intent: { sense: "feeling", give: "off" } } as const;
const apart = { do: "apart", announced: true, dark: false, until: null, when: null, passes: ["thought"] } as const;

test("[BOUND1] [FEEL2] a feeling in a thought is a feeling: where that is not given, or does not pass, the words go alone or not at all", () => {
  const say = (of: State, intent: Extract<Act, { do: "thought" }>["intent"]): unknown => {
    const [after, effects] = step(of, { is: "act", id: 1, act: { do: "thought", intent } }, context);
    const answer = effects.find((effect) => effect.do === "answer");
    return [after.outbox.length - of.outbox.length, after.answers.at(-1)?.result ?? (answer?.do === "answer" && answer.result)];
  };
  for (const [of, why] of [
    [act(state(), feelingOff), "not-given"],
    [act(state(), apart), "apart"],
  ] as const) {
    expect(say(of, { what: "say", ...felt })).toEqual([0, { ok: false, why }]);
    expect(say(of, { what: "say", text: "alone" })).toMatchObject([1, { ok: true }]);
  }
  // Accepted while it was given, and not sealed yet when it was taken back: the words are not lost with it.
  const content = { is: "entry", said: { kind: "thought", body: { ...felt, at: now } } } as const;
  const waits = state({ outbox: [{ n: 3, content, sealed: null }] });
  expect(saidIn(withhold(act(waits, feelingOff), now))).toEqual({ kind: "thought", body: { text: felt.text, at: now } });
  expect(saidIn(withhold(act(waits, apart), now))).toEqual(content.said);
});

test("[BOUND1] [SAY4] a feeling that is not let in comes with no thought either", () => {
  const heard = (of: State): State => {
    const applied = applyEntry(of, { kind: "thought", body: { ...felt, at: now } }, "other", "d", "2-9", context);
    return applied ? applied[0] : of;
  };
  const shown = (of: State): unknown => {
    const view = viewOf(of, context);
    return view.stage === "together" && [view.thoughts.findLast(({ from }) => from === "other"), view.feeling.other, of.happened[0]];
  };
  const off = heard(act(state({ outbox: [] }), { do: "let", sense: "feeling", letIn: "off" }));
  expect(shown(off)).toMatchObject([{ text: felt.text }, null, { kind: "thought" }]);
  expect(JSON.stringify([off.senses.thought, off.happened])).not.toContain("hue");
  expect(shown(heard(state({ outbox: [] })))).toMatchObject([{ feeling: felt.feeling }, felt.feeling, { feeling: felt.feeling }]);
});
