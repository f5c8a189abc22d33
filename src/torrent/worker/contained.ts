/** The same function, but what it throws, or its promise is rejected with, goes to `onError`. */
export function contained(
  handle: (...args: unknown[]) => unknown,
  onError: (error: unknown) => void,
): (...args: unknown[]) => void {
  return (...args) => {
    try {
      const done = handle(...args);
      if (done instanceof Promise) done.catch(onError);
    } catch (error) {
      onError(error);
    }
  };
}
