/** What was kept, a page at a time, however much there is: nothing but one page is held. */
import { passable } from "../senses/apart/apart.ts";
import type { Bond, Kept, ReadKept } from "./home.ts";
import type { PauseView } from "./view.ts";

/** What can be read through: a line, or a memory of one. */
export interface KeptSource {
  readonly kept: ReadKept;
  readonly places: Bond["places"];
}

/** As people read it. What comes meanwhile is not among it. */
export async function* oldestFirst({ kept, places }: KeptSource, size = 500): AsyncGenerator<readonly Kept[]> {
  const all = await places();
  for (let from = 0; from < all.length; from += size) {
    const some = all.slice(from, from + size);
    const page = await kept({ before: (some.at(-1) as number) + 1, limit: some.length });
    // What was there a moment ago cannot be read: whoever writes all of it down must not take that for all.
    if (page.length === 0) throw new Error("what is kept cannot be read any more");
    yield page.toReversed();
  }
}

/** As a search goes: the next page is on its way while one is looked through. The first is short, for what it has to show. */
export async function* newestFirst(kept: ReadKept, size = 500): AsyncGenerator<readonly Kept[]> {
  let limit = Math.min(size, 64);
  for (let coming: Promise<readonly Kept[]> | undefined = kept({ limit }); coming;) {
    const page: readonly Kept[] = await coming;
    const last = page.at(-1);
    const isLast = page.length < limit;
    limit = size;
    coming = last && !isLast ? kept({ before: last.seq, limit }) : undefined;
    // Whoever has found enough does not wait for it, nor for its failing.
    coming?.catch(() => {});
    if (page.length > 0) yield page;
  }
}

/** What the other said during a pause of mine, until I am back (BOUND4). */
export const waitsFor = (pause: PauseView | null, { from, kind, at, cameAt }: Kept): boolean =>
  pause !== null && from === "other" && (cameAt ?? at ?? 0) >= pause.heldSince && passable.some((sense) => sense === kind) && !pause.passes.includes(kind);
