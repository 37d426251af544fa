/** The day of two people once more: by keyboard alone, by ear, with one switch, without movement, and from right to left. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { closeSheet, fieldShows, openPerson, startRelay, type Person, type RelayProcess } from "./kit.ts";
import { createWorld, minutes, speak, type World } from "./world.ts";

const isOn = (page: Page, selector: string): Promise<boolean> => page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector);

/** Goes there with Tab, as someone who has nothing else; no screen has more stops than these. */
const tabTo = async ({ page }: Person, selector: string): Promise<void> => {
  await page.locator(selector).first().waitFor();
  for (let stops = 0; stops < 60; stops++) {
    if (await isOn(page, selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never comes to ${selector}`);
};
const enter = async (person: Person, selector: string): Promise<void> => {
  await tabTo(person, selector);
  await person.page.keyboard.press("Enter");
};

describe("by keyboard alone", () => {
  let relay: RelayProcess;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    relay = await startRelay();
    [ada, ben] = await Promise.all([openPerson("Ada", relay, "localhost"), openPerson("Ben", relay)]);
  });
  afterAll(async () => {
    await Promise.all([ada?.close(), ben?.close()]);
    await relay?.stop();
  });

  it("[PAIR2] two people pair: inviting, joining, accepting, the six words, the first question", async () => {
    await tabTo(ada, 'input[name="name"]');
    await ada.page.keyboard.type("Ada");
    await ada.page.keyboard.press("Enter");
    const link = await ada.page.locator('input[name="link"]').inputValue();
    await tabTo(ben, 'input[name="name"]');
    await ben.page.keyboard.type("Ben");
    await enter(ben, "button.second");
    await tabTo(ben, 'textarea[name="link"]');
    await ben.page.keyboard.insertText(link);
    await enter(ben, "button[type=submit]");
    await enter(ada, "[data-knock] button");
    for (const person of [ada, ben]) {
      await person.page.locator(".six-words li").nth(5).waitFor();
      await enter(person, ".sheet .main");
      await enter(person, '[data-question="presence"] button');
    }
    await Promise.all([ada, ben].map((person) => fieldShows(person, "state", "beside")));
  });

  it("[FEEL1] a feeling is found with the arrows and sent with Enter, and the way back is where it began", async () => {
    await enter(ada, '[data-tool="feel"]');
    await ada.page.locator(".feel input:focus").waitFor();
    const first = await ada.page.locator(".feel-name").getAttribute("data-feeling");
    await ada.page.keyboard.press("ArrowRight");
    await ada.page.keyboard.press("ArrowUp");
    expect(await ada.page.locator(".feel-name").getAttribute("data-feeling")).not.toBe(first);
    await ada.page.keyboard.press("Enter");
    await ben.page.locator('main.field:not([data-feeling=""])').waitFor();
    await ada.page.locator('[data-tool="feel"]:focus').waitFor();
  });

  it("[SAY1] a thought is said, and read at the other", async () => {
    await enter(ada, '[data-tool="say"]');
    await ada.page.locator("textarea.words:focus").waitFor();
    await ada.page.keyboard.type("by keyboard");
    await enter(ada, "form.say button[type=submit]");
    await ben.page.locator(".drift", { hasText: "by keyboard" }).waitFor();
    await enter(ben, ".drift");
    await ben.page.locator(".lately li", { hasText: "by keyboard" }).waitFor();
    await closeSheet(ben);
  });

  it("[TOUCH1] a hand is held out for as long as Space is held", async () => {
    await tabTo(ada, "button.light.mine");
    await ada.page.keyboard.down("Space");
    await fieldShows(ben, "touch", "offered");
    await ada.page.keyboard.up("Space");
    await fieldShows(ben, "touch", "none");
  });

  it("every room opens with Enter, closes with Escape, and gives the focus back to what opened it", async () => {
    for (const tool of ["say", "between", "more"]) {
      await enter(ada, `[data-tool="${tool}"]`);
      await closeSheet(ada);
      await ada.page.locator(`[data-tool="${tool}"]:focus`).waitFor();
    }
  });

  it("[DEV1] a device's door is opened and closed, and the twelve words are seen, written down and asked back", async () => {
    await enter(ada, '[data-tool="more"]');
    await enter(ada, '[data-row="devices"]');
    await enter(ada, '[data-sheet="devices"] .main');
    await ada.page.locator('[data-door="open"]').waitFor();
    await enter(ada, '[data-door="open"] .quiet');
    await ada.page.locator('[data-door="open"]').waitFor({ state: "detached" });
    await closeSheet(ada);
    await enter(ada, ".to-keep");
    await enter(ada, '[data-sheet="twelve"] .main');
    const list = await ada.page.locator(".twelve-words .word").allInnerTexts();
    await enter(ada, '[data-sheet="twelve"] .main');
    await ada.page.locator(".asked input:focus").waitFor();
    for (const input of await ada.page.locator(".asked input").all()) {
      const name = (await input.getAttribute("name")) ?? "";
      await tabTo(ada, `input[name="${name}"]`);
      await ada.page.keyboard.type(list[Number(name.slice("word-".length)) - 1] ?? "");
    }
    await ada.page.keyboard.press("Enter");
    await ada.page.getByText("Now only you have them").waitFor();
    await enter(ada, '[data-sheet="twelve"] .main');
    await ada.page.locator(".to-keep").waitFor({ state: "detached" });
  });

  it("[TOUCH1] who cannot keep holding lets one press begin a touch and the next end it: one switch is enough", async () => {
    await enter(ada, '[data-tool="more"]');
    await tabTo(ada, 'input[name="press"]');
    await ada.page.keyboard.press("Space");
    await closeSheet(ada);
    await enter(ada, "button.light.mine");
    await fieldShows(ben, "touch", "offered");
    // Going on to something else lets go of nothing: the hand is held until it is taken back.
    await ada.page.keyboard.press("Tab");
    await tabTo(ben, "button.light.mine");
    await ben.page.keyboard.down("Space");
    await fieldShows(ada, "touch", "met");
    await ben.page.keyboard.up("Space");
    await fieldShows(ada, "touch", "mine");
    await enter(ada, "button.light.mine");
    await fieldShows(ben, "touch", "none");
    await ada.page.reload();
    await fieldShows(ada, "connection", "online");
    await ada.page.locator("button.light.mine").click();
    await fieldShows(ben, "touch", "offered");
    await ada.page.locator("button.light.mine").click();
    await fieldShows(ben, "touch", "none");
  });
});

/** What a screen reader would be told from now on: every text that comes into a live region that is polite. */
const listen = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    for (const region of document.querySelectorAll("[data-spoken]")) {
      new MutationObserver(() => {
        if (region.textContent !== "") heard.push(`${region.getAttribute("data-spoken")}: ${region.textContent.replaceAll(/[\u2066-\u2069]/g, "")}`);
      }).observe(region, { childList: true, characterData: true, subtree: true });
    }
  });
const heard = (page: Page): Promise<readonly string[]> => page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard.splice(0));

describe("by ear, without movement, and from right to left", () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld(["ada", "ben"], "open");
    const { ada, ben } = world;
    await ada.page.getByLabel("Your name").fill("Ada");
    await ada.page.getByRole("button", { name: "Invite the other" }).click();
    const link = await ada.page.getByLabel("The link", { exact: true }).inputValue();
    await world.open(ben, link.replace("localhost", "127.0.0.1"));
    await ben.page.getByLabel("Your name").fill("Ben");
    await ben.page.getByRole("button", { name: "Join", exact: true }).click();
    await ada.page.locator("[data-knock] button").click();
    for (const person of [ada, ben]) {
      await person.page.getByRole("button", { name: "We compared them" }).click();
      await person.page.getByRole("button", { name: "Yes, show it" }).click();
    }
    await fieldShows(ada, "state", "beside");
  });
  afterAll(() => world?.end());

  it("[PRES1] a change of state is said once, politely, and not again with each minute that its age grows", async () => {
    const { ada, ben, move, open } = world;
    await listen(ada.page);
    for (const region of await ada.page.locator("[data-spoken]").all()) expect(await region.getAttribute("role")).toBe("status");
    await ben.page.goto("about:blank");
    await fieldShows(ada, "state", "near");
    const near = await heard(ada.page);
    expect(near).toHaveLength(1);
    expect(near[0]).toMatch(/^state: Ben: near/);
    for (let minute = 0; minute < 8; minute++) await move(minutes(1));
    await ada.page.locator(".state", { hasText: /5 minutes ago|10 minutes ago/ }).waitFor();
    expect(await heard(ada.page)).toEqual([]);
    await move(minutes(30));
    await fieldShows(ada, "state", "around");
    expect(await heard(ada.page)).toHaveLength(1);
    await open(ben, `http://127.0.0.1:${new URL(ada.page.url()).port}/`);
    await fieldShows(ada, "state", "beside");
    expect((await heard(ada.page)).at(-1)).toBe("state: Ben: beside you, now");
  });

  it("[FEEL1] a feeling, a thought and a hand are said as they come", async () => {
    const { ada, ben } = world;
    await listen(ada.page);
    await ben.page.locator('[data-tool="feel"]').press("Enter");
    await ben.page.locator(".feel input:focus").waitFor();
    await ben.page.keyboard.press("ArrowRight");
    await ben.page.keyboard.press("Enter");
    await expect.poll(() => heard(ada.page)).toEqual(["feeling: Ben sends joy"]);
    await ben.page.locator('[data-tool="say"]').click();
    await ben.page.locator("textarea.words").fill("it is raining");
    await ben.page.locator("form.say button[type=submit]").click();
    await expect.poll(() => heard(ada.page)).toEqual(["thought: Ben: it is raining"]);
    await ben.page.locator("form.say").waitFor({ state: "detached" });
    await ben.page.locator("button.light.mine").focus();
    await ben.page.keyboard.down("Space");
    await expect.poll(() => heard(ada.page)).toEqual(["touch: Ben holds out a hand. Hold to meet it."]);
    await ben.page.keyboard.up("Space");
    await fieldShows(ada, "touch", "none");
  });

  it("nothing moves for someone who asked for no movement", async () => {
    const { ada, ben } = world;
    const moving = (): Promise<readonly string[]> =>
      ada.page.evaluate(() =>
        document
          .getAnimations()
          .filter((one) => one.playState === "running" && Number(one.effect?.getComputedTiming().activeDuration ?? 0) > 20)
          .map((one) => String((one.effect as KeyframeEffect | null)?.target?.className)),
      );
    await ada.page.locator('[data-tool="say"]').click();
    await ada.page.locator("form.say").waitFor();
    expect(await moving()).toEqual([]);
    await closeSheet(ada);
    await ben.page.locator('[data-tool="say"]').click();
    await ben.page.locator("textarea.words").fill("still here");
    await ben.page.locator("form.say button[type=submit]").click();
    await ada.page.locator(".drift", { hasText: "still here" }).waitFor();
    expect(await moving()).toEqual([]);
    await ada.page.emulateMedia({ reducedMotion: "no-preference" });
    expect(await moving()).not.toEqual([]);
    await ada.page.emulateMedia({ reducedMotion: "reduce" });
  });

  it("words in the sky stay while the focus is on them, and go once it went on", async () => {
    const { ada, ben, move } = world;
    await ben.page.locator('[data-tool="say"]').click();
    await ben.page.locator("textarea.words").fill("read me slowly");
    await ben.page.locator("form.say button[type=submit]").click();
    const drift = '.drift:has-text("read me slowly")';
    await tabTo(ada, ".said[data-from=other] .drift");
    await ada.page.locator(drift).focus();
    await move(minutes(1));
    await ada.page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    expect(await ada.page.locator(drift).evaluate((words) => document.activeElement === words)).toBe(true);
    await tabTo(ada, "button.light.mine");
    await move(minutes(1));
    await ada.page.locator(drift).waitFor({ state: "detached" });
  });

  it("[SAY4] what was begun and not said is there when Say is opened again, and not after a new start", async () => {
    const { page } = world.ada;
    const box = page.locator("textarea.words");
    const open = async (): Promise<void> => {
      await page.locator('[data-tool="say"]').click();
      await box.waitFor();
    };
    await open();
    await box.fill("perhaps I should");
    await page.goBack();
    await box.waitFor({ state: "detached" });
    await open();
    expect(await box.inputValue()).toBe("perhaps I should");
    await page.reload();
    await open();
    expect(await box.inputValue()).toBe("");
    await closeSheet(world.ada);
  });

  it.each(["en", "de"])("on 320 px no word of the tools is cut in two (%s)", async (tag) => {
    const { page } = world.ada;
    await page.setViewportSize({ width: 320, height: 568 });
    await speak(page, tag);
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll(".tools .tool span")].flatMap((label) => {
        const node = label.firstChild;
        const text = node?.textContent ?? "";
        // Where a word may be hyphenated is said in it; the hyphen counts as its next letter's.
        return [...text.matchAll(/[^\s\u00ad]+/g)].flatMap((word) => {
          const range = document.createRange();
          range.setStart(node as Node, word.index + 1);
          range.setEnd(node as Node, word.index + word[0].length);
          return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1 ? [word[0]] : [];
        });
      }),
    );
    expect(cut).toEqual([]);
    await speak(page, null);
    await page.setViewportSize({ width: 390, height: 844 });
  });

  it("[PRES1] in forced colours each state is still drawn, in a shape of its own", async () => {
    const { ada, ben, move } = world;
    await ada.page.emulateMedia({ forcedColors: "active" });
    const shapes: string[] = [];
    const drawn = async (state: string): Promise<void> => {
      await fieldShows(ada, "state", state);
      const light = ada.page.locator(".light.theirs");
      shapes.push(await light.locator("svg").innerHTML());
      const ink = await light
        .locator("svg > *")
        .first()
        .evaluate((shape) => {
          const { fill, stroke } = getComputedStyle(shape);
          const probe = document.body.appendChild(document.createElement("p"));
          probe.style.color = "CanvasText";
          const { color } = getComputedStyle(probe);
          probe.remove();
          return fill === color || stroke === color;
        });
      expect(ink, state).toBe(true);
    };
    await drawn("beside");
    await ben.page.goto("about:blank");
    await drawn("near");
    for (const [state, later] of [
      ["around", 40],
      ["far", 300],
      ["unheard", 1500],
    ] as const) {
      await move(minutes(later));
      await drawn(state);
    }
    expect(new Set(shapes).size).toBe(5);
    await ada.page.emulateMedia({ forcedColors: "none" });
  });

  it("from right to left the way back and the ways on point the other way, and a sheet scrolls nowhere sideways", async () => {
    const { ada } = world;
    const { page } = ada;
    await page.locator('[data-tool="more"]').click();
    await page.locator("dialog.sheet").waitFor();
    await speak(page, "ar-XB");
    expect(await page.evaluate(() => document.documentElement.dir)).toBe("rtl");
    const sides = await page.evaluate(() => {
      const at = (selector: string): DOMRect => document.querySelector(selector)?.getBoundingClientRect() ?? new DOMRect();
      return { paper: at("dialog .paper"), back: at("dialog .back"), box: at('input[name="press"]'), wide: document.querySelector("dialog")?.scrollWidth };
    });
    expect(sides.paper.right - sides.back.right).toBeLessThan(sides.back.left - sides.paper.left);
    expect(sides.box.left).toBeGreaterThan(sides.paper.left + sides.paper.width / 2);
    expect(sides.wide).toBeLessThanOrEqual(390);
    await speak(page, null);
    await closeSheet(ada);
  });

  it("a language that is chosen is spoken at once, and again after a reload", async () => {
    const { page } = world.ada;
    await page.locator('[data-tool="more"]').click();
    await page.locator('select[name="language"]').selectOption("en-XA");
    await page.locator('html[lang="en-XA"]').waitFor();
    await page.reload();
    await page.locator('html[lang="en-XA"] main.field').waitFor();
    expect(await page.locator('[data-tool="say"]').innerText()).toMatch(/^\[Šáý/);
    await speak(page, null);
  });
});
