/** The result of a call, or undefined if the error says that the resource does not exist. */
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

/** For deletes: a resource that does not exist counts as deleted. */
export async function ignoreGone(
  goneErrors: readonly string[],
  call: Promise<unknown>,
): Promise<void> {
  await ifThere(goneErrors, call);
}
