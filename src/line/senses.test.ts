import { expect, test } from "vitest";
import { asSealed } from "../base/brand.ts";
import type { Give } from "../senses/sense.ts";
import { bytes, now, state } from "./bond.testing.ts";
import { initialSenses, nothing, withhold } from "./senses.ts";
import type { OutboxItem, State } from "./state.ts";

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
