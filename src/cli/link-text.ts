/** A link for people: to copy and, at a terminal, to scan. */
import encodeQR from "qr";

/** Light on dark, as most terminals are; cameras read both. */
export const linkText = (link: string, terminal: boolean): string => `${link}\n${terminal ? `\n${encodeQR(link, "ascii", { ecc: "low", border: 1 })}` : ""}`;
