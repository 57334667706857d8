declare module "subset-font" {
  /** The font reduced to the glyphs of a text. */
  export default function subsetFont(
    font: Buffer,
    text: string,
    options: { targetFormat: "sfnt" | "woff" | "woff2" | "truetype" },
  ): Promise<Buffer>;
}
