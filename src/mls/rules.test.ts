import { describe, expect, test } from "vitest";
import { checkOutcome, guarded, type Change, type Members } from "./rules.ts";

const member = (person: number, device: number) => ({ person: new Uint8Array(32).fill(person), device: new Uint8Array(32).fill(device), by: null });
const [a, b, c, d] = [member(1, 1), member(2, 2), member(1, 3), member(1, 4)] as const;

const outcome = async (before: Members, change: Partial<Change>, after: Members): Promise<string> => {
  const result = await guarded(() => checkOutcome(before, { added: [], removed: [], ...change }, after));
  return result.ok ? "fine" : result.error.reason;
};

describe("[SEAL11] a change does what it says and nothing else", () => {
  test("adds go to blank leaves, removes leave blanks", async () => {
    expect(await outcome([a, b], { added: [c] }, [a, b, c])).toBe("fine");
    expect(await outcome([a, undefined, b], { added: [c] }, [a, c, b])).toBe("fine");
    expect(await outcome([a, b, c], { removed: [c] }, [a, b])).toBe("fine");
    expect(await outcome([a, b, c], { removed: [c], added: [d] }, [a, b, d])).toBe("fine");
  });

  test("a member that came, went or changed unasked is noticed", async () => {
    expect(await outcome([a, b], {}, [a, b, c])).toBe("a member changed unasked");
    expect(await outcome([a, b], { added: [c] }, [a, b, d])).toBe("a member changed unasked");
    expect(await outcome([a, b], { added: [c] }, [a, b])).toBe("a member changed unasked");
    expect(await outcome([a, b, c], {}, [a, b])).toBe("a member changed unasked");
    expect(await outcome([a, b], {}, [c, b])).toBe("a member changed unasked");
    expect(await outcome([a, b], {}, [a, undefined])).toBe("a member changed unasked");
  });
});
