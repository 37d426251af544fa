/** The rooms one goes to from the first screen. Their code comes right after it (see later.tsx). */
export { AbilitiesRow } from "./abilities.tsx";
export { AddThis } from "./add-this.tsx";
export { Arriving } from "./arriving.tsx";
export { InstallFirst } from "./install-first.tsx";
export { Inviting } from "./inviting.tsx";
export { Locked } from "./locked.tsx";
export { Scanner } from "../parts/scanner.tsx";
