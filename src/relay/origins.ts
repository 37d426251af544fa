/** Which web pages may connect (WIRE6). A program that is no browser sends no `Origin`, and may. */

export interface OriginRule {
  /** The relay itself speaks TLS. */
  readonly tls: boolean;
  readonly allow: readonly string[];
}

/**
 * Its own origin is what the browser itself called it by (`Host`). Over plain http a name is believed only when it is
 * localhost or an address: a hostile site can point a name of its own at this machine (DNS rebinding), but not an address.
 */
export const mayConnect = (origin: string | undefined, host: string | undefined, { tls, allow }: OriginRule): boolean => {
  if (origin === undefined) return true;
  if (allow.some((allowed) => allowed.toLowerCase() === origin.toLowerCase())) return true;
  const parsed = URL.parse(origin);
  if (!parsed || host === undefined || parsed.host !== host.toLowerCase()) return false;
  if (parsed.protocol !== (tls ? "https:" : "http:")) return false;
  return tls || parsed.hostname === "localhost" || /^[\d.]+$/.test(parsed.hostname) || parsed.hostname.startsWith("[");
};
