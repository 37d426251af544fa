/** One more device of a person at a terminal: it asks with the link, and is let in by the three words on its screen. */
import { mustBeLike } from "./like.ts";
import type { Running } from "./processes.ts";
import type { Terminal } from "./terminal.ts";

export interface Arrival {
  readonly device: Terminal;
  readonly code: readonly string[];
  readonly adding: Running;
  readonly joining: Running;
}

/** Nobody has answered it yet. */
export const askToBeLetIn = async (person: Terminal, device: Terminal, name: string): Promise<Arrival> => {
  const adding = person.begins("device", "add");
  const { link } = await adding.line({ link: /#device=/ });
  const joining = device.begins("device", "join", "--name", name);
  const ended = joining.finish(String(link));
  const { code } = (await Promise.race([joining.line({ step: "asking" }), ended])) as { code: readonly string[] };
  mustBeLike(await adding.line({ asks: { name } }), { asks: { code } });
  return { device, code, adding, joining };
};

export const letIn = async ({ device, code, adding, joining }: Arrival): Promise<{ readonly device: Terminal; readonly index: number }> => {
  adding.answers(code.join(" "));
  const [added, joined] = await Promise.all([adding.ended, joining.ended]);
  mustBeLike([added.code, joined.code], [0, 0]);
  const last = added.lines.at(-1) as { readonly added: { readonly index: number } } | undefined;
  return { device, index: last?.added.index ?? -1 };
};
