import { Parser } from "htmlparser2";
import { TextBuilder } from "../text-builder";
import type { FormatReader } from "./reader";
import { readTextFile } from "./text-file";

/** Not shown. */
const unread = new Set(["script", "style", "template"]);
const inline = new Set(
  "a abbr b bdi bdo cite code data dfn em font i kbd mark q rb rp rt ruby s samp small span strong sub sup time u var wbr".split(
    " ",
  ),
);

/** Attributes that are shown, or read out. */
const spoken = ["alt", "title", "placeholder", "aria-label"];

export const readHtml: FormatReader = async (file) => {
  const { text: html, charset, truncated, doubts } = await readTextFile(file, declaredCharset);
  const page = new Page();
  const parser = new Parser(page, {
    // In XHTML an element may end where it begins: <script src="…"/>.
    recognizeSelfClosing: isXhtml(html),
  });
  parser.end(html);
  return { ...page.found, text: page.toString(), charset, truncated, doubts };
};

/** Collects what a page shows. */
class Page {
  readonly found: { title?: string; author?: string; language?: string } = {};
  private readonly text = new TextBuilder();
  private title: string | undefined;
  private unreadDepth = 0;
  private pictureDepth = 0;
  private ruby: "base" | "reading" | undefined;

  toString(): string {
    return this.text
      .toString()
      .replace(/[^\S\n]+/g, " ")
      .replace(/ ?\n\s*/g, "\n")
      .trim();
  }

  onopentag(name: string, attributes: Record<string, string>): void {
    if (name === "html") this.found.language = attributes.lang ?? attributes["xml:lang"];
    if (name === "meta") this.meta(attributes);
    if (unread.has(name)) this.unreadDepth += 1;
    if (name === "svg" || name === "math") this.pictureDepth += 1;
    if (name === "title" && this.pictureDepth === 0 && this.found.title === undefined) {
      this.title = "";
    }
    if (this.unreadDepth > 0) return;
    if (name === "ruby" || name === "rb") this.ruby = "base";
    else if (name === "rt") this.ruby = "reading";
    else if (name === "rp") this.unreadDepth += 1;
    else if (!inline.has(name)) this.text.endBlock();
    for (const attribute of spoken) this.speak(attributes[attribute]);
    if (name === "input" && !/^(hidden|password)$/i.test(attributes.type ?? "")) {
      this.speak(attributes.value);
    }
  }

  ontext(text: string): void {
    if (this.title !== undefined) this.title += text;
    else if (this.unreadDepth > 0) return;
    else if (this.ruby === "reading") this.text.addReading(text.trim());
    else if (this.ruby === "base") this.text.addBase(text);
    else this.text.add(text);
  }

  onclosetag(name: string): void {
    if (name === "title" && this.title !== undefined) {
      const title = this.title.replace(/\s+/g, " ").trim();
      if (title !== "") this.found.title = title;
      this.title = undefined;
    }
    if (name === "svg" || name === "math") this.pictureDepth -= 1;
    if (unread.has(name) || (name === "rp" && this.unreadDepth > 0)) this.unreadDepth -= 1;
    if (this.unreadDepth > 0) return;
    if (name === "ruby") this.ruby = undefined;
    else if (name === "rt") this.ruby = "base";
    else if (!inline.has(name)) this.text.endBlock();
  }

  private meta({ name = "", content = "" }: Record<string, string>): void {
    const kind = name.toLowerCase();
    if (kind === "author") this.found.author = content;
    if (kind === "description" || kind === "keywords") this.speak(content);
  }

  private speak(text = ""): void {
    this.text.addAfterBlock(text);
  }
}

function isXhtml(html: string): boolean {
  return /^\s*<\?xml|<!doctype[^>]*xhtml|<html[^>]*xmlns=/i.test(html.slice(0, 2000));
}

function declaredCharset(beginning: string): string | undefined {
  return (/<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i.exec(beginning) ??
    /^\s*<\?xml[^>]*encoding=["']([\w.:-]+)/.exec(beginning))?.[1];
}
