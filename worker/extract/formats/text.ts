import type { FormatReader } from "./reader";
import { readTextFile } from "./text-file";

export const readText: FormatReader = readTextFile;

/** Markdown is meant to be read as it is; its first heading is the title. */
export const readMarkdown: FormatReader = async (file) => {
  const content = await readTextFile(file);
  const line = /^#[ \t].*$/m.exec(content.text)?.[0];
  return { ...content, title: line?.slice(1).trim().replace(/#+$/, "") };
};
