/** What this device says to be let on the line: `open` with its key, `knock` at the other's door or at its own side's. */
import type { Secret } from "../base/secret.ts";
import { deviceMailboxOf, deviceTicketOf, mailboxKeyOf, ticketOf } from "../protocol/invitation.ts";
import { sign } from "../protocol/keys.ts";
import { knockTranscript, openTranscript } from "../protocol/transcripts.ts";
import type { Effect, Step } from "./event.ts";
import type { State } from "./state.ts";

/** While the line is taken up again the log is looked at from its beginning. */
export const sendOpen = (state: State): Step => {
  if (state.link.is !== "challenged") return [state, []];
  const fields = { line: state.line, key: state.selfKey, nonce: state.link.nonce, cursor: state.mending ? 0 : state.seq };
  const signature = sign(state.self.device, "beside/open/1", openTranscript(state.link.challenge, fields));
  return [state, [{ do: "send", frame: { type: "open", ...fields, signature } }]];
};

export const sendKnock = (state: State): Step => {
  const { link, stage } = state;
  if (link.is !== "challenged" || (stage.at !== "knocking" && stage.at !== "arriving")) return [state, []];
  const of = { secret: stage.secret, line: state.line };
  const fields = { line: state.line, key: state.selfKey, ticket: stage.at === "knocking" ? ticketOf(of) : deviceTicketOf(of), body: stage.body };
  const signature = sign(state.self.device, "beside/knock/1", knockTranscript(link.challenge, fields));
  const frame: Effect = { do: "send", frame: { type: "knock", ...fields, signature } };
  return [state, [frame]];
};

/** What seals knocks at the door where this device stands. */
export const mailboxAt = (stage: Extract<State["stage"], { at: "knocking" | "arriving" }>, line: Uint8Array): Secret =>
  stage.at === "knocking" ? mailboxKeyOf({ secret: stage.secret, line }) : deviceMailboxOf({ secret: stage.secret, line });
