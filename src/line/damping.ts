/**
 * Damping at the receiver: what comes again and again without an answer comes without a cue (LINK2), and more than anyone can
 * say in a day is set aside (BOUND3). The one who sends is told nothing, so nobody is shamed, and a modified app gains nothing:
 * this is counted where it arrives.
 */
import type { Millis } from "../base/brand.ts";
import type { State } from "./state.ts";

/** So many of one sense make themselves noticed within the time. */
const cuesWithin: Millis = 10 * 60_000;
const cuesAtMost = 6;
/** What is told to a person. What fired, and how near the other is, is not the other's to repeat. */
const damped: readonly string[] = ["thought", "feeling", "touch", "promise", "name", "boundary", "apart"];

/** Of one sense. */
export interface Cues {
  /** When the last ones came, with a cue or without: while they go on coming it does not begin anew. */
  readonly came: readonly Millis[];
  /** What I did meanwhile lets one more be noticed, once within the time: an answer is heard, and a flood gains nothing by my deeds. */
  readonly spare: boolean;
  readonly sparedAt: Millis;
}

const noCues: Cues = { came: [], spare: false, sparedAt: -Infinity };
const recentOf = ({ came }: Cues, now: Millis): readonly Millis[] => came.filter((at) => at <= now && now - at < cuesWithin);

/** Whether this one still makes itself noticed, and the count with it. */
export const cue = (state: State, kind: string, now: Millis): { readonly state: State; readonly quiet: boolean } => {
  if (!damped.includes(kind)) return { state, quiet: false };
  const cues = state.cues[kind] ?? noCues;
  const recent = recentOf(cues, now);
  const isMuch = recent.length >= cuesAtMost;
  const counted: Cues = { ...cues, came: [...recent, now].slice(-cuesAtMost), spare: cues.spare && !isMuch };
  return { state: { ...state, cues: { ...state.cues, [kind]: counted } }, quiet: isMuch && !cues.spare };
};

/** Who does something is there: cues begin anew, but not those of what comes in a flood. */
export const answered = (state: State, now: Millis): State => {
  if (Object.keys(state.cues).length === 0) return state;
  const cues = Object.entries(state.cues).flatMap(([kind, one]): readonly (readonly [string, Cues])[] => {
    if (recentOf(one, now).length < cuesAtMost) return [];
    return [[kind, now - one.sparedAt < cuesWithin ? one : { ...one, spare: true, sparedAt: now }]];
  });
  return { ...state, cues: Object.fromEntries(cues) };
};

const day: Millis = 24 * 60 * 60_000;
const mebi = 1024 * 1024;

export interface DayShare {
  readonly things: number;
  readonly bytes: number;
}
/** Of one side in a day by the relay's time, which is the same on all devices; the sender's own app stops well before. */
export const keptADay: DayShare = { things: 5000, bytes: 24 * mebi };
export const saidADay: DayShare = { things: 4000, bytes: 16 * mebi };

export interface DayCount {
  /** Days since the Unix epoch. */
  readonly day: number;
  readonly count: number;
  /** Of what was kept, as it is stored. */
  readonly bytes: number;
}

export const noDay: DayCount = { day: 0, count: 0, bytes: 0 };

/** With one more of this size; `undefined` when the day has had its share. */
export const counted = (before: DayCount, at: Millis, share: DayShare, size: number): DayCount | undefined => {
  const today = Math.floor(at / day);
  const { count, bytes } = before.day === today ? before : noDay;
  return count >= share.things || bytes + size > share.bytes ? undefined : { day: today, count: count + 1, bytes: bytes + size };
};
