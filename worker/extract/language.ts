/** A hint by the letters of the beginning; undefined when they do not tell. */
export function likelyLanguage(text: string): string | undefined {
  const sample = text.slice(0, 20_000);
  if (/[ぁ-ゖァ-ヺ]/.test(sample)) return "ja";
  if (/[가-힣]/.test(sample)) return "ko";
  const words = sample.match(/[\p{L}']+/gu) ?? [];
  const english = words.filter((word) => /^(the|and|of|to|in|for|is|with|on|by)$/i.test(word));
  return english.length >= 3 && english.length > words.length * 0.05 ? "en" : undefined;
}
