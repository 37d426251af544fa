/** Where results and problems go, as lines: JSON for programs, sentences for people. */
import type { Output } from "./command.ts";
import { jsonLine, type Json } from "./json.ts";

export type Print = (where: "result" | "problem" | "kept", text: string) => void;

/** A line of the asker's standard input; `undefined` when there is none any more. */
export type AskLine = (prompt: string) => Promise<string | undefined>;

// Whatever a text went through before: nothing that a terminal obeys is printed.
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;
export const obeyNothing = (text: string): string => text.replaceAll(controls, "");

export const createOutput = (json: boolean, print: Print): Output & { kept(value: Json, text: string): void } => {
  const line = (value: Json, text: string): string => (json ? jsonLine(value) : obeyNothing(text));
  return {
    result: (value, text) => {
      if (json || text !== "") print("result", line(value, text));
    },
    kept: (value, text) => print("kept", line(value, text)),
    problem: (code, text) => print("problem", line({ error: code, message: text }, text)),
  };
};
