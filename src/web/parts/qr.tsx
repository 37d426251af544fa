/** A QR code as one drawn path: no markup is made from text. Dark on white whatever the theme, for the other's camera. */
import encodeQR from "qr";
import type { JSX } from "preact";

export const Qr = ({ text, label }: { readonly text: string; readonly label: string }): JSX.Element => {
  const rows = encodeQR(text, "raw", { ecc: "low", border: 3 });
  const path = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("");
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${rows.length} ${rows.length}`} shape-rendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path} fill="#12162b" />
    </svg>
  );
};
