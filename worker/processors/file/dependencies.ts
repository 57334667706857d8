import type { S3Client } from "@aws-sdk/client-s3";
import type { ExtractionLimits, Extractor } from "../../extract";
import type { IndexStore } from "../../index-store";

export interface FileProcessorDependencies {
  s3: Pick<S3Client, "send">;
  store: IndexStore;
  extractor: Extractor;
  limits: Pick<ExtractionLimits, "maxObjectBytes">;
}
