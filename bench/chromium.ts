/** The system's Chromium, without a window, for rows that need one page and no more. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";

/** A page at this address while `work` uses it; browser and profile are gone afterwards. */
export const inChromium = async <T>(url: string, work: (page: Page) => Promise<T>): Promise<T> => {
  const profile = mkdtempSync(join(tmpdir(), "beside-bench-profile-"));
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: "/usr/bin/chromium",
      headless: true,
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
    });
    try {
      const page = context.pages()[0] ?? (await context.newPage());
      await page.goto(url);
      return await work(page);
    } finally {
      await context.close();
    }
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
};
