/**
 * Every screen in every state that can be reached from outside, as a table: its name, and how to get there from where the
 * state before left the world. `npm run shots` takes pictures of them, and everyone.test.ts looks at what no picture
 * shows. One more state is one more line; one that needs a world of its own is a chapter.
 */
import type { Page } from "playwright-core";
import { concat, toBase64url } from "../src/base/bytes.ts";
import { Secret } from "../src/base/secret.ts";
import { encodeCbor } from "../src/protocol/cbor.ts";
import { readInvitation, writeInvitation } from "../src/protocol/invitation.ts";
import { sha256 } from "../src/protocol/keys.ts";
import { writerLock } from "../src/web/adapters/tab-wire.ts";
import { fieldOf } from "../src/web/words/days.ts";
import { accept, codeOn, deviceLink, fieldShows, invite, join_, openRow, say, sixWords, type Person } from "./kit.ts";
import { minutes, type RelayKind, type Who, type World } from "./world.ts";

/** Whose screen is looked at. */
type Reach = (world: World) => Promise<Person>;
export type State = readonly [name: string, reach: Reach];

export interface Chapter {
  readonly name: string;
  readonly people: readonly Who[];
  readonly relay?: RelayKind;
  readonly states: readonly State[];
}

const home = "beside-dev-0-one";
const stage = ({ page }: Person, name: string): Promise<void> => page.locator(`html[data-stage="${name}"]`).waitFor();
const press = ({ page }: Person, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();
const wrong = ({ page }: Person, what: string): Promise<void> => page.locator(`[data-wrong="${what}"]`).waitFor();
const notice = ({ page }: Person, what: string): Promise<void> => page.locator(`[data-notice="${what}"]`).first().waitFor();
const drift = ({ page }: Person, text: string): Promise<void> => page.locator(".drift", { hasText: text }).first().waitFor();
const sheet = async (person: Person, tool: string): Promise<Person> => {
  await person.page.locator(`[data-tool="${tool}"]`).click();
  await person.page.locator("dialog.sheet").waitFor();
  return person;
};
/** From however many rooms, each left by Escape. */
const toField = async ({ page }: Person): Promise<void> => {
  const topOf = (): Promise<string | null> => page.evaluate(() => [...document.querySelectorAll("dialog.sheet")].at(-1)?.getAttribute("data-sheet") ?? null);
  await page.locator("dialog.sheet[open]").last().waitFor();
  for (let tries = 0; tries < 40; tries++) {
    const left = await topOf();
    if (left === null) return;
    await page.keyboard.press("Escape");
    // A key pressed before a sheet is quite there goes nowhere; then it is pressed again.
    await page
      .waitForFunction((was) => ([...document.querySelectorAll("dialog.sheet")].at(-1)?.getAttribute("data-sheet") ?? "") !== was, left, { timeout: 1000 })
      .catch(() => undefined);
  }
  throw new Error(`the sheet ${await topOf()} stays open`);
};
const toEnd = async (person: Person): Promise<Person> => {
  await person.page.locator("dialog.sheet").evaluate((dialog) => dialog.scrollTo(0, dialog.scrollHeight));
  return person;
};
const linkOf = ({ page }: Person): Promise<string> => page.getByLabel("The link", { exact: true }).inputValue();

/** From the next time that this page is opened: what carries the line does not answer, or says no. Until it is let go again. */
const holdLine = async ({ page }: Person, how: "refuse" | "hang"): Promise<void> => {
  const held = { line: true };
  await page.routeWebSocket(/\/line/, (socket) => {
    if (!held.line) socket.connectToServer();
    else if (how === "refuse") void socket.close();
  });
  letGo.set(page, () => (held.line = false));
};
const letGo = new WeakMap<Page, () => void>();
const letLineGo = ({ page }: Person): void => letGo.get(page)?.();

/** The links that are not for this page, and what each is answered with. */
const framed = (fields: readonly (string | number)[]): string => {
  const body = encodeCbor([...fields]);
  return `https://relay.example.org/#join=${toBase64url(concat(body, sha256(body).subarray(0, 4)))}`;
};
const zeros = (length: number): Uint8Array => new Uint8Array(length);
const elsewhere = (): string =>
  writeInvitation({ relay: "https://relay.example.org", relayHash: zeros(32), line: zeros(16), inviterHash: zeros(32), secret: new Secret(zeros(16)) });
const pasted =
  (link: () => string, answer: string): Reach =>
  async ({ ada }) => {
    await ada.page.locator('textarea[name="link"]').fill(link());
    await ada.page.getByLabel("Your name").fill("Ada");
    await press(ada, "Join");
    await wrong(ada, answer);
    return ada;
  };

const pair = async ({ ada, ben }: World): Promise<void> => {
  await join_(ben, await invite(ada));
  await accept(ada, ben.name);
  for (const person of [ada, ben]) {
    await sixWords(person);
    await press(person, "We compared them");
    await press(person, "Yes, show it");
  }
  await Promise.all([ada, ben].map((person) => fieldShows(person, "state", "beside")));
};
const paired =
  (then: Reach): Reach =>
  async (world) => {
    await pair(world);
    return then(world);
  };

/** A camera that sees a wall, one that may not be used, or none: what the browser answers is all there is of it. */
const scanWith = async (person: Person, camera: "there" | "denied" | "none"): Promise<void> => {
  await person.page.evaluate((is) => {
    navigator.mediaDevices.getUserMedia = async () => {
      if (is !== "there") throw new DOMException("", is === "denied" ? "NotAllowedError" : "NotFoundError");
      const wall = document.createElement("canvas");
      const drawn = wall.getContext("2d");
      if (!drawn) throw new DOMException("", "NotReadableError");
      drawn.fillStyle = "#6b665c";
      drawn.fillRect(0, 0, wall.width, wall.height);
      return wall.captureStream(1);
    };
  }, camera);
  await press(person, "Scan the code");
  await person.page.locator(`[data-scan="${camera === "there" ? "looking" : camera}"]`).waitFor();
};

const search = async (person: Person, words: string, answer: string): Promise<Person> => {
  await person.page.locator('input[name="search"]').fill(words);
  await person.page.locator(".past-count", { hasText: answer }).waitFor();
  return person;
};

const light = async ({ page }: Person, on: boolean): Promise<void> => {
  await page.locator("button.light.mine").focus();
  if (on) await page.keyboard.down("Space");
  else await page.keyboard.up("Space");
};

/** By keyboard: so many names further on the wheel, and stronger or fainter. */
const feel = async (person: Person, further: number, stronger: number, to: Person): Promise<void> => {
  const { page } = person;
  const before = await to.page.locator("main.field").getAttribute("data-feeling");
  await page.locator('[data-tool="feel"]').press("Enter");
  await page.locator(".feel input:focus").waitFor();
  for (let n = 0; n < further; n++) await page.keyboard.press("ArrowRight");
  for (let n = 0; n < Math.abs(stronger); n++) await page.keyboard.press(stronger > 0 ? "ArrowUp" : "ArrowDown");
  await page.keyboard.press("Enter");
  await to.page.waitForFunction((was) => document.querySelector("main.field")?.getAttribute("data-feeling") !== was, before);
  // It shows there before it is kept here; who closes the page meanwhile has no time left to say so.
  await fieldShows(person, "waiting", "0");
};

const arriving: Chapter = {
  name: "arriving",
  people: ["ada", "ben", "cleo"],
  states: [
    [
      "opening",
      async ({ ada }) => {
        await ada.page.waitForFunction(() => document.documentElement.dataset["stage"] === "first");
        const other = await ada.context.newPage();
        await other.goto(new URL("/icon.svg", ada.page.url()).href);
        const address = ada.page.url();
        await ada.page.goto("about:blank");
        await other.evaluate((lock) => void navigator.locks.request(lock, () => new Promise(() => {})), writerLock(home));
        await ada.page.goto(address);
        await stage(ada, "opening");
        return ada;
      },
    ],
    [
      "opening, another tab does not answer",
      async ({ ada, move }) => {
        await move(7000);
        await ada.page.getByText("Another tab of this browser").waitFor();
        return ada;
      },
    ],
    [
      "first run",
      async ({ ada, open }) => {
        for (const page of ada.context.pages()) if (page !== ada.page) await page.close();
        await holdLine(ada, "refuse");
        await open(ada);
        await stage(ada, "first");
        return ada;
      },
    ],
    [
      "first run, a name that nobody can read",
      async ({ ada }) => {
        await ada.page.getByLabel("Your name").fill("\u3164");
        await press(ada, "Invite the other");
        await wrong(ada, "bad-name");
        return ada;
      },
    ],
    [
      "joining",
      async ({ ada }) => {
        await press(ada, "I was invited");
        await ada.page.locator('textarea[name="link"]').waitFor();
        return ada;
      },
    ],
    ["joining, no invitation", pasted(() => "the kettle is on", "not-an-invitation")],
    ["joining, a part is missing", pasted(() => elsewhere().slice(0, -9), "incomplete")],
    ["joining, from a newer Beside", pasted(() => framed([2, "later"]), "newer")],
    ["joining, a device link", pasted(() => "https://relay.example.org/#device=abc", "device-link")],
    ["joining, made at another relay", pasted(elsewhere, "elsewhere")],
    [
      "scanning",
      async ({ ada }) => {
        await press(ada, "Back");
        await press(ada, "I was invited");
        await scanWith(ada, "there");
        return ada;
      },
    ],
    [
      "scanning, not allowed",
      async ({ ada }) => {
        await press(ada, "Stop the camera");
        await scanWith(ada, "denied");
        return ada;
      },
    ],
    [
      "scanning, no camera",
      async ({ ada }) => {
        await press(ada, "Back");
        await press(ada, "I was invited");
        await scanWith(ada, "none");
        return ada;
      },
    ],
    [
      "add this device",
      async ({ ada }) => {
        await press(ada, "Back");
        await press(ada, "Add this device to mine");
        await ada.page.locator('textarea[name="link"]').waitFor();
        return ada;
      },
    ],
    [
      "add this device, an invitation",
      async ({ ada }) => {
        await ada.page.locator('textarea[name="link"]').fill(elsewhere());
        await press(ada, "Ask to be let in");
        await wrong(ada, "invitation");
        return ada;
      },
    ],
    [
      "lost",
      async ({ ada }) => {
        await press(ada, "Back");
        await press(ada, "I lost my device");
        await ada.page.getByLabel("Your twelve words").waitFor();
        return ada;
      },
    ],
    [
      "lost, words that are no words",
      async ({ ada }) => {
        await ada.page.getByLabel("Your twelve words").fill("zebra kettle zebra lamp");
        await press(ada, "Bring them back");
        await wrong(ada, "not-words");
        return ada;
      },
    ],
    [
      "lost, no relay",
      async ({ ada }) => {
        await ada.page.getByLabel("Your twelve words").fill(Array.from({ length: 12 }, () => "zebra").join(" "));
        await ada.page.getByLabel("The relay that carried your lines").fill("no address at all");
        await press(ada, "Bring them back");
        await wrong(ada, "bad-relay");
        return ada;
      },
    ],
    [
      "lost, another relay",
      async ({ ada }) => {
        await ada.page.getByLabel("The relay that carried your lines").fill("relay.example.org");
        await press(ada, "Bring them back");
        await wrong(ada, "elsewhere");
        return ada;
      },
    ],
    [
      "saved lines, none",
      async ({ ada }) => {
        await press(ada, "Back");
        await press(ada, "Read a saved line");
        await ada.page.locator(".memories").waitFor();
        return ada;
      },
    ],
    [
      "saved lines, another file",
      async ({ ada }) => {
        await ada.page.locator('input[name="memory"]').setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") });
        await wrong(ada, "not-an-export");
        await ada.page.locator('.memories[aria-busy="false"]').waitFor();
        return ada;
      },
    ],
    [
      "making, the relay does not answer",
      async ({ ada }) => {
        await press(ada, "Back");
        await ada.page.getByLabel("Your name").fill("Ada");
        await press(ada, "Invite the other");
        await ada.page.getByText("The relay does not answer.").first().waitFor();
        return ada;
      },
    ],
    [
      "inviting, nobody yet",
      async ({ ada }) => {
        letLineGo(ada);
        await stage(ada, "inviting");
        await ada.page.locator('.note[data-connection="offline"]').waitFor({ state: "detached" });
        return ada;
      },
    ],
    [
      "inviting, the code shown larger",
      async ({ ada }) => {
        await press(ada, "Show the code larger");
        await ada.page.locator('[data-sheet="qr"]').waitFor();
        return ada;
      },
    ],
    [
      "what this device can do",
      async ({ ada }) => {
        await toField(ada);
        await ada.page.locator('[data-row="abilities"]').click();
        await ada.page.locator('[data-sheet="abilities"] [data-ability="keeps"]').waitFor();
        return ada;
      },
    ],
    [
      "inviting, taking it back",
      async ({ ada }) => {
        await toField(ada);
        await press(ada, "Take the invitation back");
        await ada.page.locator(".sure").scrollIntoViewIfNeeded();
        return ada;
      },
    ],
    [
      "arrived with one's own invitation",
      async ({ ada, open }) => {
        await press(ada, "Cancel");
        await open(ada, await linkOf(ada));
        await ada.page.getByLabel("Your name").fill("Ada");
        await press(ada, "Join");
        await wrong(ada, "own-invitation");
        return ada;
      },
    ],
    [
      "arrived with an invitation",
      async ({ ada, ben, open }) => {
        await press(ada, "Not now");
        await stage(ada, "inviting");
        await holdLine(ben, "refuse");
        await open(ben, (await linkOf(ada)).replace("localhost", "127.0.0.1"));
        await stage(ben, "arrived");
        return ben;
      },
    ],
    [
      "knocking, not at the relay yet",
      async ({ ben }) => {
        await ben.page.getByLabel("Your name").fill("Ben");
        await press(ben, "Join");
        await stage(ben, "knocking");
        await ben.page.getByText("has not reached the relay").waitFor();
        return ben;
      },
    ],
    [
      "knocking",
      async ({ ben }) => {
        letLineGo(ben);
        await ben.page.getByText("Your name is shown to the one").waitFor({ timeout: 60_000 });
        return ben;
      },
    ],
    [
      "inviting, a knock",
      async ({ ada }) => {
        await ada.page.locator("[data-knock]").waitFor();
        return ada;
      },
    ],
    [
      "inviting, several knock",
      async ({ ada, cleo }) => {
        await join_(cleo, await linkOf(ada));
        await ada.page.locator("[data-knock]").nth(1).waitFor();
        return ada;
      },
    ],
    [
      "inviting, letting in",
      async ({ ada, relay }) => {
        await relay.stop();
        await accept(ada, "Ben");
        await ada.page.getByText("Letting").waitFor();
        return ada;
      },
    ],
    [
      "turned away, it was used already",
      async ({ cleo, relay }) => {
        await relay.start();
        await cleo.page.locator('[data-why="taken"]').waitFor({ timeout: 60_000 });
        return cleo;
      },
    ],
    [
      "six words",
      async ({ ada, ben }) => {
        await Promise.all([sixWords(ada), sixWords(ben)]);
        return ada;
      },
    ],
    [
      "the first question",
      async ({ ada }) => {
        await press(ada, "We compared them");
        await ada.page.locator('[data-question="presence"]').waitFor();
        return ada;
      },
    ],
    [
      "field, presence not given, words not compared",
      async ({ ada, ben }) => {
        await press(ben, "Later");
        await press(ben, "No, not now");
        await press(ada, "Yes, show it");
        await fieldShows(ben, "state", "beside");
        await fieldShows(ada, "state", "closed");
        return ben;
      },
    ],
    ["field, the other does not give presence", async ({ ada }) => ada],
  ],
};

const turnedAway: Chapter = {
  name: "turned away",
  people: ["ada", "ben"],
  states: [
    [
      "turned away, nobody waits",
      async ({ ada, ben }) => {
        const invitation = readInvitation(await invite(ada));
        if (!invitation.ok) throw new Error("an invitation of one's own is read");
        await join_(ben, writeInvitation({ ...invitation.value, line: zeros(16) }));
        await ben.page.locator('[data-why="unknown"]').waitFor({ timeout: 60_000 });
        return ben;
      },
    ],
    [
      "turned away, too old",
      async ({ ada, ben, move }) => {
        await press(ben, "Start again");
        const link = await linkOf(ada);
        await move(minutes(25 * 60));
        await join_(ben, link);
        await ben.page.locator('[data-why="expired"]').waitFor({ timeout: 60_000 });
        return ben;
      },
    ],
  ],
};

const onIphone =
  (fragment: string): Reach =>
  async ({ ada, open }) => {
    await ada.context.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, "standalone", { get: () => false, configurable: true });
      Object.defineProperty(Navigator.prototype, "maxTouchPoints", { get: () => 5, configurable: true });
    });
    await open(ada, `${new URL(ada.page.url()).origin}/${fragment}`);
    await ada.page.getByText("Add to Home Screen").waitFor();
    return ada;
  };

