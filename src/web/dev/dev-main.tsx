/**
 * The development page: both people side by side, paired for real by driving their own Homes, and a clock for both and
 * for the relay. `POST /dev/clock` with `{"offset": milliseconds}` moves the development relay's; the shipped relay and
 * the shipped page have nothing of the kind.
 */
import { signal } from "@preact/signals";
import { render } from "preact";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { toHex } from "../../base/bytes.ts";
import { machineRandom } from "../adapters/random.ts";
import type { FromSide, ToSide } from "./dev-wire.ts";

const people = { one: "Ada", two: "Ben" } as const;
type Who = keyof typeof people;

const memory = "beside.dev.run";
const newRun = (): string => {
  const run = toHex(machineRandom(4));
  sessionStorage.setItem(memory, run);
  return run;
};

const run = signal(sessionStorage.getItem(memory) ?? newRun());
const offset = signal(0);
const note = signal("pairing…");
const sides: Record<Who, FromSide | null> = { one: null, two: null };
const done = new Set<string>();

const frames = new Map<Who, HTMLIFrameElement>();
const tell = (who: Who, message: ToSide): void => frames.get(who)?.contentWindow?.postMessage(message, window.location.origin);
const once = (what: string, act: () => void): void => {
  if (done.has(what)) return;
  done.add(what);
  act();
};

/** One step of pairing further, from wherever the two are. */
const pair = (): void => {
  const { one, two } = sides;
  if (!one || !two) return;
  if (one.lost || two.lost) {
    startAnew();
    return;
  }
  if (one.stage === "none" && two.stage === "none") once("invite", () => tell("one", { dev: "invite", name: people.one }));
  if (one.link !== null && two.stage === "none") {
    const { link } = one;
    once("join", () => tell("two", { dev: "join", name: people.two, link }));
  }
  if (one.knocks > 0) once("accept", () => tell("one", { dev: "accept" }));
  if (one.stage === "together" && two.stage === "together") note.value = "paired";
};

const startAnew = (): void => {
  done.clear();
  sides.one = null;
  sides.two = null;
  note.value = "pairing…";
  run.value = newRun();
};

const move = async (to: number): Promise<void> => {
  offset.value = to;
  const moved = await fetch("/dev/clock", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ offset: to }) }).catch(
    () => null,
  );
  note.value = moved?.ok ? "paired" : "the relay’s clock did not move";
  for (const who of ["one", "two"] as const) tell(who, { dev: "clock", offset: to });
};

const Side = ({ who }: { readonly who: Who }): JSX.Element => {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    if (frame.current) frames.set(who, frame.current);
  });
  return <iframe key={run.value} ref={frame} title={people[who]} name={who} src={`/side.html?run=${run.value}&who=${who}`} />;
};

const hour = 3_600_000;
const steps = [
  ["+1 min", hour / 60],
  ["+10 min", hour / 6],
  ["+1 h", hour],
  ["+6 h", 6 * hour],
  ["+1 day", 24 * hour],
] as const;

const Page = (): JSX.Element => (
  <main class="dev">
    <header>
      <strong>Beside, both sides</strong>
      {steps.map(([label, by]) => (
        <button type="button" key={label} onClick={() => void move(offset.value + by)}>
          {label}
        </button>
      ))}
      <button type="button" onClick={() => void move(0)}>
        now
      </button>
      <button type="button" onClick={startAnew}>
        start anew
      </button>
      <output data-dev={note.value}>
        {note.value}, {Math.round(offset.value / 60_000)} min ahead
      </output>
    </header>
    <Side who="one" />
    <Side who="two" />
  </main>
);

window.addEventListener("message", ({ data, origin, source }: MessageEvent<FromSide>) => {
  if (origin !== window.location.origin || data.dev !== "stage") return;
  for (const [who, frame] of frames) if (frame.contentWindow === source) sides[who] = data;
  pair();
});

const root = document.getElementById("dev");
if (root) render(<Page />, root);
