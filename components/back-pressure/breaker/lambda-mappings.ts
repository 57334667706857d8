import {
  GetEventSourceMappingCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import type { Mappings } from "./back-pressure";
import type { LiveMapping, MappingUpdate } from "./plan";

/** Event source mappings of Lambda. */
export class LambdaMappings implements Mappings {
  constructor(private readonly lambda: LambdaClient) {}

  async read(uuid: string): Promise<LiveMapping | undefined> {
    try {
      const mapping = await this.lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }));
      return {
        state: mapping.State ?? "",
        maximumConcurrency: mapping.ScalingConfig?.MaximumConcurrency,
        isProvisioned: mapping.ProvisionedPollerConfig !== undefined,
      };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async update(
    uuid: string,
    { enabled, maximumConcurrency }: MappingUpdate,
  ): Promise<"accepted" | "busy"> {
    try {
      await this.lambda.send(
        new UpdateEventSourceMappingCommand({
          UUID: uuid,
          ...(enabled !== undefined && { Enabled: enabled }),
          ...(maximumConcurrency !== undefined && {
            // An empty configuration removes the limit.
            ScalingConfig:
              maximumConcurrency === "unlimited" ? {} : { MaximumConcurrency: maximumConcurrency },
          }),
        }),
      );
      return "accepted";
    } catch (error) {
      // While it is "Enabling", "Disabling", "Updating" … Source: Lambda API, UpdateEventSourceMapping.
      if (error instanceof ResourceInUseException) return "busy";
      throw error;
    }
  }
}
