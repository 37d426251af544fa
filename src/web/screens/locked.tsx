/** The lock is shut: how to open it, what goes on meanwhile (nothing), and the ways back without it. No name, no count. */
import type { JSX } from "preact";
import { useApp } from "../app.ts";
import { Prove } from "../parts/prove.tsx";
import { Room } from "../parts/room.tsx";

export const Locked = (): JSX.Element => {
  const { words, lock } = useApp();
  const w = words.lock;
  return (
    <Room title={w.shutTitle} lead={w.shutText} lights="alone">
      <Prove go={w.open} onOpener={lock.open} />
      <details class="ways-back">
        <summary>{w.lost}</summary>
        <p>{w.lostText}</p>
        <p>{w.lostClear}</p>
      </details>
    </Room>
  );
};
