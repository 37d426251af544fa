/**
 * A QR code as one drawn path: no markup is made from text. Dark on white whatever the theme, for the other's camera. What
 * draws it is fetched by whoever first shows one; until then, and where it does not come, the paper is white, and the link
 * itself stands beside it.
 */
import { signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type encodeQR from "qr";
import { useEffect } from "preact/hooks";
import { keepAwake } from "../adapters/keep-awake.ts";
import { useApp } from "../app.ts";
import { Sheet } from "./sheet.tsx";

interface QrProps {
  readonly text: string;
  readonly label: string;
}

const encoder = signal<typeof encodeQR | null>(null);

const fetchEncoder = async (): Promise<void> => {
  const come = await import("qr").catch(() => undefined);
  if (come) encoder.value = come.default;
};

export const Qr = ({ text, label }: QrProps): JSX.Element => {
  const encode = encoder.value;
  useEffect(() => {
    if (!encode) void fetchEncoder();
  }, []);
  if (!encode) return <svg class="qr" aria-hidden="true" viewBox="0 0 1 1" />;
  const rows = encode(text, "raw", { ecc: "low", border: 3 });
  const path = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("");
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${rows.length} ${rows.length}`} shape-rendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path} fill="#12162b" />
    </svg>
  );
};

/** The button that shows it as large and as bright as the screen is, and keeps the screen on meanwhile. */
export const LargerQr = ({ text, label }: QrProps): JSX.Element => {
  const { words } = useApp();
  const open = useSignal(false);
  return (
    <>
      <button type="button" class="second" aria-haspopup="dialog" onClick={() => (open.value = true)}>
        {words.scan.larger}
      </button>
      {open.value && <Large text={text} label={label} onClose={() => (open.value = false)} />}
    </>
  );
};

const Large = ({ onClose, ...qr }: QrProps & { readonly onClose: () => void }): JSX.Element => {
  const { words } = useApp();
  useEffect(keepAwake, []);
  return (
    <Sheet name="qr" title={words.scan.largerTitle} onClose={onClose}>
      <Qr {...qr} />
    </Sheet>
  );
};