const iphone: Chapter = {
  name: "an iPhone, in a tab",
  people: ["ada"],
  states: [
    ["the Home Screen first", onIphone("")],
    ["the Home Screen first, with an invitation", onIphone(new URL(elsewhere()).hash)],
    ["the Home Screen first, with a device link", onIphone("#device=abc")],
  ],
};

const token: Chapter = {
  name: "a closed relay",
  people: ["ada"],
  relay: "token",
  states: [
    [
      "making, a token is asked for",
      async ({ ada }) => {
        await ada.page.getByLabel("Your name").fill("Ada");
        await press(ada, "Invite the other");
        await ada.page.getByLabel("Token for this relay").waitFor();
        return ada;
      },
    ],
  ],
};

const together: Chapter = {
  name: "together",
  people: ["ada", "ben"],
  states: [
    ["field, beside", paired(async ({ ada }) => ada)],
    ["between us, at first", ({ ada }) => sheet(ada, "between")],
    [
      "touch, my hand",
      async ({ ada }) => {
        await toField(ada);
        await light(ada, true);
        await fieldShows(ada, "touch", "mine");
        return ada;
      },
    ],
    [
      "touch, the other's hand",
      async ({ ben }) => {
        await fieldShows(ben, "touch", "offered");
        return ben;
      },
    ],
    [
      "touch, met",
      async ({ ada, ben }) => {
        await light(ben, true);
        await fieldShows(ada, "touch", "met");
        return ada;
      },
    ],
    [
      "feeling, joy",
      async ({ ada, ben }) => {
        await light(ada, false);
        await light(ben, false);
        await fieldShows(ada, "touch", "none");
        await feel(ben, 1, 2, ada);
        return ada;
      },
    ],
    [
      "feeling, sad and faint, and mine",
      async ({ ada, ben }) => {
        await feel(ada, 0, 1, ben);
        await feel(ben, 5, -3, ada);
        return ada;
      },
    ],
    [
      "feel wheel",
      async ({ ada }) => {
        await ada.page.locator('[data-tool="feel"]').press("Enter");
        await ada.page.locator(".feel input:focus").waitFor();
        return ada;
      },
    ],
    [
      "say, nothing yet",
      async ({ ada }) => {
        await ada.page.keyboard.press("Escape");
        return sheet(ada, "say");
      },
    ],
    [
      "say, with a feeling",
      async ({ ada }) => {
        await ada.page.locator("textarea.words").fill("The kettle is on, and the rain has not stopped since you left.");
        await ada.page.locator(".carry label").nth(3).click();
        return ada;
      },
    ],
    [
      "say, too long",
      async ({ ada }) => {
        await ada.page.locator("textarea.words").fill("é".repeat(6001));
        await ada.page.locator("form.say button[type=submit]").click();
        await ada.page.locator("form.say [role=alert]").waitFor();
        await ada.page.locator("form.say [role=alert]").scrollIntoViewIfNeeded();
        return ada;
      },
    ],
    [
      "a thought",
      async ({ ada, ben }) => {
        await toField(ada);
        await say(ben, "the kettle is on");
        await drift(ada, "the kettle is on");
        return ada;
      },
    ],
    [
      "thoughts of both, one long, and more",
      async ({ ada, ben }) => {
        await say(ben, "I walked home by the river, the long way, and thought of what you said about the light in November.");
        await say(ben, "it is raining");
        await say(ada, "here too");
        await ada.page.locator(".drift.more").waitFor();
        return ada;
      },
    ],
    ["say, lately", async ({ ada }) => toEnd(await sheet(ada, "say"))],
    [
      "between us",
      async ({ ada }) => {
        await toField(ada);
        return sheet(ada, "between");
      },
    ],
    ["between us, its end", ({ ada }) => toEnd(ada)],
    ["between us, searching", ({ ada }) => search(ada, "rain", "1 found")],
    ["between us, nothing found", ({ ada }) => search(ada, "kettledrum", "Nothing found")],
    [
      "between us, at a day",
      async ({ ada }) => {
        await ada.page.locator('input[name="search"]').fill("");
        await ada.page.locator('input[name="day"]').press("Enter");
        await ada.page.locator(".kept li:focus").waitFor();
        return ada;
      },
    ],
    [
      "more",
      async ({ ada }) => {
        await toField(ada);
        return sheet(ada, "more");
      },
    ],
    ["more, its end", ({ ada }) => toEnd(ada)],
    [
      "more, six words again",
      async ({ ada }) => {
        await toField(ada);
        await openRow(ada, "words");
        return ada;
      },
    ],
    [
      "notice, I do not give touch",
      async ({ ada }) => {
        await toField(ada);
        await ada.page.locator('button.grant[data-sense="touch"]').click();
        await ada.page.locator('button.grant[data-sense="touch"][aria-pressed="false"]').waitFor();
        await light(ada, true);
        await light(ada, false);
        await notice(ada, "problem");
        return ada;
      },
    ],
    [
      "notice, a newer version",
      async ({ ada }) => {
        await ada.page.locator('[data-notice="problem"] button').click();
        await ada.page.evaluate(() => window.postMessage({ dev: "newer" }, window.location.origin));
        await notice(ada, "update");
        return ada;
      },
    ],
    [
      "notice, my clock",
      async ({ ada, move }) => {
        await ada.page.locator('button.grant[data-sense="touch"]').click();
        await move(minutes(7), "ada");
        await ada.page.reload();
        await notice(ada, "clock");
        return ada;
      },
    ],
    [
      "notice, connecting",
      async ({ ada, move }) => {
        await move(-minutes(7), "ada");
        await holdLine(ada, "hang");
        await ada.page.reload();
        await notice(ada, "connecting");
        return ada;
      },
    ],
    [
      "notice, offline, and words that wait",
      async ({ ada, relay }) => {
        letLineGo(ada);
        await ada.page.reload();
        await fieldShows(ada, "connection", "online");
        await relay.stop();
        await fieldShows(ada, "connection", "offline");
        await say(ada, "when you read this, it has passed");
        await notice(ada, "waiting");
        return ada;
      },
    ],
    [
      "field, offline",
      async ({ ben }) => {
        await fieldShows(ben, "connection", "offline");
        return ben;
      },
    ],
  ],
};

