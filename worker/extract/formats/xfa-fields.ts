/** A node of the tree that pdf.js makes of a page of an XFA form. */
export interface XfaNode {
  name?: string;
  value?: string;
  attributes?: { value?: string; textContent?: string };
  children?: (XfaNode | null)[];
}

const fields = new Set(["input", "textarea", "option"]);

/** What is filled in into the fields of a page. What is printed on it pdf.js gives as its text. */
export function xfaFields(root: XfaNode | null): string[] {
  const found: string[] = [];
  const rest = [root];
  while (rest.length > 0) {
    const node = rest.pop();
    if (node === null || node === undefined) continue;
    const { name = "", value, attributes = {}, children = [] } = node;
    if (fields.has(name)) found.push(attributes.textContent ?? value ?? attributes.value ?? "");
    rest.push(...children.toReversed());
  }
  return found.filter((text) => text.trim() !== "");
}
