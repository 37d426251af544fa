import { it } from "vitest";
import { openPerson, pairUp, startRelay, fieldShows } from "./kit.ts";
it("x", async () => {
  const relay = await startRelay();
  const [ada, ben] = await Promise.all([openPerson("Ada", relay, "localhost"), openPerson("Ben", relay)]);
  await pairUp(ada, ben);
  await fieldShows(ada, "state", "beside");
  const { page } = ada;
  const devtools = await ada.context.newCDPSession(page);
  const origin = `http://localhost:${relay.port}`;
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  console.log(await page.evaluate(async () => JSON.stringify(await navigator.storage.estimate())));
  console.log(await page.evaluate(() => new Promise((resolve) => {
    const open = indexedDB.open("probe", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("s");
    open.onerror = () => resolve("open " + open.error?.name);
    open.onsuccess = () => { const t = open.result.transaction("s", "readwrite", { durability: "strict" }); t.objectStore("s").put(new Uint8Array(100000), "a"); t.oncomplete = () => resolve("complete"); t.onabort = () => resolve("abort " + t.error?.name); };
    setTimeout(() => resolve("hang"), 3000);
  })));
  await page.locator('[data-tool="say"]').click();
  await page.locator("textarea.words").fill("while it was full");
  await page.locator("form.say button[type=submit]").click();
  for (let i = 0; i < 4; i++) {
    await new Promise((r) => setTimeout(r, 1500));
    console.log(await page.locator("form.say").count(), await page.locator("[data-notice]").allInnerTexts(), await page.locator("main.field").getAttribute("data-waiting"), await page.locator("form.say button[type=submit]").isDisabled().catch(() => "none"));
  }
  await page.screenshot({ path: "/tmp/full.png" });
  console.log(ada.wrongs);
  await ada.close(); await ben.close(); await relay.stop();
}, 60_000);
