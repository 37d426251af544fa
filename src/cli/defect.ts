/** What is said of a fault of ours: where it was, never what it held. Messages of others may quote what a person wrote. */
export const tellDefect = (error: unknown): string => {
  if (!(error instanceof Error)) return "This is a fault of Beside.";
  const ours = error.message.startsWith("defect: ") ? ` (${error.message.slice("defect: ".length)})` : "";
  const where = (error.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  return [`This is a fault of Beside${ours}. Please report it, with these lines:`, error.name, ...where].join("\n");
};
