/** What the system draws around the page (its bars, where it has some) has the colour of what is shown next to it. */
import { useEffect } from "preact/hooks";

/** For as long as whoever asks is shown; then it is as it was before. */
export const useThemeColor = (color: string | undefined): void =>
  useEffect(() => {
    const meta = document.querySelector<HTMLMetaElement>('meta[name="theme-color"]');
    if (!meta || color === undefined) return;
    const before = meta.content;
    meta.content = color;
    return () => {
      meta.content = before;
    };
  }, [color]);
