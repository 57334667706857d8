import { basename } from "node:path";

/** Objects that tools and operating systems leave behind. They hold no document. */
const leftBehind = [
  { what: "a folder marker", is: (key: string) => key.endsWith("/") || key.endsWith("_$folder$") },
  {
    what: "a file of an operating system",
    is: (key: string) =>
      /^(\.DS_Store|\.localized|Thumbs\.db|ehthumbs\.db|desktop\.ini|Icon\r)$/i.test(
        basename(key),
      ) ||
      /^\._/.test(basename(key)) ||
      /(^|\/)__MACOSX\//.test(key),
  },
  {
    what: "a lock file of an office program",
    is: (key: string) => /^(~\$|\.~lock\.)/.test(basename(key)),
  },
  {
    what: "a marker of a job",
    is: (key: string) => /^_(SUCCESS|STARTED|committed_\w+|started_\w+)$/.test(basename(key)),
  },
];

/** Why an object is no document, by its key. Undefined if it may be one. */
export const leftBehindBy = (key: string): string | undefined =>
  leftBehind.find(({ is }) => is(key))?.what;
