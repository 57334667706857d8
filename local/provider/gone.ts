/** What a call answers, or undefined when the error says that the thing is not there (any more). */
export async function ifThere<T>(
  goneErrors: readonly string[],
  call: Promise<T>,
): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && goneErrors.includes(error.name)) return undefined;
    throw error;
  }
}

/** For deletes: already gone is as good as deleted. */
export async function ignoreGone(
  goneErrors: readonly string[],
  call: Promise<unknown>,
): Promise<void> {
  await ifThere(goneErrors, call);
}
