/** Whether two pieces of plain data (no cycles, no functions) say the same. What is one and the same object is not looked into. */
export const same = (one: unknown, two: unknown): boolean => {
  if (Object.is(one, two)) return true;
  if (typeof one !== "object" || typeof two !== "object" || one === null || two === null) return false;
  if (Array.isArray(one) !== Array.isArray(two)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(two).length) return false;
  return names.every((name) => Object.hasOwn(two, name) && same(one[name as keyof typeof one], two[name as keyof typeof two]));
};
