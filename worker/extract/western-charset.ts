/** Sets of one byte for a letter, which differ in a few signs from windows-1252 or in all but ASCII. A detector knows them
 *  badly or not at all. */
const others = ["iso-8859-15", "iso-8859-2", "windows-1258", "macintosh"];

/** Those that a detector takes the others for. */
const western = /^(windows-125[024]|iso-8859-(1|2|9))$/i;

/** What no text has that is read as it was written. */
const strange = [
  // A control character.
  /[\x80-\x9f]/g,
  // A capital inside of a word of small letters: gŽnŽral.
  /[À-ɏ](?<=\p{Ll}\p{Lu})/gu,
  // A sign inside of a word: c½ur, fran‡ais. Words have dashes, apostrophes and dots inside, and formulas × and the like.
  /[¡-¿ʰ-˿†-⁞ℓ-⇿−-⋿€](?<=\p{L}[^\p{L}\p{M}­·–—‘’•…±²³])(?=\p{L})/gu,
  // Or at its end, or before it: Fu§, caf‚, †ber.
  /[§‚„ˆ¨´¸](?<=\p{Ll}.)(?!\p{L})/gu,
  /[†‡€‰ˆ](?<!\p{L}.)(?=\p{Ll}{3})/gu,
  // Only signs where words would be.
  /[¡-¿]{3,}/g,
  // The sign for no currency at all.
  /¤/g,
  // Marks of Vietnamese tones on other letters, or read as letters: Viêòt.
  /[âêôãõý][ìòþ](?=\p{Ll})/giu,
];

const strangePlaces = (text: string): number =>
  strange.reduce((sum, pattern) => sum + (text.match(pattern)?.length ?? 0), 0);

/** The character set in which the bytes make more sense than in the one they were read in, the same one if there is no
 *  such. Undefined if the text looks right. */
export function likelierCharset(
  text: string,
  charset: string,
  bytes: Uint8Array,
): string | undefined {
  if (!western.test(charset)) return undefined;
  const places = strangePlaces(text);
  if (places === 0) return undefined;
  // The first of equals.
  return others.reduce(
    (best, name) => {
      const found = strangePlaces(new TextDecoder(name).decode(bytes));
      return found < best.places ? { name, places: found } : best;
    },
    { name: charset, places },
  ).name;
}
