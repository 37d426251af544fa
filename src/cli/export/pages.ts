/** What was kept, oldest first, a page at a time, however much there is. */
import type { Bond, Kept } from "../../line/home.ts";

const pageSize = 500;

/**
 * The bond gives pages from the newest; people read from the oldest. So the borders are walked first, with nothing held
 * but one number a page, and then the pages from the last border back.
 */
export async function* keptPages(bond: Bond, size = pageSize): AsyncGenerator<readonly Kept[]> {
  const borders: number[] = [];
  const [newest] = await bond.kept({ limit: 1 });
  for (let before = newest && newest.seq + 1; before !== undefined;) {
    borders.push(before);
    const page: readonly Kept[] = await bond.kept({ before, limit: size });
    before = page.length === size ? page.at(-1)?.seq : undefined;
  }
  for (const before of borders.reverse()) {
    const page = await bond.kept({ before, limit: size });
    if (page.length > 0) yield page.toReversed();
  }
}
