/** The page of row `blob`: the trip over the app's own socket, and how long the page was held up meanwhile. */
import { machineTimer } from "../../src/web/adapters/clock.ts";
import { machineRandom } from "../../src/web/adapters/random.ts";
import { socketTransport } from "../../src/web/adapters/socket-transport.ts";
import { blobTrips, type Trip } from "../blob-trip.ts";

export interface BlobPage {
  readonly trips: (size: number, times: number) => Promise<{ readonly trips: readonly Trip[]; readonly longest: number; readonly frame: number }>;
}

const page: BlobPage = {
  async trips(size, times) {
    let [longest, frame, last] = [0, 0, 0];
    let looks = true;
    // Names tasks from 50 ms on; the gap between two frames also holds what is shorter.
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    });
    const look = (): void => {
      const now = performance.now();
      frame = Math.max(frame, now - last);
      last = now;
      if (looks) requestAnimationFrame(look);
    };
    const ports = { transport: socketTransport, timer: machineTimer, random: machineRandom };
    const trips = await blobTrips(location.origin, size, times, ports, () => {
      observer.observe({ type: "longtask" });
      last = performance.now();
      requestAnimationFrame(look);
    });
    // The observer is told a little later.
    await new Promise((resolve) => setTimeout(resolve, 200));
    looks = false;
    observer.disconnect();
    return { trips, longest, frame };
  },
};
(globalThis as unknown as { blobPage: BlobPage }).blobPage = page;
