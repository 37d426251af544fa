/** Which file of a build a request is for. Nothing is ever answered for another origin, nor for anything not on the list. */

/** Addresses of a build's files, each with the SHA-256 of its content in hex. */
export type Files = Readonly<Record<string, string>>;

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly mode: string;
}

/** Its address on the list; `undefined`: not ours to answer. */
export const fileFor = ({ method, url, mode }: Asked, origin: string, files: Files): string | undefined => {
  const path = method === "GET" ? pathIn(url, origin, mode === "navigate") : undefined;
  return path !== undefined && Object.hasOwn(files, path) ? path : undefined;
};

/** An asset of another build, which an older page that is still open may ask for. Its name holds a hash of its content. */
export const assetFor = ({ method, url }: Asked, origin: string): string | undefined => {
  const path = method === "GET" ? pathIn(url, origin, false) : undefined;
  return path?.startsWith("/assets/") ? path : undefined;
};

const pathIn = (url: string, origin: string, isPage: boolean): string | undefined => {
  const { origin: from, pathname, search } = new URL(url);
  if (from !== origin || (search !== "" && !isPage)) return undefined;
  return pathname === "/" ? "/index.html" : pathname;
};
