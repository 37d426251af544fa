/**
 * On an iPhone or iPad, in a tab: what is kept in a tab may be deleted, and the app on the Home Screen does not have it.
 * So that comes first, before anything is made. An invitation that was opened here is carried over by copying it: it was
 * taken out of the address bar, and this page is the only one that still has it. Going on here stays possible.
 */
import type { ComponentChildren, JSX } from "preact";
import { useApp } from "../app.ts";
import type { Arrival } from "../arrival.ts";
import { LinkActions } from "../parts/link-actions.tsx";
import { Room } from "../parts/room.tsx";

export const InstallFirst = ({ arrived, onGoOn }: { readonly arrived: Arrival | undefined; readonly onGoOn: () => void }): JSX.Element => {
  const { words, origin } = useApp();
  const w = words.homeScreen;
  const way = arrived?.is ?? "begin";
  return (
    <Room title={w.title} lead={w.text[way]} lights={way === "begin" ? "apart" : "alone"}>
      {arrived && <LinkActions link={`${origin}/${arrived.link}`} label={w.link[arrived.is]} main />}
      <ol class="drawn-steps">
        <Step text={w.share}>
          <path d="M12 3.500v11M8 7l4-3.500L16 7M8.500 10.500H6.500A1.500 1.500 0 0 0 5 12v7a1.500 1.500 0 0 0 1.500 1.500h11A1.500 1.500 0 0 0 19 19v-7a1.500 1.500 0 0 0-1.500-1.500h-2" />
        </Step>
        <Step text={w.add}>
          <path d="M6.500 4h11A2.500 2.500 0 0 1 20 6.500v11a2.500 2.500 0 0 1-2.500 2.500h-11A2.500 2.500 0 0 1 4 17.500v-11A2.500 2.500 0 0 1 6.500 4zM12 8.500v7M8.500 12h7" />
        </Step>
        <Step text={w.open[way]}>
          <path d="M9.500 12a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0zM19.500 12a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0z" />
        </Step>
      </ol>
      <div class="actions">
        <p id="go-on-hint" class="aside">
          {w.goOnText}
        </p>
        <button type="button" class="quiet" aria-describedby="go-on-hint" onClick={onGoOn}>
          {w.goOn}
        </button>
      </div>
    </Room>
  );
};

const Step = ({ text, children }: { readonly text: string; readonly children: ComponentChildren }): JSX.Element => (
  <li>
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {children}
    </svg>
    <span>{text}</span>
  </li>
);
