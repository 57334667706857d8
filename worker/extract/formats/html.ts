import { Parser } from "htmlparser2";
import { TextBuilder } from "../text-builder";
import type { FormatReader } from "./reader";
import { readTextFile } from "./text-file";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Their content is no markup for a parser of HTML. */
const raw = words("script style");

/** Not shown. */
const unread = new Set([...raw, "template"]);

/** Those of pages, in which these elements are not shown. In others, they are elements like any. */
const namespaces = words(
  "http://www.w3.org/1999/xhtml http://www.w3.org/2000/svg http://www.w3.org/1998/Math/MathML",
);

/** Elements that begin on a line of their own, or stand apart from the words beside them. All others, unknown ones too,
 *  may be a part of a word. Source: HTML Standard, "Rendering". */
const blocks = words(
  "address area article aside audio blockquote body br button canvas caption center col colgroup dd desc details dialog " +
    "dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr " +
    "html iframe input legend li link listing main map math menu meta meter nav noframes noscript object ol optgroup " +
    "option p plaintext pre progress search section select summary svg table tbody td text textarea tfoot th thead " +
    "title tr track ul video xmp",
);

/** Line ends in them are shown. */
const preformatted = words("listing plaintext pre textarea xmp");

/** A blank as any other, which is told apart from the end of a block. */
const sourceLineEnd = "\r";

/** Japanese and Chinese have no blanks between words. */
const inJapanese =
  /(?<=[々〆ぁ-ヿ㐀-鿿豈-﫿、。])[^\S\n]*\r[^\S\n]*(?=[々〆ぁ-ヿ㐀-鿿豈-﫿「『（])/g;

/** Attributes that are shown, or read out. */
const spoken = words(
  "alt title placeholder label summary aria-label aria-description aria-placeholder aria-roledescription aria-valuetext",
);

/** What a page says of itself: description, keywords, and the same for social networks. */
const spokenMeta = /^(og:|twitter:|dc\.|dcterms\.)?(description|keywords|title|subject)$/i;

export const readHtml: FormatReader = async (file) => {
  const { text: html, charset, truncated, doubts } = await readTextFile(file, declaredCharset);
  const page = new Page();
  readInto(page, html);
  return { ...page.found, text: page.toString(), charset, truncated, doubts };
};

/** The text of a page in a page. */
export function htmlText(html: string): string {
  const page = new Page();
  readInto(page, html);
  return page.toString();
}

function readInto(page: Page, html: string): void {
  const isXml = isXhtml(html);
  const parser = new Parser(page, {
    // In XHTML an element may end where it begins: <script src="…"/>.
    recognizeSelfClosing: isXml,
    recognizeCDATA: isXml,
  });
  parser.end(isXml ? withoutPrefixes(withEntities(html)) : withEntities(html));
}

interface OpenElement {
  name: string;
  namespace: string | undefined;
  isUnread: boolean;
}

/** Collects what a page shows. */
class Page {
  readonly found: { title?: string; author?: string; language?: string } = {};
  private readonly text = new TextBuilder();
  private title: string | undefined;
  private readonly path: OpenElement[] = [];
  private unreadDepth = 0;
  private datalistDepth = 0;
  private pictureDepth = 0;
  private preformattedDepth = 0;
  private ruby: "base" | "reading" | undefined;

  toString(): string {
    return this.text
      .toString()
      .replace(inJapanese, "")
      .replace(/[^\S\n]+/g, " ")
      .replace(/ ?\n\s*/g, "\n")
      .trim();
  }

  onopentag(name: string, attributes: Record<string, string>): void {
    if (name === "html") this.found.language = attributes.lang ?? attributes["xml:lang"];
    if (name === "meta") this.meta(attributes);
    const namespace = attributes.xmlns ?? this.path.at(-1)?.namespace;
    const isUnread = isNotShown(name, namespace, attributes);
    this.path.push({ name, namespace, isUnread });
    if (isUnread) this.unreadDepth += 1;
    if (name === "datalist") this.datalistDepth += 1;
    if (name === "svg" || name === "math") this.pictureDepth += 1;
    if (preformatted.has(name)) this.preformattedDepth += 1;
    if (name === "title" && this.pictureDepth === 0 && this.found.title === undefined) {
      this.title = "";
    }
    if (this.unreadDepth > 0) return;
    if (name === "ruby" || name === "rb") this.ruby = "base";
    else if (name === "rt") this.ruby = "reading";
    else if (blocks.has(name)) this.text.endBlock();
    for (const attribute of spoken) this.speak(attributes[attribute]);
    if (name === "input" && !/^(hidden|password)$/i.test(attributes.type ?? "")) {
      this.speak(attributes.value);
    }
    // What is proposed to the one who fills in a field.
    if (name === "option" && this.datalistDepth > 0) this.speak(attributes.value);
    if (name === "iframe" && attributes.srcdoc !== undefined) {
      this.speak(htmlText(attributes.srcdoc));
    }
  }

