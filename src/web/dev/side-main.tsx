/**
 * One of the two people on the development page: the shipped app with the shipped adapters, and besides them a clock
 * that the page around it moves and a hand that pairs through the same Home the screens use. By itself it is the page of
 * `npm run shots`, whose browser posts the same messages and says in `besideOffset` where the clock stands as it opens.
 */
import { signal } from "@preact/signals";
import { takeArrival } from "../arrival.ts";
import { createBack, noBack } from "../back.ts";
import { machineClock, machineTimer } from "../adapters/clock.ts";
import { noUpdates } from "../adapters/updates.ts";
import { openHome } from "../open-home.ts";
import type { PageHome } from "../page-home.ts";
import { start } from "../start.tsx";
import type { FromSide, ToSide } from "./dev-wire.ts";
import { createMovableTime } from "./movable-time.ts";
import { withTestLanguages } from "./test-languages.ts";

const time = createMovableTime(machineClock, machineTimer);
const newer = signal(false);
const asked = new URLSearchParams(window.location.search);
time.move((globalThis as { besideOffset?: number }).besideOffset ?? 0);
// From the beginning: a page that is still opening has its timers too.
window.addEventListener("message", ({ data, origin }: MessageEvent<ToSide>) => {
  if (origin !== window.location.origin) return;
  if (data.dev === "clock") time.move(data.offset);
  if (data.dev === "newer") newer.value = true;
});
const name = `beside-dev-${asked.get("run") ?? "0"}-${asked.get("who") ?? "one"}`;

const follow = (home: PageHome): void => {
  const tell = (): void => {
    const view = home.bonds()[0]?.view();
    const told: FromSide = {
      dev: "stage",
      stage: view?.stage ?? "none",
      link: view?.stage === "inviting" ? view.link : null,
      knocks: view?.stage === "inviting" ? view.knocks.length : 0,
      lost: view?.connection.trouble?.is === "unknown-here",
    };
    window.parent.postMessage(told, window.location.origin);
  };
  const watched = new Set<string>();
  const watchAll = (): void => {
    for (const bond of home.bonds()) {
      if (watched.has(bond.id)) continue;
      watched.add(bond.id);
      bond.watch(tell);
    }
    tell();
  };
  home.watch(watchAll);
  watchAll();

  window.addEventListener("message", ({ data, origin }: MessageEvent<ToSide>) => {
    if (origin !== window.location.origin) return;
    switch (data.dev) {
      case "invite":
        return void home.invite({ name: data.name, relay: origin });
      case "join":
        return void home.join({ name: data.name, link: data.link, relay: origin });
      case "accept": {
        const bond = home.bonds()[0];
        const view = bond?.view();
        if (bond && view?.stage === "inviting" && view.knocks[0]) void bond.act({ do: "accept", knock: view.knocks[0].id });
        return;
      }
      case "clock":
      case "newer":
        return;
    }
  });
};

// A picture in another language is taken also where no relay answers any more.
for (const { load } of withTestLanguages) void load();

const root = document.getElementById("beside");
const home =
  root &&
  (await start(root, {
    ...openHome({ ...time, name }),
    clock: time.clock,
    timer: time.timer,
    arrived: takeArrival(),
    updates: { ...noUpdates, waiting: newer },
    // Two frames share one history: what one took off it would close a sheet of the other.
    back: window.parent === window ? createBack(window) : noBack,
    languages: withTestLanguages,
  }));
if (home) follow(home);
