/**
 * The browser's offer to install this page as an app. It comes once, early, and only where the browser thinks it fits;
 * kept here, it is made when its person asks for it and not before.
 */
import { signal, type ReadonlySignal } from "@preact/signals";

/** Opens the browser's own question. */
export type Install = () => void;

/** Not in the DOM's types: only Chromium has it. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

export const followInstallOffer = (page: Window): ReadonlySignal<Install | null> => {
  const offer = signal<Install | null>(null);
  page.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer.value = () => {
      // It can be used once; the browser makes another one when there is reason to.
      offer.value = null;
      (event as InstallEvent).prompt().catch(() => {});
    };
  });
  page.addEventListener("appinstalled", () => (offer.value = null));
  return offer;
};
