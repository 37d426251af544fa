import { expect, test } from "vitest";
import { isSameRelay } from "./same-relay.ts";

test.each([
  ["http://127.0.0.1:8377", "http://localhost:8377", true],
  ["https://Relay.example.org:443", "https://relay.example.org", true],
  ["http://localhost:8377", "http://localhost:8378", false],
  ["https://relay.example.org", "https://other.example.org", false],
])("[PAIR2] %s seen from %s: the same relay is %s", (relay, origin, same) => {
  expect(isSameRelay(relay, origin)).toBe(same);
});

test.each(["http://127.0.0.1:99999", "http://1.2.3.4.5", ""])("[PAIR2] %j is no relay's address here, and asking about it does not throw", (relay) => {
  expect(isSameRelay(relay, "https://relay.example.org")).toBeUndefined();
});
