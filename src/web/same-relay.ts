/**
 * Whether two origins are the same relay, as far as addresses tell: a machine's own names are all itself. The relay's key
 * is checked before anything is sent either way. `undefined`: this browser knows no such address.
 */
export const isSameRelay = (relay: string, origin: string): boolean | undefined => {
  if (!URL.canParse(relay) || !URL.canParse(origin)) return undefined;
  const [a, b] = [new URL(relay), new URL(origin)];
  const local = ({ hostname }: URL): boolean => hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
  return a.origin === b.origin || (local(a) && local(b) && a.port === b.port);
};
