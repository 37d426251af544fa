/** Everything a modified client can still try after the other ended the line, with the keys of a device that was on it. */
import { systemClock } from "../src/cli/adapters/clock.ts";
import type { DeviceFrameName } from "../src/protocol/frames.ts";
import { sign } from "../src/protocol/keys.ts";
import { openTranscript } from "../src/protocol/transcripts.ts";
import { everyFrame } from "../src/testing/every-frame.ts";
import type { Member } from "./member.ts";

/** Ends by its own certificate (the relay cannot tell who of the two a certificate is of), and then tries everything, on the old socket and on new ones. */
export const afterEnd = async (member: Member, look: () => Promise<unknown>): Promise<{ readonly seconds: number; readonly wrongs: readonly string[] }> => {
  const { durable } = member;
  const wrongs: string[] = [];
  const from = systemClock.monotonic();
  member.send({ type: "end", certificate: durable.self.end });
  await member.until(() => member.ended, "the end");
  const { acked } = member;
  await member.say("thought", { text: "after the end", at: 1 });
  member.live("touch", { hold: true });
  const of = { line: durable.line, ticket: new Uint8Array(32), who: "ben", words: "words" };
  const names = Object.keys(everyFrame({ nonce: new Uint8Array(32), relay: new Uint8Array(32) }, of)) as DeviceFrameName[];
  for (const name of names) {
    await member.connect(false);
    for (const code of Object.keys(member.refused)) member.refused[code] = 0;
    const frame = everyFrame(member.challenge, of)[name];
    if (frame.type === "open") {
      const fields = { line: durable.line, key: member.key, nonce: new Uint8Array(32), cursor: 0 };
      member.ended = false;
      member.send({ type: "open", ...fields, signature: sign(durable.self.device, "beside/open/1", openTranscript(member.challenge, fields)) });
      await member.until(() => member.ended || member.closed, "an answer");
      if (!member.ended) wrongs.push("open was not told that it ended");
      continue;
    }
    member.send(frame);
    await member.quiet();
    const refused = Object.values(member.refused).reduce((sum, one) => sum + one, 0);
    if (name !== "ping" && refused === 0) wrongs.push(`${name} was not refused`);
  }
  if (member.acked !== acked) wrongs.push("something was taken");
  await look().catch(() => undefined);
  return { seconds: (systemClock.monotonic() - from) / 1000, wrongs };
};
