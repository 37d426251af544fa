/** Hands a file made here to the person's own disk. Nothing is sent anywhere. */
export const saveFile = (name: string, type: string, pieces: readonly string[]): void => {
  const address = URL.createObjectURL(new Blob([...pieces], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken its copy by the next turn of a generous moment.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};
