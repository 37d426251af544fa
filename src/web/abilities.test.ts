/** The platforms of the table in which Beside is to be used, each as its browser answers. */
import { describe, expect, it } from "vitest";
import { abilitiesOf, type AbilityName, type Measured } from "./abilities.ts";
import { en } from "./words/en.ts";

const iphoneTab: Measured = {
  persisted: false,
  offline: true,
  installed: false,
  apple: true,
  vibration: false,
  handheld: true,
  sound: true,
  wakeLock: true,
  camera: "there",
  share: true,
  battery: true,
};
const iphoneInstalled: Measured = { ...iphoneTab, installed: true, persisted: true };
const android: Measured = { ...iphoneTab, apple: false, persisted: true, vibration: true };
const desktop: Measured = { ...android, handheld: false, camera: "none", share: false, battery: false, persisted: false };
const bare: Measured = {
  persisted: "unknown",
  offline: false,
  installed: false,
  apple: false,
  vibration: false,
  handheld: false,
  sound: false,
  wakeLock: false,
  camera: "unknown",
  share: false,
  battery: false,
};

const stateOf = (measured: Measured, name: AbilityName): string | undefined => abilitiesOf(measured).find((one) => one.name === name)?.state;
const verdictOf = (measured: Measured, name: AbilityName): string | undefined => abilitiesOf(measured).find((one) => one.name === name)?.verdict;

describe("what this device can do", () => {
  it("on an iPhone in a tab, what is kept may be gone after seven days; added to the Home Screen it stays as the browser promises", () => {
    expect(stateOf(iphoneTab, "keeps")).toBe("seven-days");
    expect(verdictOf(iphoneTab, "keeps")).toBe("no");
    expect(stateOf(iphoneInstalled, "keeps")).toBe("promised");
    // Installed is not a promise by itself.
    expect(stateOf({ ...iphoneInstalled, persisted: false }, "keeps")).toBe("may-clear");
  });

  it("an iPhone has no vibration, and keeps its screen on only where it says that it can", () => {
    expect(verdictOf(iphoneInstalled, "vibration")).toBe("no");
    expect(verdictOf(iphoneInstalled, "awake")).toBe("yes");
    expect(verdictOf({ ...iphoneInstalled, wakeLock: false }, "awake")).toBe("no");
  });

  it("an Android phone vibrates; a computer with the same function may have nothing to vibrate with", () => {
    expect(verdictOf(android, "vibration")).toBe("yes");
    expect(verdictOf(desktop, "vibration")).toBe("unknown");
  });

  it("nothing wakes a device, and nothing runs while Beside is closed, on any platform", () => {
    for (const measured of [iphoneTab, iphoneInstalled, android, desktop, bare]) {
      expect(verdictOf(measured, "woken")).toBe("no");
      expect(verdictOf(measured, "background")).toBe("no");
    }
  });

  it("a private window cannot be told, and is said not to be, unless the browser promised to keep things", () => {
    expect(verdictOf(desktop, "private")).toBe("unknown");
    expect(stateOf(android, "private")).toBeUndefined();
  });

  it("a camera that was refused is not one that is missing, and neither is one that nobody could count", () => {
    expect(stateOf({ ...android, camera: "denied" }, "camera")).toBe("denied");
    expect(verdictOf({ ...android, camera: "denied" }, "camera")).toBe("no");
    expect(verdictOf(desktop, "camera")).toBe("no");
    expect(verdictOf(bare, "camera")).toBe("unknown");
  });

  it("claims nothing of a browser that answers nothing", () => {
    expect(abilitiesOf(bare).filter(({ verdict }) => verdict === "yes")).toEqual([]);
  });

  it("has a sentence of its own for everything that it can find", () => {
    const texts = Object.values(en.abilities.lines).flatMap((states) => Object.values<string>(states));
    for (const text of texts) expect(text).toMatch(/^[A-Z].{15,}[.]$/s);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
