/** The history of my devices and of what I gave (BOUND6), for programs and for people; the export holds the same. */
import { exhaustive } from "../base/exhaustive.ts";
import type { Millis } from "../base/brand.ts";
import type { PastEvent } from "../line/history.ts";
import { boundaryCli } from "../senses/boundary/boundary.cli.ts";
import { noticeSentence } from "./devices.ts";
import type { JsonObject } from "./json.ts";
import { rfc3339 } from "./times.ts";

export const pastJson = (event: PastEvent): JsonObject => {
  const until = (at: Millis | null): string | null => (at === null ? null : rfc3339(at));
  switch (event.is) {
    case "gave":
      return { is: event.is, at: rfc3339(event.at), by: event.by, sense: event.sense, give: event.give, until: until(event.until) };
    case "apart":
      return { is: event.is, at: rfc3339(event.at), by: event.by, dark: event.dark, until: until(event.until) };
    case "back":
      return { is: event.is, at: rfc3339(event.at), by: event.by };
    case "device":
      return { is: event.is, at: rfc3339(event.at), what: event.what, from: event.who, name: event.name === "" ? null : event.name, device: event.device };
    default:
      return exhaustive(event);
  }
};

/** Without its time, which stands before it. */
export const pastSentence = (event: PastEvent, other: string, time: (at: Millis) => string): string => {
  switch (event.is) {
    case "gave": {
      const { sense, give, until } = event;
      return `${boundaryCli.tell({ sense, give, until }, { from: "me", other, time })?.text ?? ""}${from(event.by)}`;
    }
    case "apart":
      return `You ${event.dark ? "went dark" : "took time apart"}${event.until === null ? "" : `, until ${time(event.until)}`}.${from(event.by)}`;
    case "back":
      return `You came back.${from(event.by)}`;
    case "device":
      return noticeSentence({ is: event.what, who: event.who, at: event.at, name: event.name }, other);
    default:
      return exhaustive(event);
  }
};

const from = (device: number): string => ` (device ${device})`;
