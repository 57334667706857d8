import { extractRawText } from "mammoth";
import { inspectZip } from "../zip-guard";
import { readCoreProperties } from "./office-properties";
import type { FormatReader } from "./reader";

const properties = "docProps/core.xml";

export const readDocx: FormatReader = async ({ path, bytes, limits }) => {
  const parts = await inspectZip(path, bytes, limits, [properties]);
  const { value } = await extractRawText({ path });
  return { ...readCoreProperties(parts.get(properties)), text: value };
};
