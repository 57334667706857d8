import { z } from "zod";

/** A request that an API answers without work: `GET /health`, or an empty body to the path that does the work, which the
 *  API refuses with 422. */
export const apiProbeSchema = z.object({
  url: z.url(),
  method: z.enum(["GET", "POST"]),
  /** JSON text. */
  body: z.string().optional(),
  /** Statuses of a working API. */
  expected: z.array(z.int()).min(1),
  timeoutSeconds: z.int().min(1),
});
export type ApiProbe = z.output<typeof apiProbeSchema>;

/** The path of WatchMe's APIs that takes work, and the status with which they accept it. */
export const workPath = "/async-process";
export const acceptedStatus = 202;
