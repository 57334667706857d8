const usualPrefixes = ["office", "table", "text", "form"];

/** Any prefix may stand for a namespace. Gives attributes the names that they have in nearly all files. */
export class OpenDocumentNames {
  /** The usual prefix by the one in the file, where they differ. */
  private readonly prefixes = new Map<string, string>();

  usual(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    for (const name in attributes) {
      if (name.startsWith("xmlns:")) this.learn(name.slice("xmlns:".length), attributes[name]);
    }
    if (this.prefixes.size === 0) return attributes;
    const renamed: Record<string, string> = { ...attributes };
    for (const [name, value] of Object.entries(attributes)) {
      const [prefix = "", local = ""] = name.split(":");
      const usual = this.prefixes.get(prefix);
      if (usual !== undefined) renamed[`${usual}:${local}`] = value;
    }
    return renamed;
  }

  private learn(prefix: string, namespace = ""): void {
    const usual = /^urn:oasis:names:tc:opendocument:xmlns:(\w+):/.exec(namespace)?.[1] ?? "";
    if (usual !== prefix && usualPrefixes.includes(usual)) this.prefixes.set(prefix, usual);
  }
}
