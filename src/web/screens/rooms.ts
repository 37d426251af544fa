/** Everything that is not on the first screen: the rooms one goes to. Their code comes right after it (see later.tsx). */
export { AddThis } from "./add-this.tsx";
export { Arriving } from "./arriving.tsx";
export { BetweenUs, TakeAlong } from "./between-us.tsx";
export { Devices } from "./devices.tsx";
export { Inviting } from "./inviting.tsx";
export { KeptList } from "./kept-list.tsx";
export { Locked } from "./locked.tsx";
export { Lost } from "./lost.tsx";
export { Memories } from "./memories.tsx";
export { More } from "./more.tsx";
export { Stopped } from "./stopped.tsx";
export { TwelveWords } from "./twelve-words.tsx";
