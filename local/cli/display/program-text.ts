import { inspect } from "node:util";
import type { PropertyMap } from "../../values/property-value";
import { jsonMap } from "./values";

/** The TypeScript that declares a resource as it is, to be pasted into the program. */
export function programText(resource: {
  type: string;
  name: string;
  inputs: PropertyMap;
  protect: boolean;
}): string {
  const { type, name, inputs } = resource;
  const shown = Object.fromEntries(
    Object.entries(jsonMap(inputs, false)).filter(([key]) => key !== "__defaults"),
  );
  const text = inspect(shown, { depth: Infinity, maxArrayLength: null, maxStringLength: null });
  const options = resource.protect ? ", { protect: true }" : "";
  return `const ${variableOf(name)} = new ${classOf(type)}(${JSON.stringify(name)}, ${text}${options});`;
}

/** "aws:sqs/queue:Queue" is aws.sqs.Queue in the SDK. */
function classOf(type: string): string {
  const [packageName = "", module = "", name = ""] = type.split(":");
  const [folder = ""] = module.split("/");
  return [packageName, folder, name].filter((part) => part !== "" && part !== "index").join(".");
}

function variableOf(name: string): string {
  const camel = name.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string = "") => next.toUpperCase());
  return /^[0-9]/.test(camel) || camel === "" ? `imported${camel}` : camel;
}
