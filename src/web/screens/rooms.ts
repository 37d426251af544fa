/** Everything that is not on the first screen: the rooms one goes to. Their code comes right after it (see later.tsx). */
export { AbilitiesRow } from "./abilities.tsx";
export { AddThis } from "./add-this.tsx";
export { Arriving } from "./arriving.tsx";
export { Between, BetweenUs } from "./between-us.tsx";
export { Devices } from "./devices.tsx";
export { InstallFirst } from "./install-first.tsx";
export { Inviting } from "./inviting.tsx";
export { Locked } from "./locked.tsx";
export { Lost } from "./lost.tsx";
export { Memories } from "./memories.tsx";
export { MoonRoom, MoonText } from "./moon.tsx";
export { More } from "./more.tsx";
export { Scanner } from "../parts/scanner.tsx";
export { Stopped } from "./stopped.tsx";
export { TwelveWords } from "./twelve-words.tsx";