const apart: Chapter = {
  name: "apart",
  people: ["ada", "ben"],
  states: [
    [
      "field, near",
      paired(async ({ ada, ben }) => {
        await feel(ben, 0, 2, ada);
        await ben.page.goto("about:blank");
        await fieldShows(ada, "state", "near");
        return ada;
      }),
    ],
    [
      "field, around",
      async ({ ada, move }) => {
        await move(minutes(40));
        await fieldShows(ada, "state", "around");
        return ada;
      },
    ],
    [
      "field, far, by day",
      async ({ ada, move }) => {
        await move(minutes(5 * 60));
        await fieldShows(ada, "state", "far");
        return ada;
      },
    ],
    [
      "field, far, at dusk",
      async ({ ada, move }) => {
        await move(minutes(3 * 60));
        return ada;
      },
    ],
    [
      "field, far, at night",
      async ({ ada, move }) => {
        await move(minutes(4 * 60));
        return ada;
      },
    ],
    [
      "field, far, at dawn",
      async ({ ada, move }) => {
        await move(minutes(8 * 60));
        return ada;
      },
    ],
    [
      "field, unheard",
      async ({ ada, move }) => {
        await move(minutes(30 * 60));
        await fieldShows(ada, "state", "unheard");
        return ada;
      },
    ],
    [
      "field, closed",
      async ({ ada, ben, open }) => {
        await open(ben, `http://127.0.0.1:${new URL(ada.page.url()).port}/`);
        await fieldShows(ada, "state", "beside");
        await ben.page.locator('button.grant[data-sense="presence"]').click();
        await fieldShows(ada, "state", "closed");
        return ada;
      },
    ],
  ],
};

