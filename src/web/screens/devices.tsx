/**
 * The devices of this line (DEV1, DEV2): mine, each with what I can do about it; how many the other has; and the door for
 * one more of mine, which is opened, looked at and closed here.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { AddingView, DeviceView, TogetherView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { Code } from "../parts/code.tsx";
import { LinkActions } from "../parts/link-actions.tsx";
import { Sure } from "../parts/ask-once.tsx";
import { LargerQr, Qr } from "../parts/qr.tsx";
import { Sheet } from "../parts/sheet.tsx";

interface DevicesProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly onClose: () => void;
}

export const Devices = ({ bond, view, onClose }: DevicesProps): JSX.Element => {
  const { words, times } = useApp();
  const w = words.devices;
  const wrong = useSignal("");
  const { mine, theirs } = view.devices;
  const here = mine.find((device) => device.here);
  const isNew = here?.newUntil !== null && here?.newUntil !== undefined;
  const act = async (what: Parameters<Bond["act"]>[0]): Promise<boolean> => {
    const done = await bond.act(what);
    wrong.value = done.ok ? "" : words.refused(done.why);
    return done.ok;
  };
  const newest = theirs.reduce<number | undefined>((last, { since }) => (since === null ? last : Math.max(last ?? since, since)), undefined);
  const other = view.other.name === "" ? words.someone : view.other.name;
  return (
    <Sheet name="devices" title={w.title} onClose={onClose}>
      <p class="lead">{w.text}</p>
      {wrong.value !== "" && (
        <p class="note" role="alert" data-wrong="device">
          {wrong.value}
        </p>
      )}
      <section class="bare">
        <h3>{w.mine}</h3>
        <ul class="devices">
          {mine.map((device) => (
            <Device key={device.index} device={device} view={view} mayChange={!isNew} act={act} />
          ))}
        </ul>
        {isNew && here?.newUntil && <p class="aside">{w.hereNew(times.at(here.newUntil, view.now))}</p>}
      </section>
      <Door adding={view.adding} view={view} act={act} />
      <section>
        <h3>
          <bdi>{other}</bdi>
        </h3>
        <p data-theirs={theirs.length}>{w.theirs(other, theirs.length, newest === undefined ? undefined : times.at(newest, view.now))}</p>
      </section>
    </Sheet>
  );
};

type DoAct = (what: Parameters<Bond["act"]>[0]) => Promise<boolean>;

interface DeviceProps {
  readonly device: DeviceView;
  readonly view: TogetherView;
  readonly mayChange: boolean;
  readonly act: DoAct;
}

const Device = ({ device, view, mayChange, act }: DeviceProps): JSX.Element => {
  const { words, times } = useApp();
  const w = words.devices;
  const step = useSignal<"none" | "asking" | "removing">("none");
  const name = device.name !== "" ? device.name : device.here ? w.hereUnnamed : w.unnamed;
  const remove = async (): Promise<void> => {
    step.value = "removing";
    if (!(await act({ do: "remove-device", device: device.index }))) step.value = "none";
  };
  const facts = [
    device.here && device.name !== "" ? w.here : "",
    device.since === null ? "" : w.since(times.at(device.since, view.now)),
    step.value === "removing" ? w.removing : "",
  ].filter((fact) => fact !== "");
  return (
    <li data-device={device.index} data-here={device.here}>
      <div class="one">
        <span class="who">
          <strong>
            <bdi>{name}</bdi>
          </strong>
          {facts.length > 0 && <small>{facts.join(" · ")}</small>}
          {!device.here && device.newUntil !== null && <small>{w.newUntil(times.at(device.newUntil, view.now))}</small>}
        </span>
        {!device.here && mayChange && step.value === "none" && (
          <button type="button" class="quiet small" aria-label={w.removeName(name)} onClick={() => (step.value = "asking")}>
            {w.remove}
          </button>
        )}
      </div>
      {!device.here && mayChange && device.newUntil !== null && step.value === "none" && (
        <p class="vouch">
          <button type="button" class="second small" aria-label={w.vouchName(name)} onClick={() => void act({ do: "vouch", device: device.index })}>
            {w.vouch}
          </button>
          <small>{w.vouchHint}</small>
        </p>
      )}
      {step.value === "asking" && (
        <Sure text={`${w.removeTitle(name)} ${w.removeText}`}>
          <button type="button" class="second" onClick={() => void remove()}>
            {w.removeYes}
          </button>
          <button type="button" class="quiet" onClick={() => (step.value = "none")}>
            {words.common.cancel}
          </button>
        </Sure>
      )}
    </li>
  );
};

/** One more device of mine: the link, then whoever asks with it, each to be let in by one explicit press. */
const Door = ({ adding, view, act }: { readonly adding: AddingView | null; readonly view: TogetherView; readonly act: DoAct }): JSX.Element => {
  const { words, times } = useApp();
  const w = words.devices;
  const refused = useSignal(false);
  const open = async (): Promise<void> => {
    refused.value = false;
    if (adding) await act({ do: "stop-adding" });
    await act({ do: "add-device" });
  };
  const notMine = async (): Promise<void> => {
    if (await act({ do: "stop-adding" })) refused.value = true;
  };
  const stop = (
    <button type="button" class="quiet" onClick={() => void act({ do: "stop-adding" })}>
      {w.stop}
    </button>
  );
  if (!adding) {
    return (
      <section class="bare">
        {refused.value && (
          <p class="note" role="status">
            {w.notMineDone}
          </p>
        )}
        <div class="actions">
          <button type="button" class="main" onClick={() => void open()}>
            {w.add}
          </button>
        </div>
      </section>
    );
  }
  if (adding.link === null || adding.expires === null) {
    return (
      <section class="stack" data-door="opening">
        <p role="status">{w.opening}</p>
        <div class="actions">{stop}</div>
      </section>
    );
  }
  if (adding.expires <= view.now && adding.letting === null) {
    return (
      <section class="stack" data-door="over">
        <p role="status">{w.addOver}</p>
        <div class="actions">
          <button type="button" class="main" onClick={() => void open()}>
            {w.addAgain}
          </button>
          {stop}
        </div>
      </section>
    );
  }
  return (
    <section class="stack" data-door="open">
      <div aria-live="polite" class="asking">
        {adding.asking.map((device) => (
          <article key={device.id} data-asking={device.id}>
            <h3>{adding.letting === device.id ? w.letting(device.name) : w.asks(device.name)}</h3>
            {adding.letting === null && <p>{w.asksText}</p>}
            <Code words={device.code} label={w.code} />
            {adding.letting === null && (
              <div class="actions row">
                <button type="button" class="main" aria-label={w.letInName(device.name)} onClick={() => void act({ do: "let-in", asking: device.id })}>
                  {w.letIn}
                </button>
                <button type="button" class="second" onClick={() => void notMine()}>
                  {w.notMine}
                </button>
              </div>
            )}
          </article>
        ))}
      </div>
      {adding.asking.length === 0 && (
        <>
          <h3>{w.addTitle}</h3>
          <p class="aside">{w.addText(times.at(adding.expires, view.now))}</p>
          <Qr text={adding.link} label={w.qr} />
          <LinkActions link={adding.link} label={w.link}>
            <LargerQr text={adding.link} label={w.qr} />
          </LinkActions>
          <p class="waiting">
            <strong>{w.waiting}</strong>
            <small>{w.waitingHint}</small>
          </p>
          <div class="actions">{stop}</div>
        </>
      )}
    </section>
  );
};
