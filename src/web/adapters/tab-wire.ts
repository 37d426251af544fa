/** What the tabs of one device say to each other over a BroadcastChannel. One of them, the leader, holds the Home. */
import type { Happening } from "../../senses/sense.ts";
import type { Bond, Home, Memory, Progress, WordsState } from "../../line/home.ts";
import type { BondView } from "../../line/view.ts";

export interface BondMirror {
  readonly id: string;
  readonly view: BondView;
}

/** What every tab shows of the Home itself. */
export interface HomeMirror {
  readonly words: WordsState;
  readonly memories: readonly Memory[];
}

type HomeMethod =
  | "invite"
  | "join"
  | "forget"
  | "wipe"
  | "recall"
  | "earlier"
  | "showWords"
  | "askWords"
  | "keepWords"
  | "arrive"
  | "importMemory"
  | "remembered"
  | "memoryPlaces"
  | "forgetMemory";
type HomeCall = { readonly [Method in HomeMethod]: { readonly method: Method; readonly args: Parameters<Home[Method]> } }[HomeMethod];
type RestoreWish = Parameters<Home["restore"]>[0];
/** How far it is comes in messages of its own. */
interface RestoreCall {
  readonly method: "restore";
  readonly args: readonly [Omit<RestoreWish, "progress">];
}
type BondMethod = "act" | "settled" | "kept" | "places" | "history";
type BondCall = {
  readonly [Method in BondMethod]: { readonly method: Method; readonly bond: string; readonly args: Parameters<Bond[Method]> };
}[BondMethod];
export type TabCall = HomeCall | RestoreCall | BondCall;

export type TabMessage =
  /** From a tab that has just come, or that wants to know who leads. */
  | { readonly is: "hello"; readonly tab: string; readonly onScreen: boolean }
  | { readonly is: "screen"; readonly tab: string; readonly onScreen: boolean }
  | { readonly is: "call"; readonly tab: string; readonly id: number; readonly call: TabCall }
  /** From the leader. `got`: it has the call, and it will happen even if the caller goes. */
  | { readonly is: "got"; readonly to: string; readonly id: number }
  | { readonly is: "answer"; readonly to: string; readonly id: number; readonly value: unknown }
  | { readonly is: "progress"; readonly to: string; readonly id: number; readonly progress: Progress }
  | { readonly is: "views"; readonly leader: string; readonly home: HomeMirror; readonly bonds: readonly BondMirror[] }
  | { readonly is: "happened"; readonly bond: string; readonly happening: Happening };

/** The part of BroadcastChannel that is used. */
export interface Channel {
  post(message: TabMessage): void;
  listen(listener: (message: TabMessage) => void): void;
  close(): void;
}

/** The part of Web Locks that is used: runs `work` while the lock is held; waits for its turn as long as it takes. */
export type HoldLock = (name: string, work: () => Promise<void>) => Promise<void>;

/** There is one writer, whatever the build: a tab of this one waits for one of another to be closed. */
export const writerLock = (home: string): string => `${home}-writer-1`;
/** A leader and a tab of another build must not misread each other: the wire's version is in the names. */
const version = 3;
export const tabLock = (tab: string): string => `beside-tab-${version}-${tab}`;

/** `home` names what is shared: the tabs over one storage, and no others. */
export const openChannel = (home: string): Channel => {
  const channel = new BroadcastChannel(`${home}-tabs-${version}`);
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) => {
      channel.onmessage = ({ data }: MessageEvent<TabMessage>) => listener(data);
    },
    close: () => channel.close(),
  };
};

export const holdLock: HoldLock = (name, work) => navigator.locks.request(name, work) as Promise<void>;
