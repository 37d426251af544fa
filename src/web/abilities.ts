/**
 * What this device can do for a line and what it cannot, from what was measured on it and nothing else: no browser is
 * known by its name here. What cannot be measured is said to be unknown, never assumed either way.
 */

/** As the browser answered, or `unknown` where it has no answer to give. */
export interface Measured {
  /** Whether the browser promised not to clear what is kept here by itself. */
  readonly persisted: boolean | "unknown";
  /** Whether a service worker of Beside is in charge of this page: then it opens without a connection. */
  readonly offline: boolean;
  readonly installed: boolean;
  /** Safari's own sign of an iPhone or iPad, in or out of the Home Screen. */
  readonly apple: boolean;
  /** Whether there is a function to vibrate with. Many browsers have it on machines that cannot. */
  readonly vibration: boolean;
  /** Whether the first way to point here is a finger. */
  readonly handheld: boolean;
  readonly sound: boolean;
  readonly wakeLock: boolean;
  readonly camera: "there" | "none" | "denied" | "unknown";
  readonly share: boolean;
  /** Whether the browser tells how full the battery is. */
  readonly battery: boolean;
}

export type Verdict = "yes" | "no" | "unknown";

/** Each with the ways it can turn out; the words table has a sentence for every one. */
interface States {
  readonly keeps: "promised" | "may-clear" | "seven-days" | "unknown";
  readonly private: "not-known";
  readonly offline: "yes" | "no";
  readonly installed: "yes" | "no";
  readonly woken: "no";
  readonly background: "no";
  readonly vibration: "yes" | "no" | "unknown";
  readonly sound: "yes" | "no";
  readonly awake: "yes" | "no";
  readonly camera: "there" | "none" | "denied" | "unknown";
  readonly battery: "yes" | "no";
  readonly share: "yes" | "no";
}
export type AbilityName = keyof States;
export type Ability = { readonly [Name in AbilityName]: { readonly name: Name; readonly state: States[Name]; readonly verdict: Verdict } }[AbilityName];
/** What the words table has to say: each name, each state. */
export type AbilityWords = { readonly [Name in AbilityName]: Readonly<Record<States[Name], string>> };

/** The things that something a person relies on may hang on come first. */
export const abilitiesOf = (measured: Measured): readonly Ability[] => {
  const keeps = keepsOf(measured);
  const vibration = !measured.vibration ? "no" : measured.handheld ? "yes" : "unknown";
  const { camera } = measured;
  const plain = (is: boolean): "yes" | "no" => (is ? "yes" : "no");
  return [
    { name: "keeps", state: keeps, verdict: keeps === "promised" ? "yes" : keeps === "unknown" ? "unknown" : "no" },
    // A browser that promised to keep things is not one that forgets them when its window closes.
    ...(keeps === "promised" ? [] : [{ name: "private", state: "not-known", verdict: "unknown" } as const]),
    { name: "woken", state: "no", verdict: "no" },
    { name: "background", state: "no", verdict: "no" },
    { name: "offline", state: plain(measured.offline), verdict: plain(measured.offline) },
    { name: "installed", state: plain(measured.installed), verdict: plain(measured.installed) },
    { name: "awake", state: plain(measured.wakeLock), verdict: plain(measured.wakeLock) },
    { name: "sound", state: plain(measured.sound), verdict: plain(measured.sound) },
    { name: "vibration", state: vibration, verdict: vibration },
    { name: "camera", state: camera, verdict: camera === "there" ? "yes" : camera === "unknown" ? "unknown" : "no" },
    { name: "battery", state: plain(measured.battery), verdict: plain(measured.battery) },
    { name: "share", state: plain(measured.share), verdict: plain(measured.share) },
  ];
};

const keepsOf = ({ persisted, apple, installed }: Measured): States["keeps"] => {
  if (persisted === true) return "promised";
  if (apple && !installed) return "seven-days";
  return persisted === false ? "may-clear" : "unknown";
};
