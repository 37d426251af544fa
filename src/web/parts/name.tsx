/** A name as its owner chose it, in its own reading direction. */
import type { JSX } from "preact";
import { useApp } from "../app.ts";

/** `first`: it begins what stands there. */
export const Name = ({ of, first = false }: { readonly of: string; readonly first?: boolean }): JSX.Element => {
  const { words } = useApp();
  return <bdi>{of === "" ? (first ? words.someoneFirst : words.someone) : of}</bdi>;
};
