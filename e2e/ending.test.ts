/** The end of a line: by one, at once or later, told after the relay comes back; what stays, what goes, and that nothing opens it again. */
import { cpSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fieldShows, newProfile, openPerson, openRow, pairUp, say, startRelay, type Person, type RelayProcess } from "./kit.ts";
import { createWorld, minutes, type World } from "./world.ts";

const press = ({ page }: Person, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();
const stage = ({ page }: Person, name: string): Promise<void> => page.locator(`html[data-stage="${name}"]`).waitFor();
const endNow = async (person: Person): Promise<void> => {
  await press(person, "End it now");
  await press(person, "End it");
  await stage(person, "ended");
};

describe("the end", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;
  let olderBen: string;

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben] = await Promise.all([openPerson("ada", relay, "localhost"), openPerson("ben", relay)]);
    await pairUp(ada, ben);
    await say(ben, "the key is under the blue pot");
    await ada.page.locator(".drift", { hasText: "blue pot" }).waitFor();
    // What a device of the other's was before the end.
    olderBen = newProfile("older");
    const { profile } = ben;
    await ben.context.close();
    cpSync(profile, olderBen, { recursive: true });
    ben = await openPerson("ben", relay, undefined, undefined, { profile });
    await fieldShows(ada, "state", "beside");
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
  });

  it("[KEEP2] the quiet view marks the last things and has no tools; one press leaves it", async () => {
    await openRow(ada, "end");
    await press(ada, "Choose the quiet view");
    expect(await ada.page.locator('[data-last="thought"] .words').innerText()).toBe("the key is under the blue pot");
    expect(await ada.page.locator("nav.tools, textarea").count()).toBe(0);
    await press(ada, "Leave the quiet view");
    await ada.page.locator("main.field").waitFor();
  });

  it("[END2] two presses from the field it says what happens, with what waits and the way to hide, before anything happens", async () => {
    await relay.kill();
    await fieldShows(ada, "connection", "offline");
    await say(ada, "never to be sent");
    await ada.page.locator('[data-tool="more"]').click();
    await ada.page.locator('[data-row="end"]').click();
    const room = ada.page.locator('dialog[data-sheet="end"]');
    const text = await room.innerText();
    for (const part of ["What you give stops first", "1 thing still waits to be sent", "never opens again", "does not protect you"])
      expect(text).toContain(part);
    await room.locator("[data-hide]").click();
    await stage(ada, "neutral");
    await ada.page.locator(".neutral button").dblclick();
    await ada.page.locator("main.field").waitFor();
  });

  it("[END1] it ends here at once, without the relay, and says that the relay does not know", async () => {
    await openRow(ada, "end");
    await endNow(ada);
    await ada.page.locator('[data-ended="untold"]').waitFor();
    expect(await ada.page.locator("main.field").count()).toBe(0);
    expect(await ada.page.locator("main").innerText()).toContain("Ended here; the relay does not know yet.");
    await ada.page.reload();
    await ada.page.locator('[data-ended="untold"]').waitFor();
  });

  it("[END1] when the relay is back it is told, and the other sees who ended it, and no time", async () => {
    await relay.restart();
    await ada.page.locator('[data-ended="told"]').waitFor({ timeout: 60_000 });
    await ben.page.locator('html[data-stage="ended"]').waitFor({ timeout: 60_000 });
    const lead = await ben.page.locator(".lead").first().innerText();
    expect(lead).toContain("ended it");
    expect(lead).not.toMatch(/\d/);
    expect(await ben.page.locator("[data-ended]").count()).toBe(0);
    expect(await ben.page.locator("main").innerText()).not.toContain("never to be sent");
  });

  it("[KEEP1] after it each can read what was kept, and take it along", async () => {
    for (const person of [ada, ben]) {
      await person.page.locator(".kept .words", { hasText: "blue pot" }).waitFor();
      await person.page.locator('[data-way="take"]').click();
      const downloading = person.page.waitForEvent("download");
      await press(person, "Save as data");
      expect(readFileSync(await (await downloading).path(), "utf8")).toContain("the key is under the blue pot");
      await person.page.locator('[data-sheet="take"] .back').click();
      await person.page.locator('[data-sheet="take"]').waitFor({ state: "detached" });
    }
  });

  it("[END3] an older copy of the other's device finds the line ended, and what it says reaches nobody", async () => {
    const older = await openPerson("ben", relay, undefined, undefined, { profile: olderBen });
    await older.page.locator('html[data-stage="ended"]').waitFor({ timeout: 60_000 });
    expect(await older.page.locator("textarea, nav.tools").count()).toBe(0);
    await older.close();
    expect(await ada.page.locator('html[data-stage="ended"]').count()).toBe(1);
  });

  it("[KEEP2] who stays can choose the quiet view then, too", async () => {
    await press(ben, "The quiet view");
    await ben.page.locator("[data-leave]").waitFor();
    expect(await ben.page.locator("main").innerText()).not.toContain("ended");
    await press(ben, "Leave the quiet view");
    await ben.page.locator("[data-keeping]").waitFor();
  });

  it("[END2] taken off this device nothing of it is there any more, and the other keeps what was kept", async () => {
    await press(ada, "Take it off this device");
    await press(ada, "Take it off");
    await stage(ada, "first");
    await ada.page.reload();
    await stage(ada, "first");
    await ben.page.locator(".kept .words", { hasText: "blue pot" }).waitFor();
    expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
  });
});

