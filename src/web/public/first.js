// The very first thing that runs: an invitation, or the link that adds a device, must not stay in the address bar, the history or anything that reads
// them. It is kept in memory only, for the one module that asks for it (src/web/arrival.ts), once.
(() => {
  /** While the neutral page is on (src/web/cover.ts), the window has its title before it would have ours: the first of two counts. Nor our icon. */
  const hideName = () => {
    try {
      if (localStorage.getItem("beside.hidden") !== "yes") return;
    } catch {
      return;
    }
    document.title = "Clock";
    document.documentElement.dataset.stage = "neutral";
    const icons = new MutationObserver(() => {
      for (const icon of document.querySelectorAll('link[rel~="icon"]')) icon.href = "data:,";
    });
    icons.observe(document.head, { childList: true });
    addEventListener("DOMContentLoaded", () => icons.disconnect());
  };

  // A link put into the address of a page that is open already changes only the fragment: the page begins anew with it.
  globalThis.onhashchange = () => {
    if (location.hash !== "") location.reload();
  };
  hideName();
  const arrived = location.hash;
  if (arrived === "") return;
  history.replaceState(null, "", location.pathname);
  if (!/^#((join|device)=|(feel|say)$)/.test(arrived)) return;
  Object.defineProperty(globalThis, "besideArrival", { value: arrived, configurable: true, enumerable: false });
})();

// Where the app's own code does not come, only the horizon would stand there, and say nothing.
addEventListener(
  "error",
  ({ target }) => {
    const said = document.getElementById("no-code");
    if (!said || !(target instanceof HTMLScriptElement) || document.documentElement.dataset.stage === "neutral") return;
    // The texts of the app are not there either: it is said in the first language of the browser that is here.
    const all = [...said.children];
    const spoken = all.find(({ lang }) => navigator.language.startsWith(lang)) ?? all[0];
    for (const one of all) one.hidden = one !== spoken;
    said.hidden = false;
  },
  { capture: true },
);
