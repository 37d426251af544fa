/**
 * What can be wrong with a relay that is killed again and again, seen from outside. lost: what it acknowledged is not so any
 * more. early: it fired what was not due. twice: it fired what had fired. never: it did not fire what was due.
 */
export const wrongKinds = ["lost", "early", "twice", "never"] as const;
export type WrongKind = (typeof wrongKinds)[number];

export interface Wrong {
  readonly kind: WrongKind;
  readonly what: string;
}

export type Tell = (kind: WrongKind, what: string) => void;
