/** Asks the browser what it can do, without asking its person for anything: nothing here opens a prompt. */
import type { Measured } from "../abilities.ts";

/** Safari alone has it, and only on an iPhone or iPad does it come with fingers: `true` when opened from the Home Screen. */
interface AppleNavigator {
  readonly standalone?: boolean;
}

const isApple = ({ navigator }: Window): boolean => (navigator as AppleNavigator).standalone !== undefined && navigator.maxTouchPoints > 1;

const isInstalled = ({ navigator, matchMedia }: Window): boolean =>
  (navigator as AppleNavigator).standalone === true || ["standalone", "fullscreen", "minimal-ui"].some((mode) => matchMedia(`(display-mode: ${mode})`).matches);

/** An iPhone or iPad in a tab of a browser: what is kept there may be cleared, and is not what its Home Screen app has. */
export const isAppleTab = (page: Window): boolean => isApple(page) && !isInstalled(page);

export const measureAbilities = async (page: Window): Promise<Measured> => {
  const { navigator } = page;
  return {
    persisted: await orUnknown(navigator.storage?.persisted?.()),
    offline: navigator.serviceWorker?.controller != null,
    installed: isInstalled(page),
    apple: isApple(page),
    vibration: "vibrate" in navigator,
    handheld: page.matchMedia("(pointer: coarse)").matches,
    sound: "AudioContext" in page,
    wakeLock: "wakeLock" in navigator,
    camera: await cameraOf(navigator),
    share: "share" in navigator,
    battery: "getBattery" in navigator,
  };
};

const cameraOf = async ({ mediaDevices, permissions }: Navigator): Promise<Measured["camera"]> => {
  // Not every browser knows a permission of this name.
  const permission = await orUnknown(permissions?.query({ name: "camera" }));
  if (permission !== "unknown" && permission.state === "denied") return "denied";
  const devices = await orUnknown(mediaDevices?.enumerateDevices?.());
  if (devices === "unknown") return "unknown";
  return devices.some(({ kind }) => kind === "videoinput") ? "there" : "none";
};

const orUnknown = async <T>(asked: Promise<T> | undefined): Promise<T | "unknown"> => {
  try {
    return asked === undefined ? "unknown" : await asked;
  } catch {
    return "unknown";
  }
};
