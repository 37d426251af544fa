import { expect, test } from "vitest";
import { createTransport } from "./transport.ts";

test.each(["http://127.0.0.1:99999", "http://1.2.3.4.5", "", "https://", "http://[::"])(
  "an address like %j, which nothing can be reached at, is a connection that closes and does not throw",
  async (origin) => {
    const transport = createTransport();
    const heard: string[] = [];
    const closed = new Promise<void>((resolve) => {
      const connection = transport.connect(origin, {
        opened: () => heard.push("opened"),
        message: () => heard.push("message"),
        closed: () => {
          heard.push("closed");
          resolve();
        },
      });
      // Never within the call: whoever asked does not have the connection yet.
      expect(heard).toEqual([]);
      connection.send(new Uint8Array([1]));
      connection.close();
    });
    await closed;
    await transport.drained();
    expect(heard).toEqual(["closed"]);
  },
);
