import { output, string } from "../shape";

/** IAM is one for all regions: its types have no `region`. */
export const gone = ["NoSuchEntityException", "NoSuchEntity"];

export const identity = {
  arn: output(string()),
  createDate: output(string()),
  uniqueId: output(string()),
};

/** IAM answers documents URL-encoded. */
export const decodeDocument = (document: string | undefined) =>
  document === undefined ? "" : decodeURIComponent(document);
