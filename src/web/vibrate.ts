/** Vibration where there is one, and only once the person has touched this page: before that, browsers refuse it. */
export const vibrate = (pattern: number | number[]): void => {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(pattern);
};
