import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openSqliteStore } from "./sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "beside-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// A value of a part of a page, and one of many pages: SQLite gives them back in different ways.
test.each([1, 2000])("[SAY1] what faded is not in the file either (%i lines of it)", async (lines) => {
  const path = join(folder, `${lines}.sqlite`);
  const opened = openSqliteStore(path);
  if (!opened.ok) throw new Error(opened.error.is);
  const store = opened.value;
  const words = "only for tonight\n";
  await store.write({
    put: [
      ["faded", Buffer.from(words.repeat(lines))],
      ["kept", Buffer.from("for good")],
    ],
  });
  await store.write({ delete: ["faded"] });
  store.close();
  const file = readFileSync(path);
  expect([file.includes("only for tonight"), file.includes("for good")]).toEqual([false, true]);
});
