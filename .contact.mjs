import { chromium } from "playwright-core";
import { readFileSync, existsSync, writeFileSync } from "node:fs";
const [out, looks, h, ...states] = process.argv.slice(2);
const dir = "/tmp/w/shots/shots";
const html =
  `<body style="margin:4px;background:#777;font:13px sans-serif">` +
  states
    .map(
      (s) =>
        `<div style="color:#fff">${s}</div><div style="display:flex;gap:4px;margin-bottom:4px">` +
        looks
          .split(",")
          .filter((l) => existsSync(`${dir}/${s}/${l}.png`))
          .map((l) => `<img style="height:${h}px" src="data:image/png;base64,${readFileSync(`${dir}/${s}/${l}.png`).toString("base64")}">`)
          .join("") +
        `</div>`,
    )
    .join("");
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const p = await b.newPage({ viewport: { width: 2200, height: 800 } });
await p.setContent(html);
await p.evaluate(() => {
  document.body.style.display = "inline-block";
});
const box = await p.locator("body").boundingBox();
await p.setViewportSize({ width: Math.ceil(box.width) + 8, height: Math.ceil(box.height) + 8 });
await p.screenshot({ path: out });
await b.close();