const places = { ada: ["48", "16"], ben: ["36", "140"] } as const;
const zones = { ada: "Europe/Vienna", ben: "Asia/Tokyo" } as const;
const bothOf = ({ ada, ben }: World) => Object.entries({ ada, ben }) as ["ada" | "ben", Person][];
const givePlace = async ({ page }: Person, [lat, lon]: readonly [string, string]): Promise<void> => {
  await page.locator('input[name="lat"]').fill(lat);
  await page.locator('input[name="lon"]').fill(lon);
  await page.getByRole("button", { name: "Give this place" }).click();
};
const hoursLater =
  (hours: number): Reach =>
  async ({ ada, move }) => {
    await move(minutes(60 * hours));
    return ada;
  };

const skies: Chapter = {
  name: "two skies",
  people: ["ada", "ben"],
  states: [
    [
      "the moon, nothing given",
      paired(async (world) => {
        for (const [who, { context, page }] of bothOf(world)) {
          await (await context.newCDPSession(page)).send("Emulation.setTimezoneOverride", { timezoneId: zones[who] });
          await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
        }
        await openRow(world.ada, "moon");
        return world.ada;
      }),
    ],
    [
      "the moon, a place that is none",
      async ({ ada }) => {
        await givePlace(ada, ["95", "16"]);
        await wrong(ada, "wrong");
        await ada.page.locator('[data-wrong="wrong"]').scrollIntoViewIfNeeded();
        return ada;
      },
    ],
    [
      "the moon, the hour of both",
      async (world) => {
        await toField(world.ada);
        for (const [, { page }] of bothOf(world)) await page.locator('.grant[data-sense="hour"]').click();
        await world.ada.page.locator('.half.theirs[data-sky="hour"]').waitFor();
        await openRow(world.ada, "moon");
        return world.ada;
      },
    ],
    [
      "field, the hour of both",
      async ({ ada }) => {
        await toField(ada);
        return ada;
      },
    ],
    [
      "the moon, places of both",
      async (world) => {
        for (const [who, person] of bothOf(world)) {
          await openRow(person, "moon");
          await givePlace(person, places[who]);
        }
        const { ada } = world;
        await ada.page
          .locator('[data-moon="both"]')
          .filter({ hasText: /both of you/ })
          .waitFor();
        return ada;
      },
    ],
    [
      "field, places of both",
      async (world) => {
        for (const [, person] of bothOf(world)) await toField(person);
        await world.ada.page.locator('.half.theirs[data-sky="sun"]').waitFor();
        return world.ada;
      },
    ],
    // Between them it is dawn, day, dusk and night on either half.
    ["field, three hours on", hoursLater(3)],
    ["field, eight hours on", hoursLater(5)],
    ["field, eleven hours on", hoursLater(3)],
    ["field, fifteen hours on", hoursLater(4)],
    ["field, twenty hours on", hoursLater(5)],
  ],
};

const passphrase = "four words of mine";
const setPassphrase = async (person: Person, once: string, again: string): Promise<void> => {
  await person.page.locator('input[name="new-passphrase"]').fill(once);
  await person.page.locator('input[name="again-passphrase"]').fill(again);
  await press(person, "Set it, and lock");
};
const prove = async ({ page }: Person, typed: string): Promise<void> => {
  await page.locator('input[name="passphrase"]').fill(typed);
  await page.locator(".prove button[type=submit]").click();
};

const locked: Chapter = {
  name: "lock and hide",
  people: ["ada", "ben"],
  states: [
    [
      "lock, none",
      paired(async ({ ada }) => {
        await openRow(ada, "lock");
        return ada;
      }),
    ],
    [
      "lock, two that differ",
      async ({ ada }) => {
        await setPassphrase(ada, passphrase, `${passphrase}!`);
        await wrong(ada, "not-same");
        await ada.page.locator('[data-wrong="not-same"]').scrollIntoViewIfNeeded();
        return ada;
      },
    ],
    ["lock, hiding", ({ ada }) => toEnd(ada)],
    [
      "locked",
      async ({ ada }) => {
        await setPassphrase(ada, passphrase, passphrase);
        await stage(ada, "locked");
        await ada.page.locator('input[name="passphrase"]').waitFor();
        return ada;
      },
    ],
    [
      "locked, not this one",
      async ({ ada }) => {
        await prove(ada, "not this one");
        await wrong(ada, "wrong");
        return ada;
      },
    ],
    [
      "lock, set",
      async ({ ada }) => {
        await prove(ada, passphrase);
        await ada.page.locator("main.field").waitFor();
        await openRow(ada, "lock");
        return ada;
      },
    ],
    ["lock, set, its end", ({ ada }) => toEnd(ada)],
    [
      "lock, proving",
      async ({ ada }) => {
        await ada.page.locator('[data-lock="passphrase"]').click();
        await ada.page.locator(".prove").waitFor();
        return ada;
      },
    ],
    [
      "lock, a new passphrase",
      async ({ ada }) => {
        await prove(ada, passphrase);
        await ada.page.locator('input[name="new-passphrase"]').waitFor();
        return ada;
      },
    ],
    [
      "neutral",
      async ({ ada }) => {
        await ada.page.locator('[data-sheet="lock"] .back').click();
        await ada.page.locator('[data-lock="hide"]').click();
        await stage(ada, "neutral");
        return ada;
      },
    ],
  ],
};

