/** A name as its owner chose it, in its own reading direction. */
import type { JSX } from "preact";
import { useApp } from "../app.ts";

export const Name = ({ of }: { readonly of: string }): JSX.Element => {
  const { words } = useApp();
  return <bdi>{of === "" ? words.someone : of}</bdi>;
};
