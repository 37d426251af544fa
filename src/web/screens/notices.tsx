/** What I should know about my own side, one plain line each, most important first. Nothing here is about the other. */
import type { JSX } from "preact";
import type { Bond } from "../../line/home.ts";
import type { TogetherView } from "../../line/view.ts";
import { useApp } from "../app.ts";

interface NoticesProps {
  readonly bond: Bond;
  readonly view: TogetherView;
  readonly problem: string;
  readonly onProblemSeen: () => void;
}

export const Notices = ({ bond, view, problem, onProblemSeen }: NoticesProps): JSX.Element => {
  const { words, times, shown } = useApp();
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
        </p>
      )}
      {connection.state === "offline" && (
        <p class="notice" data-notice="offline">
          {words.mine.offline(times.at(connection.since, shown.now.value))}
          <button type="button" class="link" onClick={() => void bond.act({ do: "try-now" })}>
            {words.mine.tryNow}
          </button>
        </p>
      )}
      {connection.state === "connecting" && (
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
    </div>
  );
};
