/**
 * Looks for a link of Beside with the camera, in the room where it is asked for: the field to paste it into stays right
 * below. The camera is on only while this is shown: it goes off when a link was found, at one press, and when the page is
 * hidden. A code that is something else is named, and looking goes on.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { lookForCodes, type CameraFault } from "../adapters/camera.ts";
import { useApp } from "../app.ts";
import { judgeScanned, type LinkKind, type Scanned } from "../scanned.ts";

interface ScannerProps {
  readonly wanted: LinkKind;
  readonly onFound: (link: string) => void;
  readonly onStop: () => void;
}

type State =
  | { readonly is: "asking" | "looking" }
  | { readonly is: "saw"; readonly what: Exclude<Scanned["is"], "found"> }
  | { readonly is: "failed"; readonly why: CameraFault };

export const Scanner = ({ wanted, onFound, onStop }: ScannerProps): JSX.Element => {
  const { words, timer } = useApp();
  const w = words.scan;
  const state = useSignal<State>({ is: "asking" });
  const tries = useSignal(0);
  const video = useRef<HTMLVideoElement>(null);
  const stopButton = useRef<HTMLButtonElement>(null);
  const looking = useRef<{ readonly stop: () => void }>(null);
  /** The camera first, at once; the picture after it. */
  const stop = (): void => {
    looking.current?.stop();
    onStop();
  };

  useEffect(() => {
    if (!video.current) return;
    // The button that was pressed is gone; the one that takes it back is where the focus belongs.
    stopButton.current?.focus();
    looking.current = lookForCodes(video.current, timer, {
      began: () => (state.value = { is: "looking" }),
      saw: (texts) => {
        const found = judgeScanned(texts, wanted);
        if (found.is !== "found") {
          if (state.value.is !== "saw" || state.value.what !== found.is) state.value = { is: "saw", what: found.is };
          return;
        }
        looking.current?.stop();
        onFound(found.link);
      },
      failed: (why) => (state.value = { is: "failed", why }),
    });
    const whenHidden = (): void => {
      if (document.visibilityState === "hidden") stop();
    };
    document.addEventListener("visibilitychange", whenHidden);
    return () => {
      document.removeEventListener("visibilitychange", whenHidden);
      looking.current?.stop();
    };
  }, [tries.value]);

  const again = (): void => {
    state.value = { is: "asking" };
    tries.value++;
  };

  const { value: now } = state;
  const failed = now.is === "failed";
  return (
    <div class="scanner" data-scan={now.is === "failed" ? now.why : now.is === "saw" ? now.what : now.is}>
      <div class="finder" hidden={failed}>
        <video ref={video} muted playsInline aria-label={w.view} />
        <i aria-hidden="true" />
        {(now.is === "looking" || now.is === "saw") && <p class="camera-on">{w.on}</p>}
      </div>
      <p role="status" class={failed || now.is === "saw" ? "note" : "aside"}>
        {now.is === "failed" ? w.failed[now.why] : now.is === "saw" ? w.saw[wanted][now.what] : w[now.is]}
      </p>
      <button ref={stopButton} type="button" class="second" onClick={failed ? again : stop}>
        {failed ? words.first.again : w.stop}
      </button>
    </div>
  );
};
