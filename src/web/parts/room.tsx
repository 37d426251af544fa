/** A whole screen of paper under a strip of sky: everything before the two are together. */
import type { ComponentChildren, JSX } from "preact";
import type { ConnectionView } from "../../line/view.ts";
import { useApp } from "../app.ts";
import { neutralSky, skyStyle } from "../sky.ts";

interface RoomProps {
  readonly title: string;
  readonly lead?: ComponentChildren;
  /** Two lights in the strip: apart, or only mine. */
  readonly lights?: "apart" | "alone";
  /** For styles: a room that needs more of the paper than others. */
  readonly name?: string;
  readonly children?: ComponentChildren;
}

export const Room = ({ title, lead, lights = "apart", name, children }: RoomProps): JSX.Element => {
  const { words, updates } = useApp();
  return (
    <main class="room" data-room={name} style={skyStyle(neutralSky)}>
      <div class="strip" aria-hidden="true">
        <i class="stars" />
        {lights === "apart" && <i class="strip-light" />}
        <i class="strip-light mine" />
      </div>
      <div class="paper">
        <h1>{title}</h1>
        {lead !== undefined && <p class="lead">{lead}</p>}
        {children}
        {updates.waiting.value && (
          <div class="note" data-notice="update">
            <p>{words.app.newer}</p>
            <button type="button" class="second" onClick={updates.use}>
              {words.app.use}
            </button>
          </div>
        )}
      </div>
    </main>
  );
};

/** How the connection is, where it matters and is not as it should be. */
export const ConnectionNote = ({ connection }: { readonly connection: ConnectionView }): JSX.Element | null => {
  const { words, times, shown } = useApp();
  if (connection.trouble) {
    return (
      <p class="note" role="alert" data-trouble={connection.trouble.is}>
        {words.trouble(connection.trouble)}
      </p>
    );
  }
  if (connection.state !== "offline") return null;
  return (
    <p class="note" role="status" data-connection="offline">
      {words.mine.offline(times.at(connection.since, shown.now.value))}
    </p>
  );
};
