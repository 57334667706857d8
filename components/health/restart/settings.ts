import { z } from "zod";
import { apiProbeSchema } from "../../../contracts/api-probe";

/** What the function is told in its environment, as JSON. */
export const restartSettingsSchema = z.object({
  apis: z.record(
    z.string(),
    z.object({ alarm: z.string(), container: z.string(), workPath: apiProbeSchema.optional() }),
  ),
  host: z.object({ tagKey: z.string(), tagValue: z.string() }),
  /** Name of the Systems Manager document. */
  document: z.string(),
  limits: z.object({
    cooldownMinutes: z.number(),
    tries: z.int(),
    windowHours: z.number(),
  }),
});
export type RestartSettings = z.output<typeof restartSettingsSchema>;

/** Name of the variable. */
export const settingsVariable = "RESTARTS";