let written: readonly string[] = [];
let saved = "";
const devices: Chapter = {
  name: "devices",
  people: ["ada", "ben", "tablet"],
  states: [
    [
      "devices",
      paired(async ({ ada }) => {
        await openRow(ada, "devices");
        return ada;
      }),
    ],
    [
      "devices, a link for another",
      async ({ ada }) => {
        await press(ada, "Add a device");
        await ada.page.getByLabel("The link for your device").scrollIntoViewIfNeeded();
        return ada;
      },
    ],
    [
      "devices, the link ran out",
      async ({ ada, move }) => {
        await move(minutes(11));
        await ada.page.locator('[data-door="over"]').waitFor();
        return ada;
      },
    ],
    [
      "arrived with a device link",
      async ({ ada, tablet, open }) => {
        await toField(ada);
        await open(
          tablet,
          await deviceLink(ada).catch(async () => {
            await press(ada, "Make a new link");
            return ada.page.getByLabel("The link for your device").inputValue();
          }),
        );
        await stage(tablet, "arrived");
        return tablet;
      },
    ],
    [
      "arriving, three words",
      async ({ tablet }) => {
        await tablet.page.getByLabel("What this device is called").fill("Tablet");
        await press(tablet, "Ask to be let in");
        await codeOn(tablet);
        return tablet;
      },
    ],
    [
      "devices, one asks to be let in",
      async ({ ada }) => {
        await codeOn(ada);
        return ada;
      },
    ],
    [
      "notice, one asks to be let in",
      async ({ ada }) => {
        await toField(ada);
        await notice(ada, "asking");
        return ada;
      },
    ],
    [
      "notice, a device was added",
      async ({ ada, tablet }) => {
        await ada.page.locator('[data-notice="asking"] button').click();
        await ada.page.getByRole("button", { name: /Let .+ in/ }).click();
        await tablet.page.locator("main.field").waitFor();
        await ada.page.locator("[data-device]", { hasText: "Tablet" }).waitFor();
        await toField(ada);
        await notice(ada, "devices");
        return ada;
      },
    ],
    [
      "notice, the other added a device",
      async ({ ben }) => {
        await notice(ben, "devices");
        return ben;
      },
    ],
    [
      "devices, two",
      async ({ ada }) => {
        await openRow(ada, "devices");
        await ada.page.locator("[data-device]").nth(1).waitFor();
        return ada;
      },
    ],
    [
      "devices, removing one",
      async ({ ada }) => {
        await ada.page.getByRole("button", { name: /^Remove/ }).click();
        return ada;
      },
    ],
    [
      "devices, this one is new",
      async ({ tablet }) => {
        await openRow(tablet, "devices");
        await tablet.page.locator("[data-device]").nth(1).waitFor();
        return tablet;
      },
    ],
    [
      "twelve words, on another device",
      async ({ tablet }) => {
        await toField(tablet);
        await openRow(tablet, "twelve");
        return tablet;
      },
    ],
    [
      "trouble, this device was removed",
      async ({ ada, tablet }) => {
        await toField(tablet);
        await press(ada, "Yes, remove it");
        await tablet.page.locator('[data-trouble="revoked"]').waitFor();
        return tablet;
      },
    ],
    [
      "end, on a device that was removed",
      async ({ tablet }) => {
        await openRow(tablet, "end");
        await tablet.page.locator("[data-removed]").waitFor();
        return tablet;
      },
    ],
    [
      "ended, on a device that was removed",
      async ({ tablet }) => {
        await press(tablet, "End it now");
        await press(tablet, "End it");
        await tablet.page.locator('[data-ended="removed"]').waitFor();
        return tablet;
      },
    ],
    [
      "twelve words, before",
      async ({ ada }) => {
        await toField(ada);
        await ada.page.locator(".to-keep").click();
        await ada.page.locator('[data-sheet="twelve"]').waitFor();
        return ada;
      },
    ],
    [
      "twelve words, on paper",
      async ({ ada }) => {
        await press(ada, "Show the words");
        written = await ada.page.locator(".twelve-words .word").allInnerTexts();
        return ada;
      },
    ],
    [
      "twelve words, asked back",
      async ({ ada }) => {
        await press(ada, "I have written them down");
        await ada.page.locator(".asked input").nth(2).waitFor();
        return ada;
      },
    ],
    [
      "twelve words, not quite",
      async ({ ada }) => {
        for (const input of await ada.page.locator(".asked input").all()) await input.fill("zebra");
        await press(ada, "That is what it says");
        await wrong(ada, "wrong");
        return ada;
      },
    ],
    [
      "twelve words, done",
      async ({ ada }) => {
        for (const input of await ada.page.locator(".asked input").all())
          await input.fill(written[Number((await input.getAttribute("name"))?.slice("word-".length)) - 1] ?? "");
        await press(ada, "That is what it says");
        await ada.page.getByText("Now only you have them").waitFor();
        return ada;
      },
    ],
    [
      "twelve words, kept",
      async ({ ada }) => {
        await ada.page.locator('[data-sheet="twelve"] .main').click();
        await openRow(ada, "twelve");
        return ada;
      },
    ],
    [
      "saved lines, one",
      async ({ ada, ben }) => {
        await toField(ada);
        await say(ben, "said to be kept");
        await drift(ada, "said to be kept");
        await sheet(ada, "between");
        await press(ada, "Take it with you");
        const downloading = ada.page.waitForEvent("download");
        await press(ada, "Save as data");
        saved = await (await downloading).path();
        await ada.page.locator('[data-sheet="take"] .back').click();
        await ada.page.locator('[data-way="saved"]').click();
        await ada.page.locator('input[name="memory"]').setInputFiles(saved);
        await ada.page.locator("[data-memory]").scrollIntoViewIfNeeded();
        return ada;
      },
    ],
    [
      "saved lines, one is read",
      async ({ ada }) => {
        await ada.page.locator("[data-memory]").click();
        await ada.page.locator('[data-sheet="memory"] .kept li').first().waitFor();
        return ada;
      },
    ],
    [
      "saved lines, removing one",
      async ({ ada }) => {
        await press(ada, "Remove it from this device");
        await ada.page.locator(".sure").scrollIntoViewIfNeeded();
        return ada;
      },
    ],
    [
      "notice, the other came back with the twelve words",
      async ({ ada, ben, tablet, open }) => {
        await ada.page.goto("about:blank");
        await tablet.context.clearCookies();
        const { origin } = new URL(tablet.page.url());
        await tablet.page.goto(`${origin}/icon.svg`);
        await tablet.page.evaluate(async () => {
          for (const { name } of await indexedDB.databases()) if (name !== undefined) indexedDB.deleteDatabase(name);
        });
        await open(tablet);
        await stage(tablet, "first");
        await press(tablet, "I lost my device");
        await tablet.page.getByLabel("Your twelve words").fill(written.join(" "));
        await press(tablet, "Bring them back");
        await tablet.page.locator("main.field").waitFor({ timeout: 60_000 });
        await ben.page.locator('[data-device-notice="restored"]').waitFor();
        return ben;
      },
    ],
    ["field, brought back", async ({ tablet }) => tablet],
  ],
};

/** A browser that tells of a battery, full until it is drained. */
const withBattery = async ({ context }: Person): Promise<void> => {
  await context.addInitScript(() => {
    const battery = Object.assign(new EventTarget(), { level: 1, charging: false });
    Object.assign(globalThis, { drain: () => (Object.assign(battery, { level: 0.04 }), battery.dispatchEvent(new Event("levelchange"))) });
    Object.assign(navigator, { getBattery: async () => battery });
  });
};
const inRoom = async ({ page }: Person, row: string): Promise<void> => {
  await page.locator("dialog[open]").last().locator(`[data-row="${row}"]`).click();
  await page.locator(`dialog[data-sheet="${row}"]`).waitFor();
};
const choose = ({ page }: Person, name: string, value: string): Promise<void> => page.locator(`input[name="${name}"][data-choice="${value}"]`).check();
const goApart = async (person: Person): Promise<void> => {
  await person.page.locator("form.apart button[type=submit]").click();
  await person.page.locator("[data-paused]").waitFor();
};

