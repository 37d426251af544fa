/** `forget`: takes away an invitation or a knock that came to nothing, what is left of a bond that was wiped, or a memory. */
import { err, ok, type Result } from "../../base/result.ts";
import { chooseBond } from "../bond-choice.ts";
import { command, exits } from "../command.ts";
import { chooseMemory } from "./kept.ts";

export const forget = command({
  usage: "forget --bond ID|--memory ID",
  summary: "take away an invitation, or a knock, that came to nothing; what a wiped bond left, told or not; or a memory",
  flags: { memory: { type: "string" } },
  repeatable: true,

  read: ({ values: { bond, memory } }): Result<{ readonly memory: string | null }, string> => {
    if (memory !== undefined) return /^[0-9a-f]{1,32}$/.test(String(memory)) ? ok({ memory: String(memory) }) : err("--memory wants an id.");
    return bond === undefined ? err("--bond says which one: `beside bonds` lists them.") : ok({ memory: null });
  },

  run: async (session, { memory: wanted }) => {
    if (wanted !== null) {
      const memory = chooseMemory(session, wanted);
      if (typeof memory === "number") return memory;
      await session.home.forgetMemory(memory.id);
      session.output.result({ memory: memory.id, forgotten: true }, "Forgotten on this device.");
      return exits.done;
    }
    const bond = chooseBond(session, []);
    if (typeof bond === "number") return bond;
    const view = bond.view();
    if (view.stage === "together" || (view.stage === "ended" && !view.wiped)) {
      session.output.problem("together", "This bond came to be. What you two made is not forgotten by a command.");
      return exits.refused;
    }
    await session.wishes.forget(bond.id);
    await session.home.forget(bond.id);
    session.output.result({ bond: bond.id, forgotten: true }, "Forgotten on this device.");
    return exits.done;
  },
});
