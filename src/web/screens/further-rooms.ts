/** Rooms for who is together, was, or comes back to it. Fetched once there are two, or when one of them is opened (see later.tsx). */
export { ApartRoom } from "./apart.tsx";
export { BetweenUs } from "./between-us.tsx";
export { Boundaries } from "./boundaries.tsx";
export { Devices } from "./devices.tsx";
export { EarlierRoom } from "./earlier.tsx";
export { Ended, Keeping } from "./ended.tsx";
export { EndRoom } from "./ending.tsx";
export { Lost } from "./lost.tsx";
export { Memories } from "./memories.tsx";
export { MoonRoom } from "./moon.tsx";
export { More } from "./more.tsx";
export { PromiseRoom } from "./promises.tsx";
export { Stopped } from "./stopped.tsx";
export { TwelveWords } from "./twelve-words.tsx";
