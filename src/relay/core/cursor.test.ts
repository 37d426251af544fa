import { describe, expect, it } from "vitest";
import { World } from "./test-kit.ts";

describe("A cursor", () => {
  it("[LOG7] that is above what the device was sent, between two pages of its log, deletes nothing that is still to come", () => {
    const world = new World({ pageItems: 2 });
    const { ana: ada, ben } = world.pair();
    ben.drop();
    for (let n = 2; n <= 9; n++) ada.append(n, 1);
    ada.send({ type: "cursor", seq: 9 });
    const again = world.connect();
    again.push(again.openFrame("ben", 1));
    // The first page and no more.
    world.core.commit();
    again.push({ type: "cursor", seq: 9 });
    world.core.tick();
    world.settle();
    const came = again.take().flatMap((frame) => (frame.type === "entries" ? frame.items.map(({ seq }) => seq) : []));
    expect([came, again.closed]).toEqual([[2, 3, 4, 5, 6, 7, 8, 9], undefined]);
  });
});
