/** Every sense's half in the web app: a sense without one does not compile. */
import type { SenseName } from "../senses/index.ts";
import { apartHalf } from "../senses/apart/apart.web.tsx";
import { boundaryHalf } from "../senses/boundary/boundary.web.tsx";
import { feelingHalf } from "../senses/feeling/feeling.web.tsx";
import { goodbyeHalf } from "../senses/goodbye/goodbye.web.tsx";
import { hourHalf } from "../senses/hour/hour.web.tsx";
import { nameHalf } from "../senses/name/name.web.tsx";
import { presenceHalf } from "../senses/presence/presence.web.tsx";
import { promiseHalf } from "../senses/promise/promise.web.tsx";
import { thoughtHalf } from "../senses/thought/thought.web.tsx";
import { touchHalf } from "../senses/touch/touch.web.tsx";
import type { WebHalf } from "./web-half.ts";

export const webHalves: Record<SenseName, WebHalf> = {
  boundary: boundaryHalf,
  hour: hourHalf,
  name: nameHalf,
  presence: presenceHalf,
  feeling: feelingHalf,
  touch: touchHalf,
  thought: thoughtHalf,
  apart: apartHalf,
  goodbye: goodbyeHalf,
  promise: promiseHalf,
};