const boundaries: Chapter = {
  name: "boundaries",
  people: ["ada", "ben"],
  states: [
    [
      "boundaries",
      paired(async ({ ada }) => {
        await ada.page.locator(".bounds").click();
        await ada.page.locator('[data-sheet="boundaries"]').waitFor();
        await ada.page.locator('[data-sense="feeling"] select').selectOption("3600000");
        return ada;
      }),
    ],
    [
      "boundaries, what I let in",
      async ({ ada }) => {
        await inRoom(ada, "let-in");
        await choose(ada, "let-touch", "quiet");
        await choose(ada, "let-thought", "off");
        await choose(ada, "let-presence", "off");
        return ada;
      },
    ],
    [
      "history",
      async ({ ada }) => {
        await ada.page.locator('[data-sheet="let-in"] .back').click();
        await inRoom(ada, "history");
        await ada.page.locator(".past-lines li").nth(1).waitFor();
        return ada;
      },
    ],
    [
      "field, presence is not let in",
      async ({ ada, ben }) => {
        await toField(ada);
        await fieldShows(ada, "state", "not-let-in");
        await say(ben, "said while nobody let it in");
        await say(ben, "and once more");
        await fieldShows(ben, "waiting", "0");
        return ada;
      },
    ],
    [
      "between us, what was not let in",
      async ({ ada }) => {
        await sheet(ada, "between");
        await ada.page.locator('[data-folded="2"]').waitFor();
        return ada;
      },
    ],
    [
      "between us, what was not let in is shown",
      async ({ ada }) => {
        await press(ada, "Show");
        await ada.page.locator(".kept .words", { hasText: "and once more" }).waitFor();
        return ada;
      },
    ],
    [
      "apart, before",
      async ({ ada }) => {
        await toField(ada);
        await openRow(ada, "boundaries");
        await inRoom(ada, "let-in");
        await choose(ada, "let-presence", "on");
        await choose(ada, "let-thought", "on");
        await toField(ada);
        await openRow(ada, "apart");
        return ada;
      },
    ],
    [
      "apart, until something happens",
      async ({ ada }) => {
        await choose(ada, "ending", "when");
        await ada.page.locator('input[name="when"]').fill("the thesis is handed in");
        await ada.page.locator('input[name="pass-feeling"]').check();
        return ada;
      },
    ],
    ["apart, until something happens, its end", ({ ada }) => toEnd(ada)],
    [
      "apart, nobody is told",
      async ({ ada }) => {
        await choose(ada, "tell", "no");
        return toEnd(ada);
      },
    ],
    [
      "apart, out of reach",
      async ({ ada }) => {
        await choose(ada, "tell", "yes");
        await choose(ada, "kind", "dark");
        await ada.page.locator('input[name="until"]').waitFor();
        return ada;
      },
    ],
    [
      "field, I am apart",
      async ({ ada }) => {
        await choose(ada, "kind", "apart");
        await goApart(ada);
        return ada;
      },
    ],
    [
      "field, the other is apart until something happens",
      async ({ ben }) => {
        await fieldShows(ben, "state", "away");
        return ben;
      },
    ],
    [
      "between us, while I am apart",
      async ({ ada, ben }) => {
        await say(ben, "for when you are back");
        return sheet(ada, "between");
      },
    ],
    [
      "boundaries, while I am apart",
      async ({ ada }) => {
        await toField(ada);
        await openRow(ada, "boundaries");
        return ada;
      },
    ],
    [
      "apart, while it lasts",
      async ({ ada }) => {
        await inRoom(ada, "apart");
        return ada;
      },
    ],
    [
      "field, I am out of reach, with a time",
      async ({ ada }) => {
        await ada.page.locator("[data-come-back]").click();
        await drift(ada, "for when you are back");
        await toField(ada);
        await openRow(ada, "apart");
        await choose(ada, "kind", "dark");
        await goApart(ada);
        return ada;
      },
    ],
    [
      "field, the other is out of reach",
      async ({ ben }) => {
        await ben.page.locator(".state", { hasText: "out of reach" }).waitFor();
        return ben;
      },
    ],
    [
      "field, I am apart and nobody was told",
      async ({ ada }) => {
        await press(ada, "Come back");
        await openRow(ada, "apart");
        await choose(ada, "tell", "no");
        await goApart(ada);
        return ada;
      },
    ],
    [
      "field, the other's battery",
      async ({ ada, ben, open }) => {
        await press(ada, "Come back");
        await withBattery(ben);
        await open(ben, `http://127.0.0.1:${new URL(ada.page.url()).port}/`);
        await fieldShows(ada, "state", "beside");
        await openRow(ben, "boundaries");
        await choose(ben, "give-goodbye", "full");
        await toField(ben);
        await ben.page.evaluate(() => (globalThis as unknown as { drain: () => void }).drain());
        // Nobody waits for a goodbye; what is said after it is at the relay after it.
        await say(ben, "good night");
        await fieldShows(ben, "waiting", "0");
        await ben.page.goto("about:blank");
        await fieldShows(ada, "state", "away");
        return ada;
      },
    ],
  ],
};

const ending: Chapter = {
  name: "the end",
  people: ["ada", "ben"],
  states: [
    [
      "end",
      paired(async ({ ada, ben }) => {
        await say(ben, "the key is under the blue pot");
        await feel(ben, 1, 1, ada);
        await openRow(ada, "end");
        return ada;
      }),
    ],
    [
      "end, asked once",
      async ({ ada }) => {
        await ada.page.locator('input[name="wipe"]').check();
        await press(ada, "End it now");
        await ada.page.locator(".sure").scrollIntoViewIfNeeded();
        return ada;
      },
    ],
    [
      "end, later",
      async ({ ada }) => {
        await press(ada, "Cancel");
        await ada.page.locator('input[name="wipe"]').uncheck();
        return toEnd(ada);
      },
    ],
    [
      "end, at a time",
      async ({ ada }) => {
        await press(ada, "Set this time");
        await ada.page.locator("[data-end-at]").waitFor();
        return toEnd(ada);
      },
    ],
    [
      "the quiet view, while together",
      async ({ ada }) => {
        await press(ada, "Call it off");
        await press(ada, "Choose the quiet view");
        await ada.page.locator('[data-last="feeling"]').waitFor();
        return ada;
      },
    ],
    [
      "ended by me, the relay does not know",
      async ({ ada, relay }) => {
        await press(ada, "Leave the quiet view");
        await relay.stop();
        await openRow(ada, "end");
        await press(ada, "End it now");
        await press(ada, "End it");
        await ada.page.locator('[data-ended="untold"]').waitFor();
        return ada;
      },
    ],
    [
      "ended by me",
      async ({ ada, relay }) => {
        await relay.start();
        await ada.page.locator('[data-ended="told"]').waitFor({ timeout: 60_000 });
        return ada;
      },
    ],
    [
      "ended by the other",
      async ({ ben }) => {
        await stage(ben, "ended");
        await ben.page.locator(".kept li").first().waitFor();
        return ben;
      },
    ],
    [
      "ended, the quiet view",
      async ({ ben }) => {
        await press(ben, "The quiet view");
        await ben.page.locator("[data-leave]").waitFor();
        return ben;
      },
    ],
    [
      "ended, taking it off",
      async ({ ada }) => {
        await press(ada, "Take it off this device");
        await ada.page.locator(".sure").scrollIntoViewIfNeeded();
        return ada;
      },
    ],
    [
      "ended, a new line",
      async ({ ada }) => {
        await press(ada, "Cancel");
        await press(ada, "Begin a new line");
        await ada.page.locator("[data-line-back]").waitFor();
        return ada;
      },
    ],
  ],
};

