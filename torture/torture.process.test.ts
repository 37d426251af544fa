/** The small form of `npm run torture`: forty kills of a real relay under load. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stopAll } from "../src/relay/process-test-kit.ts";
import { torture } from "./torture.ts";

let folder = "";
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "beside-torture-"))));
afterAll(async () => {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
});

it("[VIG4] [VIG5] [VIG6] [PROM4] [LOG10] kill -9, forty times: nothing acknowledged is lost, nothing is early or before the relay settled, all that is due fires once", async () => {
  const { vigils, fired, entries, wrongs } = await torture({ cycles: 40, seed: 1, folder });
  expect(wrongs).toEqual([]);
  // It was a load, and it was killed in the middle of it.
  expect([vigils > 100, fired > 100, entries > 200]).toEqual([true, true, true]);
});
