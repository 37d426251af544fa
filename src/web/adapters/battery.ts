/**
 * Whether this device is about to go (PRES4), as far as its browser tells: a battery that is nearly empty and nothing that
 * feeds it. The line is told that and no number; whether it leaves is for the sense and its grant.
 */
import type { Bond } from "../../line/home.ts";
import { nearlyEmpty } from "../../senses/goodbye/goodbye.ts";
import type { PageHome } from "../page-home.ts";

interface Battery extends Pick<EventTarget, "addEventListener"> {
  readonly level: number;
  readonly charging: boolean;
}
/** Chromium has it, and no other. */
interface WithBattery {
  readonly getBattery?: () => Promise<Battery>;
}

export const followBattery = async (home: PageHome, navigator: object, over: AbortSignal): Promise<void> => {
  const battery = await (navigator as WithBattery).getBattery?.().catch(() => undefined);
  if (!battery || over.aborted) return;
  const told = new WeakMap<Bond, boolean>();
  const look = (): void => {
    const going = battery.level <= nearlyEmpty && !battery.charging;
    for (const bond of home.bonds()) {
      if (bond.view().stage !== "together" || told.get(bond) === going) continue;
      told.set(bond, going);
      void bond.act({ do: "goodbye", intent: { going } }).then((done) => {
        if (!done.ok) told.delete(bond);
      });
    }
  };
  const followed = new WeakSet<Bond>();
  const follow = (): void => {
    for (const bond of home.bonds()) {
      if (followed.has(bond)) continue;
      followed.add(bond);
      over.addEventListener("abort", bond.watch(look));
    }
    look();
  };
  over.addEventListener("abort", home.watch(follow));
  for (const change of ["levelchange", "chargingchange"]) battery.addEventListener(change, look, { signal: over });
  follow();
};
