/**
 * A bond's group as real MLS makes it, for cases that are about the seal itself: Ada's phone (leaf 0), Ben's phone (1),
 * Ada's laptop (2), Ben's tablet (3). Ben's phone is the one that runs other code.
 */
import { ann as ada, ben, letIn, pair, pinsOf, receive, seal, stolen, type Device } from "../src/mls/hostile.testing.ts";
import type { ClientState } from "ts-mls";

export interface Group {
  readonly ada: Device;
  readonly laptop: Device;
  readonly ben: Device;
  readonly tablet: Device;
  /** Ben's phone's own group, for other code to use: as it is now. */
  state(): ClientState;
}

export const createGroup = async (): Promise<Group> => {
  const { a, b } = await pair();
  const laptop = await letIn(a, ada, "ada's laptop", pinsOf(ada, ben), b);
  const tablet = await letIn(b, ben, "ben's tablet", pinsOf(ben, ada), a, laptop);
  return { ada: a, laptop, ben: b, tablet, state: () => stolen(b) };
};

/** An honest word each way is opened by everyone else. */
export const goesOn = async ({ ada: phone, laptop, ben: bens, tablet }: Group): Promise<readonly string[]> => {
  const all = [phone, laptop, bens, tablet];
  const kinds: string[] = [];
  for (const author of [phone, bens]) {
    const body = await seal(author);
    for (const reader of all) if (reader !== author) kinds.push((await receive(reader, "entry", body)).kind);
  }
  return kinds;
};
