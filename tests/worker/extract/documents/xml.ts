export const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** In a file of relationships: the kind is the last word of its type. */
export const relationships = (...entries: [id: string, kind: string, target: string][]) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${entries
    .map(
      ([id, kind, target]) =>
        `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${kind}" Target="${target}"/>`,
    )
    .join("")}</Relationships>`;

export const contentTypes = (part: string, type: string) =>
  `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.${type}.main+xml"/></Types>`;

export const namespaces = [
  ...["w", "r", "mc", "wp", "a", "m", "c", "p", "wps", "v", "cx", "xdr", "dgm"],
]
  .map((prefix) => `xmlns:${prefix}="http://${prefix}"`)
  .join(" ");

/** What an Office file says of itself, in its three parts of properties. */
export const propertyPlaces = ["subject", "keywords", "description", "company", "custom"];

export const propertyRelationships: [id: string, kind: string, target: string][] = [
  ["p1", "metadata/core-properties", "package/core.psmdcp"],
  ["p2", "extended-properties", "docProps/app.xml"],
  ["p3", "custom-properties", "docProps/custom.xml"],
];

export function propertyParts(texts: Readonly<Record<string, string>>) {
  const text = (place: string) => escaped(texts[place] ?? "");
  return {
    "package/core.psmdcp": `<cp:coreProperties xmlns:cp="http://cp" xmlns:dc="http://dc"><dc:subject>${text("subject")}</dc:subject><cp:keywords>${text("keywords")}</cp:keywords><dc:description>${text("description")}</dc:description></cp:coreProperties>`,
    "docProps/app.xml": `<Properties xmlns="http://p"><Company>${text("company")}</Company></Properties>`,
    "docProps/custom.xml": `<Properties xmlns="http://p" xmlns:vt="http://vt"><property name="x"><vt:lpwstr>${text("custom")}</vt:lpwstr></property></Properties>`,
  };
}
