/**
 * The camera, for looking for QR codes and for nothing else. What it sees goes to our own worker on this device and
 * nowhere beyond. It is on from the moment its person allows it until `stop`, which is final; whatever ends it, its tracks
 * are stopped too, so that the browser's sign goes out.
 */
import type { Millis } from "../../base/brand.ts";
import type { Timer } from "../../ports/timer.ts";
import { spawnScanWorker } from "./spawn-worker.ts";

/** `denied`: its person or a setting said no; `none`: there is none here; `in-use`: something else has it; `broken`: it stopped. */
export type CameraFault = "denied" | "none" | "in-use" | "broken";

interface Looking {
  readonly began: () => void;
  /** The texts of the codes in one picture, at least one. */
  readonly saw: (texts: readonly string[]) => void;
  /** The camera is off when this is called. */
  readonly failed: (fault: CameraFault) => void;
}

/** Whether this page could ask for a camera at all: over plain http only the machine itself may. */
export const canAskForCamera = (): boolean => typeof navigator.mediaDevices?.getUserMedia === "function";

export const lookForCodes = (video: HTMLVideoElement, timer: Timer, { began, saw, failed }: Looking): { readonly stop: () => void } => {
  let over = false;
  let stream: MediaStream | undefined;
  let worker: Worker | undefined;
  let cancel = (): void => {};

  const stop = (): void => {
    over = true;
    cancel();
    worker?.terminate();
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  };
  const fail = (fault: CameraFault): void => {
    if (over) return;
    stop();
    failed(fault);
  };

  const look = async (): Promise<void> => {
    if (video.videoWidth === 0) return lookAgain();
    // A frame is handed over as it is; where there are none, the page itself has to copy the picture.
    const picture = "VideoFrame" in globalThis ? new VideoFrame(video) : await createImageBitmap(video);
    if (over) picture.close();
    else worker?.postMessage(picture, [picture]);
  };
  const lookAgain = (): void => {
    cancel = timer.after(between, () => void look().catch(() => fail("broken")));
  };

  const begin = async (): Promise<void> => {
    const opened = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    stream = opened;
    // It may have been stopped while its person was still being asked.
    if (over) return stop();
    for (const track of opened.getTracks()) track.addEventListener("ended", () => fail("broken"));
    worker = spawnScanWorker();
    worker.onmessage = ({ data: texts }: MessageEvent<readonly string[]>) => {
      if (texts.length > 0) saw(texts);
      if (!over) lookAgain();
    };
    worker.onerror = () => fail("broken");
    video.srcObject = opened;
    await video.play();
    if (over) return;
    began();
    lookAgain();
  };
  void begin().catch((error: unknown) => fail(faultOf(error)));
  return { stop };
};

/** Between two looks: often enough that nobody waits, seldom enough that a phone stays cool. */
const between: Millis = 120;

/** By the names that browsers give (Media Capture and Streams, 10.2). */
export const faultOf = (error: unknown): CameraFault => {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "none";
    case "NotReadableError":
      return "in-use";
    default:
      return "broken";
  }
};
