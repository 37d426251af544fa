/** What a person with a browser sees and does, by the page's own roles, labels and states. */
import { fieldShows, type Person } from "../../e2e/kit.ts";

/** The page is opened anew, as after picking the phone up again: it goes by the line's time from the first moment. */
export const looksAgain = async (person: Person): Promise<void> => {
  await person.page.reload();
  await fieldShows(person, "connection", "online");
};

/** The other's light: its shape, how far up its sky it stands (0 to 1), and the one sentence under the name. */
export const lightOf = async ({ page }: Person): Promise<{ readonly shape: string | null; readonly distance: number; readonly sentence: string }> => {
  const light = page.locator(".light.theirs");
  return {
    shape: await light.getAttribute("data-shape"),
    distance: await page.locator(".rail.theirs").evaluate((one) => Number((one as HTMLElement).style.getPropertyValue("--distance"))),
    sentence: await page.locator("p.state").innerText(),
  };
};

/** Answers the first question with yes. */
export const showsPresence = ({ page }: Person): Promise<void> => page.locator('[data-question="presence"]').getByRole("button").first().click();

export const hears = ({ page }: Person, words: string): Promise<void> => page.locator(".said[data-from=other] .drift", { hasText: words }).waitFor();