/** Ends the line of the two, and pairs them anew from what shows then. */
const pairAnew = async (world: World): Promise<void> => {
  const { ada, ben } = world;
  await openRow(ada, "end");
  await press(ada, "End it now");
  await press(ada, "End it");
  for (const person of [ada, ben]) await stage(person, "ended");
  for (const person of [ada, ben]) await press(person, "Begin a new line");
  await pair(world);
};
const openEarlier = async (person: Person): Promise<Person> => {
  await person.page.locator('[data-tool="between"]').click();
  await person.page.locator('[data-way="earlier"]').click();
  await person.page.locator("[data-earlier]").waitFor();
  return person;
};

const recalling: Chapter = {
  name: "after the end, anew",
  people: ["ada", "ben"],
  states: [
    [
      "earlier lines",
      paired(async (world) => {
        const { ada, ben } = world;
        await say(ben, "the key is under the blue pot");
        await drift(ada, "blue pot");
        await pairAnew(world);
        return openEarlier(ada);
      }),
    ],
    [
      "earlier lines, asked once",
      async ({ ada }) => {
        await ada.page.locator("[data-earlier] button").click();
        await ada.page.locator(".sure").scrollIntoViewIfNeeded();
        return ada;
      },
    ],
    [
      "earlier lines, said by me",
      async ({ ada }) => {
        await press(ada, "Say so");
        await ada.page.locator('[data-earlier="mine"]').waitFor();
        return ada;
      },
    ],
    [
      "earlier lines, said by the other",
      async ({ ben }) => {
        await openEarlier(ben);
        await ben.page.locator('[data-earlier="theirs"]').waitFor();
        return ben;
      },
    ],
    [
      "earlier lines, said by both",
      async ({ ben }) => {
        await ben.page.locator("[data-earlier] button").click();
        await press(ben, "Say so");
        await ben.page.locator('[data-earlier="both"]').waitFor();
        return ben;
      },
    ],
    [
      "earlier lines, read",
      async ({ ada }) => {
        await ada.page.locator('[data-earlier="both"]').waitFor();
        await press(ada, "Read what was kept");
        await ada.page.locator('[data-sheet="earlier-kept"] .kept li').first().waitFor();
        return ada;
      },
    ],
    [
      "ended, beside a line that goes on",
      async ({ ada }) => {
        for (const name of ["earlier-kept", "earlier", "between"]) {
          await ada.page.locator(`[data-sheet="${name}"] .back`).click();
          await ada.page.locator(`[data-sheet="${name}"]`).waitFor({ state: "detached" });
        }
        await ada.page.locator("nav.lines button").first().click();
        await stage(ada, "ended");
        return ada;
      },
    ],
  ],
};

const wiping: Chapter = {
  name: "the end, with nothing left here",
  people: ["ada", "ben"],
  states: [
    [
      "ended and taken off, the relay does not know",
      paired(async ({ ada, relay }) => {
        await relay.stop();
        await openRow(ada, "end");
        await ada.page.locator('input[name="wipe"]').check();
        await press(ada, "End it now");
        await press(ada, "End it");
        await ada.page.locator('[data-ended="wiped"]').waitFor();
        return ada;
      }),
    ],
  ],
};

const otherRelay: Chapter = {
  name: "another relay",
  people: ["ada", "ben"],
  states: [
    [
      "trouble, another relay answers",
      paired(async ({ ada, relay }) => {
        await relay.stop();
        await relay.start(true);
        await ada.page.locator('[data-trouble="wrong-relay"]').waitFor({ timeout: 60_000 });
        return ada;
      }),
    ],
  ],
};

const forked: Chapter = {
  name: "a relay that tells two stories",
  people: ["ada", "ben"],
  relay: "lying",
  states: [
    [
      "trouble, two stories",
      paired(async ({ ada, ben, relay }) => {
        await relay.tell("fork-order");
        for (const round of ["one", "two"]) {
          for (const person of [ada, ben]) {
            await say(person, `${round} of ${person.name}`);
            await fieldShows(person, "waiting", "0");
          }
          await relay.tell("mirror");
          if (round === "one") await Promise.all([drift(ada, "one of Ben"), drift(ben, "one of Ada")]);
        }
        await ada.page.locator('[data-trouble="forked"]').waitFor();
        return ada;
      }),
    ],
    [
      "stopped, two stories",
      async ({ ada }) => {
        await press(ada, "What happened?");
        await ada.page.locator('[data-sheet="stopped"]').waitFor();
        return ada;
      },
    ],
    ["stopped, its end", ({ ada }) => toEnd(ada)],
  ],
};

const rewound: Chapter = {
  name: "a relay that forgot",
  people: ["ada", "ben"],
  relay: "lying",
  states: [
    [
      "stopped, the relay forgot",
      paired(async ({ ada, ben, relay }) => {
        await relay.tell("remember");
        await say(ada, "after the copy");
        await drift(ben, "after the copy");
        await relay.tell("rewind");
        await ada.page.reload();
        await ada.page.locator('[data-trouble="rewound"] button').click();
        await ada.page.locator('[data-sheet="stopped"]').waitFor();
        return ada;
      }),
    ],
  ],
};

/** A promise up to its last press; late at once, and opened five minutes after that. */
const compose = async ({ now }: World, person: Person, words: string, inMinutes: number): Promise<void> => {
  const { page } = person;
  await sheet(person, "promise");
  await page.locator("[data-new]").click();
  await page.locator('textarea[name="promise"]').fill(words);
  await page.locator('[data-choice="time"]').check();
  await page.locator('input[name="by"]').fill(fieldOf(now() + minutes(inMinutes)));
  await page.locator('select[name="grace"]').selectOption("0");
  await page.locator('input[name="note"]').check();
  await page.locator('textarea[name="sealed"]').fill("The spare key is in the blue box. I went by the lake path.");
  await page.locator('select[name="release"]').selectOption("5");
};
const vow = ({ page }: Person, state: string): Promise<void> => page.locator(`main.field .vow[data-vow="${state}"]`).waitFor();

