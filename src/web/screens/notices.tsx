/** What I should know about my own side and about the line, one plain line each, most important first. */
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { Trouble } from "../../line/state.ts";
import type { TogetherView } from "../../line/view.ts";
import { useApp } from "../app.ts";

const stops = ["forked", "rewound", "twin"] as const;
export type StoppedBy = (typeof stops)[number];

/** The troubles in which a line stops, and goes on only when its person says so. */
export const stoppedBy = (trouble: Trouble | null): StoppedBy | undefined => stops.find((is) => is === trouble?.is);

interface NoticesProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly problem: string;
  readonly onProblemSeen: () => void;
  readonly onStopped: () => void;
  readonly onDevices: () => void;
}

export const Notices = ({ bond, view, problem, onProblemSeen, onStopped, onDevices }: NoticesProps): JSX.Element => {
  const { words, times, shown, updates } = useApp();
  const { connection } = view;
  const { trouble } = connection;
  return (
    <div class="notices" aria-live="polite">
      {problem !== "" && (
        <p class="notice" data-notice="problem">
          {problem}
          <button type="button" class="link" onClick={onProblemSeen}>
            {words.common.ok}
          </button>
        </p>
      )}
      {trouble && (
        <p class="notice" data-notice="trouble" data-trouble={trouble.is === "refused" ? trouble.code : trouble.is}>
          {words.trouble(trouble)}
          {stoppedBy(trouble) && (
            <button type="button" class="link" aria-haspopup="dialog" onClick={onStopped}>
              {words.stopped.look}
            </button>
          )}
        </p>
      )}
      {view.mending !== null && !trouble && (
        <p class="notice" data-notice="mending" data-mending={view.mending}>
          {words.mending(view.mending)}
        </p>
      )}
      {view.adding && view.adding.asking.length > 0 && view.adding.letting === null && (
        <p class="notice" data-notice="asking">
          {words.devices.asking}
          <button type="button" class="link" aria-haspopup="dialog" onClick={onDevices}>
            {words.devices.look}
          </button>
        </p>
      )}
      <OfDevices bond={bond} view={view} onDevices={onDevices} />
      {connection.state === "offline" && trouble?.is !== "revoked" && (
        <p class="notice" data-notice="offline">
          {words.mine.offline(times.at(connection.since, shown.now.value))}
          <button type="button" class="link" onClick={() => void bond.act({ do: "try-now" })}>
            {words.mine.tryNow}
          </button>
        </p>
      )}
      {connection.state === "connecting" && trouble?.is !== "revoked" && (
        <p class="notice" data-notice="connecting">
          {words.mine.connecting}
        </p>
      )}
      {connection.waiting > 0 && (
        <p class="notice" data-notice="waiting">
          {words.mine.waiting(connection.waiting)}
        </p>
      )}
      {connection.clockAhead !== null && (
        <p class="notice" data-notice="clock">
          {words.mine.clock(Math.round(connection.clockAhead / 60_000))}
        </p>
      )}
      {view.latecomerAt !== null && (
        <p class="notice" data-notice="latecomer">
          {words.mine.latecomer(times.at(view.latecomerAt, view.now))}
          <button type="button" class="link" onClick={() => void bond.act({ do: "latecomer-seen" })}>
            {words.common.ok}
          </button>
        </p>
      )}
      {view.gapAt !== null && (
        <p class="notice" data-notice="gap">
          {words.mine.gap}
        </p>
      )}
      {updates.waiting.value && (
        <p class="notice" data-notice="update">
          {words.app.newer}
          <button type="button" class="link" onClick={updates.use}>
            {words.app.use}
          </button>
        </p>
      )}
    </div>
  );
};

/** Devices that came or went, on either side, until they were seen: the newest, and how many more. */
const OfDevices = ({ bond, view, onDevices }: { readonly bond: Bond; readonly view: TogetherView; readonly onDevices: () => void }): JSX.Element | null => {
  const { words, times } = useApp();
  const w = words.devices;
  const other = view.other.name === "" ? words.someone : view.other.name;
  const shown = view.deviceNotices.slice(-noticesAtOnce);
  const more = view.deviceNotices.length - shown.length;
  const last = shown.at(-1);
  if (!last) return null;
  return (
    <div class="notice" data-notice="devices">
      <ul>
        {shown.map((notice, at) => (
          <li key={at} data-device-notice={notice.is} data-who={notice.who}>
            {w.notice(notice, other, times.at(notice.at, view.now))}
          </li>
        ))}
      </ul>
      {more > 0 && <p>{w.more(more)}</p>}
      <p>
        <button type="button" class="link" aria-haspopup="dialog" onClick={onDevices}>
          {w.look}
        </button>
        <button type="button" class="link" onClick={() => void bond.act({ do: "devices-seen" })}>
          {words.common.ok}
        </button>
      </p>
    </div>
  );
};

const noticesAtOnce = 3;
