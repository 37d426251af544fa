/**
 * The version of the app that this device holds, and a newer one beside it. The service worker keeps both
 * (src/web/service-worker); a page goes over to the newer one when its person says so, and never by itself.
 *
 * A browser that has no service workers, or lets this page have none, has no versions: each start is the relay's newest.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Millis } from "../../base/brand.ts";
import type { Clock } from "../../ports/clock.ts";
import { serviceWorkerAddress } from "./our-scripts.ts";

export interface Updates {
  /** A newer version is here, whole, and waits to be used. */
  readonly waiting: ReadonlySignal<boolean>;
  /** Begins to keep the app on this device. Not before the page itself has all that it needs. */
  begin(): Promise<void>;
  /** Asks the relay for a newer version, not more often than makes sense. */
  look(): void;
  /** Starts the page anew, with the newer version where one waits. */
  use(): void;
}

/** A relay is not updated more often than somebody would notice. */
const lookAgain: Millis = 3_600_000;

export const createUpdates = (window: Window, clock: Clock): Updates => {
  const waiting = signal(false);
  let registration: ServiceWorkerRegistration | undefined;
  let lookedAt = clock.monotonic();

  const follow = (): void => {
    waiting.value = Boolean(registration?.waiting);
  };

  const reload = (): void => window.location.reload();

  return {
    waiting,
    async begin() {
      try {
        registration = await window.navigator.serviceWorker.register(serviceWorkerAddress(), { updateViaCache: "none" });
      } catch {
        return;
      }
      const { installing } = registration;
      installing?.addEventListener("statechange", follow);
      registration.addEventListener("updatefound", () => registration?.installing?.addEventListener("statechange", follow));
      follow();
    },
    look() {
      const now = clock.monotonic();
      if (!registration || now - lookedAt < lookAgain) return;
      lookedAt = now;
      // A relay that does not answer, or is in the middle of its own update, is asked again the next time.
      registration.update().catch(() => {});
    },
    use() {
      const next = registration?.waiting;
      if (!next) return reload();
      next.addEventListener("statechange", () => {
        if (next.state === "activated" || next.state === "redundant") reload();
      });
      next.postMessage("use");
    },
  };
};

/** A test root is served as it was just built. */
export const noUpdates: Updates = {
  waiting: signal(false),
  begin: async () => {},
  look: () => {},
  use: () => window.location.reload(),
};