const promises: Chapter = {
  name: "promises",
  people: ["ada", "ben"],
  states: [
    ["promises, nothing yet", paired(async ({ ada }) => sheet(ada, "promise"))],
    [
      "promise, new",
      async ({ ada }) => {
        await ada.page.locator("[data-new]").click();
        await ada.page.locator("form.apart").waitFor();
        return ada;
      },
    ],
    [
      "promise, something happens",
      async ({ ada }) => {
        await ada.page.locator('[data-choice="when"]').check();
        await press(ada, "Promise it");
        await wrong(ada, "empty");
        return ada;
      },
    ],
    [
      "promise, a note and a farewell",
      async (world) => {
        const { ada } = world;
        await toField(ada);
        await compose(world, ada, "home by noon, by the lake path", 120);
        await press(ada, "Also a farewell…");
        await press(ada, "Yes, write one");
        await ada.page.locator('textarea[name="farewell"]').fill("It was good, all of it.");
        return ada;
      },
    ],
    [
      "promise, what it does not protect against",
      async ({ ada }) => {
        await press(ada, "No farewell");
        return toEnd(ada);
      },
    ],
    [
      "promise, its receipt",
      async ({ ada }) => {
        await press(ada, "Promise it");
        await ada.page.locator('dialog [data-tone="guarded"]').waitFor();
        return ada;
      },
    ],
    [
      "field, with a promise of mine",
      async ({ ada, pass }) => {
        await toField(ada);
        await vow(ada, "guarded");
        await pass(minutes(30));
        await vow(ada, "guarded");
        return ada;
      },
    ],
    [
      "field, with a promise of the other's",
      async ({ ben }) => {
        await vow(ben, "guarded");
        return ben;
      },
    ],
    ["promises, of the other", ({ ben }) => sheet(ben, "promise")],
    [
      "promise, more time",
      async ({ ada }) => {
        await sheet(ada, "promise");
        await ada.page.locator("[data-extend]").click();
        return ada;
      },
    ],
    [
      "field, a promise that is not guarded",
      async ({ ada, ben, move, relay }) => {
        await toField(ada);
        await toField(ben);
        await relay.stop();
        await move(minutes(6));
        await vow(ben, "unguarded");
        return ben;
      },
    ],
    [
      "field, past the deadline with no answer",
      async ({ ben, move }) => {
        await move(minutes(90));
        await ben.page.locator(".vow", { hasText: "has not answered" }).waitFor();
        return ben;
      },
    ],
    [
      "field, kept and not yet at the relay",
      async ({ ada }) => {
        await ada.page.locator("[data-keep]").click();
        await vow(ada, "kept");
        return ada;
      },
    ],
    [
      "field, a promise that is soon due",
      async (world) => {
        const { ada, ben, relay } = world;
        await relay.start();
        await ben.page.locator(".vow").waitFor({ state: "detached", timeout: 60_000 });
        await compose(world, ada, "back at the hut", 3);
        await press(ada, "Also a farewell…");
        await press(ada, "Yes, write one");
        await ada.page.locator('textarea[name="farewell"]').fill("It was good, all of it.");
        await press(ada, "Promise it");
        await ada.page.locator('dialog [data-tone="guarded"]').waitFor();
        await toField(ada);
        await ada.page.locator("[data-soon]").waitFor();
        return ada;
      },
    ],
    [
      "field, a promise that is late",
      async ({ ben, pass }) => {
        await pass(minutes(4));
        await vow(ben, "late");
        return ben;
      },
    ],
    [
      "field, my promise is late",
      async ({ ada }) => {
        await vow(ada, "late");
        return ada;
      },
    ],
    [
      "field, a promise that was released",
      async ({ ben, pass }) => {
        await pass(minutes(6));
        await vow(ben, "released");
        return ben;
      },
    ],
    ["promise, released", ({ ben }) => sheet(ben, "promise")],
    [
      "promise, its note is open",
      async ({ ben }) => {
        await press(ben, "Read what was sealed");
        await ben.page.locator("[data-opened]").waitFor();
        return ben;
      },
    ],
    [
      "promise, my farewell can be stopped",
      async ({ ada }) => {
        await sheet(ada, "promise");
        await ada.page.locator("[data-stop]").waitFor();
        return ada;
      },
    ],
    [
      "promise, my farewell is stopped",
      async ({ ada }) => {
        await press(ada, "Stop the farewell");
        await ada.page.locator("[data-stop]").waitFor({ state: "detached" });
        await ada.page.locator('dialog [data-vow="released"] .receipt', { hasNotText: "not yet at the relay" }).waitFor();
        return ada;
      },
    ],
    [
      "field, asked for a promise",
      async ({ ada, ben }) => {
        await toField(ada);
        await ben.page.locator("[data-ask] summary").click();
        await ben.page.locator('input[name="ask"]').fill("when will you be home?");
        await press(ben, "Ask");
        await notice(ada, "question");
        return ada;
      },
    ],
    [
      "promises, asking again",
      async ({ ben }) => {
        await ben.page.locator("[data-asked]").waitFor();
        return toEnd(ben);
      },
    ],
    [
      "sign of life, to begin",
      async ({ ada }) => {
        await sheet(ada, "promise");
        await ada.page.locator('[data-row="life"]').click();
        await ada.page.locator('dialog[data-sheet="life"]').waitFor();
        return ada;
      },
    ],
    [
      "sign of life, ahead",
      async ({ ada, now }) => {
        await ada.page.locator('input[name="from"]').fill(fieldOf(now() + minutes(5)).slice(11));
        await ada.page.locator('input[name="to"]').fill(fieldOf(now() + minutes(185)).slice(11));
        await press(ada, "Begin");
        await ada.page.locator('[data-ahead="14"]').waitFor();
        return ada;
      },
    ],
    [
      "sign of life, a day off",
      async ({ ada }) => {
        await ada.page.locator("details summary", { hasText: "A day off" }).click();
        await ada.page.locator(".days button").nth(1).click();
        return ada;
      },
    ],
    [
      "sign of life, the window is open",
      async ({ ada, pass }) => {
        await press(ada, "Yes, a day off");
        await ada.page.locator('[data-day="off"]').waitFor();
        await ada.page.locator("details summary", { hasText: "A day off" }).click();
        await pass(minutes(6));
        await ada.page.locator("[data-here]").waitFor();
        return ada;
      },
    ],
    [
      "field, the window is open",
      async ({ ada }) => {
        await toField(ada);
        await ada.page.locator("main.field [data-keep]").waitFor();
        return ada;
      },
    ],
    [
      "sign of life, of the other",
      async ({ ben }) => {
        await ben.page.locator('[data-row="life"]').click();
        await ben.page.locator('[data-life="other"]').waitFor();
        return ben;
      },
    ],
    [
      "end, with promises",
      async ({ ada }) => {
        await openRow(ada, "end");
        await ada.page.locator("[data-running]").scrollIntoViewIfNeeded();
        return ada;
      },
    ],
    [
      "sign of life, few windows ahead",
      async ({ ada, ben, move }) => {
        await ada.page.goto("about:blank");
        await move(minutes(12.5 * 24 * 60));
        await ben.page.locator('[data-few="true"]').waitFor();
        return ben;
      },
    ],
    [
      "field, few windows ahead",
      async ({ ben }) => {
        await toField(ben);
        await vow(ben, "few");
        return ben;
      },
    ],
  ],
};

const unavailable: Chapter = {
  name: "what this browser keeps",
  people: ["ada", "ben", "cleo"],
  states: [
    [
      "unavailable, written by a newer Beside",
      async ({ ada, open }) => {
        const { origin } = new URL(ada.page.url());
        await ada.page.goto(`${origin}/icon.svg`);
        await ada.page.evaluate(
          (name) =>
            new Promise((resolve) => {
              const opening = indexedDB.open(name, 99);
              opening.addEventListener("success", () => resolve(opening.result.close()));
            }),
          home,
        );
        await open(ada);
        await ada.page.locator('[data-why="newer"]').waitFor();
        return ada;
      },
    ],
    [
      "unavailable, nothing is kept here",
      async ({ cleo }) => {
        await cleo.context.addInitScript(() => {
          IDBFactory.prototype.open = () => {
            throw new DOMException("not here", "SecurityError");
          };
        });
        await cleo.page.reload();
        await cleo.page.locator('[data-why="unavailable"]').waitFor();
        return cleo;
      },
    ],
    [
      "a room is missing",
      async ({ ben }) => {
        await ben.page.route(/assets\/(further-)?rooms-/, (route) => route.abort("connectionrefused"));
        await ben.page.reload();
        await press(ben, "Add this device to mine");
        await ben.page.locator('dialog[data-sheet="missing"]').waitFor();
        return ben;
      },
    ],
    [
      "a part of the page is missing",
      async ({ ben }) => {
        await press(ben, "Back");
        await ben.page.getByLabel("Your name").fill("Ben");
        await press(ben, "Invite the other");
        await ben.page.locator(".missing").waitFor();
        return ben;
      },
    ],
  ],
};

export const chapters: readonly Chapter[] = [
  arriving,
  turnedAway,
  iphone,
  token,
  together,
  apart,
  skies,
  locked,
  devices,
  boundaries,
  ending,
  recalling,
  wiping,
  otherRelay,
  forked,
  rewound,
  promises,
  unavailable,
];
