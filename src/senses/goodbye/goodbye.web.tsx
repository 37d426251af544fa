/** Goodbye is of now, and never kept. */
import type { WebHalf } from "../../web/web-half.ts";

export const goodbyeHalf: WebHalf = { kept: () => undefined };
