/** The only list of senses. Adding one: its folder, and a line here; web and CLI then do not compile until they show it. */
import { apart } from "./apart/apart.ts";
import { boundary } from "./boundary/boundary.ts";
import { feeling } from "./feeling/feeling.ts";
import { goodbye } from "./goodbye/goodbye.ts";
import { hour } from "./hour/hour.ts";
import { name } from "./name/name.ts";
import { presence } from "./presence/presence.ts";
import { promise } from "./promise/promise.ts";
import { thought } from "./thought/thought.ts";
import { touch } from "./touch/touch.ts";

export const senses = { boundary, name, presence, feeling, touch, thought, hour, apart, goodbye, promise };

export type SenseName = keyof typeof senses;
export type SenseStates = { readonly [Name in SenseName]: (typeof senses)[Name]["initial"] };

export const isSenseName = (name: string): name is SenseName => Object.hasOwn(senses, name);
