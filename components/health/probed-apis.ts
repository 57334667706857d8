import { z } from "zod";
import { apiProbeSchema } from "../../contracts/api-probe";

/** What is asked of each API, by its key. In the environment of the probe as JSON. */
export const probedApisSchema = z.record(
  z.string(),
  z.object({
    /** `GET /health`. */
    health: apiProbeSchema,
    /** The path that does the work, with a request that creates none. In the incident `/health` hung while this one
     *  answered. */
    workPath: apiProbeSchema,
  }),
);
export type ProbedApis = z.output<typeof probedApisSchema>;
export type ProbedApi = ProbedApis[string];

/** Name of the variable. */
export const probedApisVariable = "APIS";
