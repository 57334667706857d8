/** Of the characters, so many may be unreadable before a text is doubtful: symbols have no letters in some fonts. */
const maxUnreadableShare = 0.02;

/** Why a text may not be what the file says, as far as the text alone tells. */
export function doubtsAbout(text: string): string[] {
  if (text.trim() === "") return ["no text was found"];
  // Replacement characters, control characters, and characters that mean something in one font only.
  const unreadable =
    text.match(/[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1a\x1c-\x1f\x80-\x9f]/g)?.length ?? 0;
  if (unreadable <= text.length * maxUnreadableShare) return [];
  const share = Math.round((100 * unreadable) / text.length);
  return [`${share} % of the characters are unreadable`];
}
