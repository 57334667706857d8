import type { RehearsalFile } from "./rehearsal-file";

const skipped = (key: string, body: string): RehearsalFile => ({
  key,
  body: Buffer.from(body),
  contentType: "application/octet-stream",
  expect: "skipped",
  contains: "",
});

/** What buckets contain besides documents. */
export const skippedFiles: readonly RehearsalFile[] = [
  skipped("営業部/.DS_Store", "Bud1"),
  skipped("quality/test reports/~$draft.docx", "owner"),
  skipped("議事録/空のファイル.txt", ""),
];
