import type { FormatReader } from "./reader";
import { readTextFile } from "./text-file";

export const readText: FormatReader = readTextFile;

/** Markdown is meant to be read as it is; its first heading is the title. */
export const readMarkdown: FormatReader = async (file) => {
  const content = await readTextFile(file);
  const heading = /^#\s+(.+?)\s*#*$/m.exec(content.text)?.[1];
  return { ...content, title: heading };
};
