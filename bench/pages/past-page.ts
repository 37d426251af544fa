/** The page of row `past`: opens what the app of the same origin keeps, and reads all of it, as a search without an index does. */
import { openIndexedDbStore } from "../../src/web/adapters/indexeddb-store.ts";
import { machineRandom } from "../../src/web/adapters/random.ts";
import { decodeCbor } from "../../src/protocol/cbor.ts";

export interface PastPage {
  readonly read: (bond: string, text: string) => Promise<{ readonly millis: number; readonly found: number }>;
}

const perPage = 500;

const page: PastPage = {
  async read(bond, text) {
    const from = performance.now();
    const store = await openIndexedDbStore({ name: "beside", random: machineRandom, unlock: () => Promise.reject(new Error("no lock here")) });
    if (!store.ok) throw new Error(store.error);
    const prefix = `bond/${bond}/kept/`;
    let found = 0;
    for (let after: string | undefined; ;) {
      const rows = await store.value.list(prefix, { reverse: true, limit: perPage, ...(after === undefined ? {} : { after }) });
      for (const [, value] of rows) {
        const decoded = decodeCbor(value);
        if (decoded.ok && JSON.stringify(decoded.value).includes(JSON.stringify(text))) found++;
      }
      after = rows.at(-1)?.[0];
      if (rows.length < perPage) break;
    }
    store.value.close();
    return { millis: performance.now() - from, found };
  },
};
(globalThis as unknown as { pastPage: PastPage }).pastPage = page;
