import { describe, expect, test } from "vitest";
import type { Bond } from "../line/home.ts";
import type { ConnectionView } from "../line/view.ts";
import { exits, type Exit, type Session } from "./command.ts";
import { tellNotSynced } from "./waiting.ts";

const relay = "https://relay.example.org";
const tell = (over: Partial<ConnectionView>): { readonly exit: Exit; readonly code: string; readonly text: string } => {
  const connection: ConnectionView = { state: "online", since: 0, relay, trouble: null, clockAhead: null, waiting: 0, ...over };
  const said: [string, string][] = [];
  const session = { output: { problem: (code: string, text: string) => said.push([code, text]) } } as unknown as Session;
  const exit = tellNotSynced(session, { view: () => ({ connection }) } as unknown as Bond);
  const [code, text] = said[0] ?? ["", ""];
  return { exit, code, text };
};

describe("what did not get through in time", () => {
  test("[PRES3] a relay that is connected is not said to be out of reach", () => {
    const told = tell({ state: "online", waiting: 1 });
    expect([told.exit, told.code]).toEqual([exits.later, "slow"]);
    expect(told.text).toContain("is there");
    expect(told.text).toContain("kept here");
    expect(told.text).not.toContain("reached");
  });

  test("[PRES3] a relay that is only being tried has not answered, and no more is said of it", () => {
    const told = tell({ state: "connecting" });
    expect([told.exit, told.code]).toEqual([exits.later, "unreachable"]);
    expect(told.text).toBe(`The relay at ${relay} has not answered in time.`);
  });

  test("[PRES3] a relay that was tried in vain could not be reached", () => {
    const told = tell({ state: "offline" });
    expect([told.exit, told.code, told.text]).toEqual([exits.later, "unreachable", `The relay at ${relay} could not be reached.`]);
  });

  test("[PRES3] a trouble is what is told, whatever the connection", () => {
    expect(tell({ state: "online", trouble: { is: "wrong-relay" } })).toMatchObject({ exit: exits.refused, code: "wrong-relay" });
  });
});