describe("an end that is to come", () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld(["ada", "ben"], "open");
    await pairUp(world.ada, world.ben);
    await fieldShows(world.ada, "state", "beside");
  });
  afterAll(async () => {
    await world?.end();
  });

  it("[END2] it is shown and called off in the one place, and nobody else is told", async () => {
    const { ada, ben } = world;
    await openRow(ada, "end");
    await press(ada, "Set this time");
    await ada.page.locator("[data-end-at]").waitFor();
    await ada.page.reload();
    await ada.page.locator("main.field").waitFor();
    expect(await ada.page.locator("main.field").innerText()).not.toContain("ends");
    await openRow(ada, "end");
    await press(ada, "Call it off");
    await ada.page.locator('input[name="end-at"]').waitFor();
    await press(ada, "Set this time");
    await ada.page.locator("[data-end-at]").waitFor();
    await fieldShows(ben, "state", "beside");
  });

  it("[END2] at its time it ends, and the other sees that it ended", async () => {
    const { ada, ben, move } = world;
    await move(minutes(5 * 60));
    await stage(ada, "ended");
    await ben.page.locator('html[data-stage="ended"]').waitFor({ timeout: 60_000 });
    expect(world.wrongs).toEqual([]);
  });

  it("[END3] beside an ended line a new one can be begun, and the way back to what was kept is there", async () => {
    const { ben } = world;
    await press(ben, "Begin a new line");
    await ben.page.locator("[data-line-back]").click();
    await ben.page.locator("[data-keeping]").waitFor();
  });
});

describe("after the end, anew", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;

  const openEarlier = async (person: Person): Promise<void> => {
    await person.page.locator('[data-tool="between"]').click();
    await person.page.locator('[data-way="earlier"]').click();
    await person.page.locator("[data-earlier]").waitFor();
  };
  const says = async ({ page }: Person): Promise<void> => {
    // With the keyboard alone: the question has the focus, and then what came of it.
    await page.locator("[data-earlier] button").press("Enter");
    await page.locator(".sure:focus").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator('[data-earlier] [role="status"]:focus').waitFor();
  };

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben] = await Promise.all([openPerson("ada", relay, "localhost"), openPerson("ben", relay)]);
    await pairUp(ada, ben);
    await say(ben, "the key is under the blue pot");
    await ada.page.locator(".drift", { hasText: "blue pot" }).waitFor();
    await openRow(ada, "end");
    await endNow(ada);
    await stage(ben, "ended");
    for (const person of [ada, ben]) await press(person, "Begin a new line");
    await pairUp(ada, ben);
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
  });

  it("[END3] what was kept on the earlier line does not show on the new one, and before it is said one reads what it tells", async () => {
    await openEarlier(ada);
    const line = ada.page.locator('[data-earlier="none"]');
    await line.getByRole("button").click();
    expect(await line.innerText()).toContain("someone else would learn that you had another line");
    await press(ada, "Cancel");
    await line.getByRole("button").waitFor();
    expect(await ada.page.locator('dialog[data-sheet="between"] .kept').innerText()).not.toContain("blue pot");
  });

  it("[END3] [RECALL1] said by one it waits, and the other is asked whether it is so; nothing opens before both said it", async () => {
    await says(ada);
    await ada.page.locator('[data-earlier="mine"]').waitFor();
    await openEarlier(ben);
    await ben.page.locator('[data-earlier="theirs"]').waitFor();
    for (const person of [ada, ben]) expect(await person.page.getByRole("button", { name: "Read what was kept" }).count()).toBe(0);
  });

  it("[END3] said by both, both read there what was kept, also after the page was closed; the line that ended stays ended", async () => {
    await says(ben);
    for (const person of [ada, ben]) {
      await press(person, "Read what was kept");
      await person.page.locator('dialog[data-sheet="earlier-kept"] .words', { hasText: "blue pot" }).waitFor();
    }
    await ada.page.reload();
    await ada.page.locator("main.field").waitFor();
    await openEarlier(ada);
    await ada.page.locator('[data-earlier="both"]').waitFor();
    await ada.page.reload();
    await ada.page.locator("nav.lines button", { hasText: "ended" }).click();
    await stage(ada, "ended");
    expect(await ada.page.locator("nav.tools, textarea").count()).toBe(0);
    expect([...ada.wrongs, ...ben.wrongs]).toEqual([]);
  });
});
