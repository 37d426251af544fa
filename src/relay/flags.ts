/** The relay's command line as data. There is no flag for the clock: a movable one exists only in test roots. */
import { parseArgs } from "node:util";
import { isOrigin } from "../protocol/invitation.ts";
import { err, ok, type Result } from "../base/result.ts";

export interface RelayFlags {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** Who may make lines; by default anybody on loopback, else whoever has the token. */
  readonly lines: "open" | "token" | "closed";
  readonly tokenFile: string | undefined;
  /** The built web app; nothing is served without it. */
  readonly web: string | undefined;
  /** Web origins, besides its own, whose pages may connect. */
  readonly allowOrigins: readonly string[];
  readonly json: boolean;
}

export const relayUsage =
  "beside relay [--port N|0] [--host H] [--data DIR] [--tls-cert F --tls-key F] [--lines open|token|closed] [--token-file F] [--web DIR] [--allow-origin O]... [--json]";

export const defaultPort = 8377;

export const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);

/** The error is one line for the person who typed it. */
export const parseRelayFlags = (argv: readonly string[]): Result<RelayFlags, string> => {
  const given = readArgs(argv);
  if (!given.ok) return given;
  const values = given.value;

  const port = values.port === undefined ? defaultPort : /^\d{1,5}$/.test(values.port) ? Number(values.port) : -1;
  if (port < 0 || port > 65_535) return err("--port wants a number from 0 to 65535");
  const cert = values["tls-cert"];
  const key = values["tls-key"];
  if ((cert === undefined) !== (key === undefined)) return err("--tls-cert and --tls-key go together");
  const host = values.host ?? "127.0.0.1";
  if (host === "") return err("--host wants an address or a name");
  const lines = values.lines ?? (isLoopback(host) && values["token-file"] === undefined ? "open" : "token");
  if (lines !== "open" && lines !== "token" && lines !== "closed") return err("--lines wants open, token or closed");
  if (values["token-file"] !== undefined && lines !== "token") return err("--token-file goes with --lines token");
  const allowOrigins = values["allow-origin"] ?? [];
  const wrong = allowOrigins.find((origin) => !isOrigin(origin));
  if (wrong !== undefined) return err("--allow-origin wants an origin such as https://beside.example.org");
  return ok({
    port,
    host,
    data: values.data ?? "data",
    tls: cert !== undefined && key !== undefined ? { cert, key } : undefined,
    lines,
    tokenFile: values["token-file"],
    web: values.web,
    allowOrigins,
    json: values.json ?? false,
  });
};

const readArgs = (argv: readonly string[]) => {
  try {
    const { values } = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: "string" },
        host: { type: "string" },
        data: { type: "string" },
        "tls-cert": { type: "string" },
        "tls-key": { type: "string" },
        lines: { type: "string" },
        "token-file": { type: "string" },
        web: { type: "string" },
        "allow-origin": { type: "string", multiple: true },
        json: { type: "boolean" },
      },
    });
    return ok(values);
  } catch (error) {
    return err(error instanceof Error ? (error.message.split("\n")[0] ?? "unreadable flags") : "unreadable flags");
  }
};
