import { chapters } from "./e2e/states.ts";
import { createWorld } from "./e2e/world.ts";
import { lookClosely } from "./e2e/looking.ts";
const [chapter, upto, close] = process.argv.slice(2);
const c = chapters.find((x) => x.name === chapter);
const w = await createWorld(c.people, c.relay ?? "open");
let t = Date.now();
try {
  for (const [name, reach] of c.states) {
    const { page } = await reach(w);
    const r = Date.now() - t;
    t = Date.now();
    const found = close ? await lookClosely(page) : [];
    console.log(name, r, Date.now() - t, found);
    t = Date.now();
    if (name === upto) break;
  }
} catch (e) {
  console.log(String(e));
  for (const p of c.people) {
    await w[p].page.screenshot({ path: `/tmp/w/debug-${p}.png` });
    console.log(p, await w[p].page.evaluate(() => document.documentElement.dataset.stage));
  }
}
console.log(w.wrongs);
await w.end();
