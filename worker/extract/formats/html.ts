import { Parser } from "htmlparser2";
import type { FormatReader } from "./reader";
import { readTextFile } from "./text-file";

const unread = new Set(["script", "style", "noscript", "template", "svg"]);
const inline = new Set(
  "a abbr b bdi bdo cite code data dfn em i kbd mark q rb ruby s samp small span strong sub sup time u var wbr".split(
    " ",
  ),
);

export const readHtml: FormatReader = async (file) => {
  const { text: html, charset, truncated } = await readTextFile(file, declaredCharset);
  const parts: string[] = [];
  const found: { title?: string; author?: string; language?: string } = {};
  let title = "";
  let isTitle = false;
  let unreadDepth = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === "html") found.language = attributes.lang;
      if (name === "meta" && attributes.name?.toLowerCase() === "author") {
        found.author = attributes.content;
      }
      if (name === "title") isTitle = true;
      if (unread.has(name)) unreadDepth += 1;
      if (!inline.has(name)) parts.push("\n");
    },
    ontext(text) {
      if (isTitle) title += text;
      else if (unreadDepth === 0) parts.push(text);
    },
    onclosetag(name) {
      if (name === "title") isTitle = false;
      if (unread.has(name)) unreadDepth -= 1;
      if (!inline.has(name)) parts.push("\n");
    },
  });
  parser.end(html);
  if (title.trim() !== "") found.title = title.replace(/\s+/g, " ").trim();
  const text = parts
    .join("")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n\s*/g, "\n")
    .trim();
  return { ...found, text, charset, truncated };
};

function declaredCharset(beginning: string): string | undefined {
  return /<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i.exec(beginning)?.[1];
}