  ontext(text: string): void {
    if (this.title !== undefined) this.title += text;
    else if (this.unreadDepth > 0) return;
    // One of another namespace: what it holds is markup.
    else if (raw.has(this.path.at(-1)?.name ?? "")) this.text.add(htmlText(text));
    else if (this.ruby === "reading") this.text.addReading(text.trim());
    else if (this.ruby === "base") this.text.addBase(this.shown(text));
    else this.text.add(this.shown(text));
  }

  onclosetag(name: string): void {
    if (name === "title" && this.title !== undefined) {
      const title = this.title.replace(/\s+/g, " ").trim();
      if (title !== "") this.found.title = title;
      this.title = undefined;
    }
    if (name === "svg" || name === "math") this.pictureDepth -= 1;
    if (preformatted.has(name)) this.preformattedDepth -= 1;
    if (name === "datalist") this.datalistDepth -= 1;
    if (this.path.pop()?.isUnread === true) this.unreadDepth -= 1;
    if (this.unreadDepth > 0) return;
    if (name === "ruby") this.ruby = undefined;
    else if (name === "rt") this.ruby = "base";
    else if (blocks.has(name)) this.text.endBlock();
  }

  /** Where a line of the source ends, a page shows a blank, unless the text is preformatted. */
  private shown(text: string): string {
    return text.replace(/\r\n?|\n/g, this.preformattedDepth > 0 ? "\n" : sourceLineEnd);
  }

  private meta({ name, property, content = "" }: Record<string, string>): void {
    const kind = name ?? property ?? "";
    if (kind.toLowerCase() === "author") this.found.author = content;
    if (spokenMeta.test(kind)) this.speak(content);
  }

  private speak(text = ""): void {
    this.text.addAfterBlock(text);
  }
}

function isNotShown(
  name: string,
  namespace: string | undefined,
  attributes: Record<string, string>,
): boolean {
  if (name === "rp") return true;
  // Such a template is the content of the element around it.
  if (name === "template" && attributes.shadowrootmode !== undefined) return false;
  return unread.has(name) && (namespace === undefined || namespaces.has(namespace));
}

/** In XHTML, the elements of a page may have a prefix: <h:script>. */
function withoutPrefixes(html: string): string {
  const prefixes = [...html.slice(0, 20_000).matchAll(/xmlns:([\w-]+)\s*=\s*["']([^"']*)["']/g)]
    .filter(([, , namespace = ""]) => namespaces.has(namespace))
    .map(([, prefix]) => prefix);
  if (prefixes.length === 0) return html;
  return html.replace(new RegExp(`(</?)(?:${prefixes.join("|")}):(?=\\w)`, "g"), "$1");
}

/** In XHTML, a page may define entities of its own before it begins. */
function withEntities(html: string): string {
  const [definitions] = /<!DOCTYPE[^>[]*\[[^\]]*\]\s*>/i.exec(html.slice(0, 20_000)) ?? [];
  if (definitions === undefined) return html;
  const own = new Map(
    [...definitions.matchAll(/<!ENTITY\s+([\w.-]+)\s+(?:"([^"]*)"|'([^']*)')/g)].map(
      ([, name = "", double, single = ""]) => [name, double ?? single],
    ),
  );
  return html
    .replace(definitions, "")
    .replace(/&([\w.-]+);/g, (entity, name: string) => own.get(name) ?? entity);
}

function isXhtml(html: string): boolean {
  return /^\s*<\?xml|<!doctype[^>]*xhtml|<([\w-]+:)?html[^>]*xmlns[:=]/i.test(html.slice(0, 2000));
}

function declaredCharset(beginning: string): string | undefined {
  return (/<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i.exec(beginning) ??
    /^\s*<\?xml[^>]*encoding=["']([\w.:-]+)/.exec(beginning))?.[1];
}
