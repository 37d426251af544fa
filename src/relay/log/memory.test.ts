import { describe, expect, it } from "vitest";
import type { LineId } from "../core/state.ts";
import { logContract } from "./contract.ts";
import { Crashed, createMemoryLog } from "./memory.ts";

logContract("memory", () => {
  const log = createMemoryLog();
  return { log, reopen: () => log.crash(), fill: () => log.fault("full"), empty: () => log.fault("none") };
});

describe("a crash of the memory log", () => {
  const line = "000102030405060708090a0b0c0d0e0f" as LineId;

  it("loses a write that never returned", () => {
    const log = createMemoryLog();
    log.write([{ kind: "line", line, seq: 0, saved: new Uint8Array([1]) }]);
    log.crashInNextWrite();
    expect(() => log.write([{ kind: "line", line, seq: 0, saved: new Uint8Array([2]) }])).toThrow(Crashed);
    expect(log.crash().load(line)).toEqual({ ok: true, value: { saved: new Uint8Array([1]), tail: [] } });
  });
});
