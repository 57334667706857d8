import { z } from "zod";
import type { Feature } from "../../contracts/watchme";
import { restartRanges } from "../../components/health";
import { lambdaWorkerRanges } from "../../components/lambda-worker";
import { parameterName, parameterRule } from "../../components/parameter-name";
import { queueRanges } from "../../components/queue";
import { adoptionShape, bucketResources, queueResources } from "../adoption-configuration";
import { alertingShape } from "../alerting-configuration";
import {
  loadConfiguration,
  wholeNumber,
  type Configuration,
  type ConfigurationRules,
} from "../configuration";
import { stages } from "./migration";
import { workerKeys } from "./names";

const matching = (pattern: RegExp, rule: string) => z.string(rule).regex(pattern, rule);
const trueOrFalse = z.boolean("must be true or false");
/** Paths are added to it, and a request cannot be made to a URL with a user or a password. */
const apiUrl = z
  .url({
    protocol: /^https?$/,
    error: 'must be a URL such as "https://api.example.com/behavior"',
  })
  .regex(/^[^@?#\s]*$/, "must be a URL without a user, a password, a query, a fragment and blanks");
const container = matching(
  /^[a-zA-Z0-9][\w.-]{0,127}$/,
  'must be the name of a Docker container: letters, digits, ".", "-" and "_"',
);
const stage = z.enum(stages, `must be one of ${stages.join(", ")}`);
const concurrency = wholeNumber(lambdaWorkerRanges.maximumConcurrency);
/** Seconds. Lambda's longest timeout. */
const functionTimeout = wholeNumber({ min: 1, max: 900 });
/** Names, in the program, of what may exist before the first update. */
const adoptable = [
  ...workerKeys.flatMap(queueResources),
  ...bucketResources("recordings"),
  "recordings-to-processor",
];

const pollersRule = 'must be like {"minimum": 2, "maximum": 4}';
const pollers = z
  .strictObject(
    {
      minimum: wholeNumber(lambdaWorkerRanges.minimumPollers),
      maximum: wholeNumber(lambdaWorkerRanges.maximumPollers),
    },
    pollersRule,
  )
  .optional();

/** Every key of Pulumi.yaml, and the optional keys whose defaults are in the components. */
const shape = {
  bucketSuffix: matching(/^(-[a-z0-9-]*[a-z0-9])?$/, 'must be empty or like "-acme"'),
  protect: trueOrFalse,
  ...adoptionShape(adoptable),
  vibeTranscriberApiUrl: apiUrl,
  behaviorApiUrl: apiUrl,
  emotionApiUrl: apiUrl,
  apiHostName: matching(/^[\w .:/=+@-]{1,256}$/, "must be the Name tag of the machine of the APIs"),
  vibeTranscriberContainer: container,
  behaviorContainer: container,
  emotionContainer: container,
  restartCooldownMinutes: wholeNumber(restartRanges.cooldownMinutes).optional(),
  restartTries: wholeNumber(restartRanges.tries).optional(),
  databaseUrlParameter: matching(parameterName, parameterRule),
  databaseCaParameter: matching(parameterName, parameterRule).optional(),
  visibilityTimeoutSeconds: wholeNumber(queueRanges.visibilityTimeoutSeconds),
  workerTimeoutSeconds: functionTimeout,
  // Below the 100 seconds after which the APIs' proxy cuts a request.
  apiTimeoutSeconds: wholeNumber({ min: 1, max: 95 }),
  backOffSeconds: wholeNumber({ min: 1, max: 300 }).optional(),
  dashboardTimeoutSeconds: functionTimeout,
  dashboardBatchSize: wholeNumber(lambdaWorkerRanges.batchSize).optional(),
  dashboardBatchingWindowSeconds: wholeNumber(lambdaWorkerRanges.batchingWindowSeconds).optional(),
  maxReceiveCount: wholeNumber(queueRanges.maxReceiveCount),
  fifoMaxReceiveCount: wholeNumber(queueRanges.maxReceiveCount),
  asrConcurrency: concurrency,
  sedConcurrency: concurrency,
  serConcurrency: concurrency,
  asrPollers: pollers,
  sedPollers: pollers,
  serPollers: pollers,
  reserveConcurrency: trueOrFalse,
  asrFifo: stage,
  sedFifo: stage,
  serFifo: stage,
  deadLettersWarning: wholeNumber(queueRanges.deadLettersWarning).optional(),
  deadLettersCritical: wholeNumber(queueRanges.deadLettersCritical),
  oldestMessageAgeSeconds: wholeNumber(queueRanges.oldestMessageAgeSeconds),
  ...alertingShape,
};

export const configurationRules: ConfigurationRules<typeof shape> = {
  shape,
  orders: [
    { smaller: "workerTimeoutSeconds", larger: "visibilityTimeoutSeconds", mayBeEqual: false },
    // A worker needs the rest to start, and to say what became of its messages. With less it would call no API at all.
    { smaller: "apiTimeoutSeconds", larger: "workerTimeoutSeconds", mayBeEqual: true, gap: 5 },
    { smaller: "deadLettersWarning", larger: "deadLettersCritical", mayBeEqual: true },
  ],
  defaults: {},
  exampleRegion: "ap-southeast-2",
};

export type WatchmeConfig = Configuration<typeof shape>;

export const loadConfig = (): WatchmeConfig => loadConfiguration(configurationRules);

/** The settings that each of the three APIs has. */
export const ofFeature = (config: WatchmeConfig, feature: Feature) => ({
  concurrency: config[`${feature}Concurrency`],
  pollers: config[`${feature}Pollers`],
  stage: config[`${feature}Fifo`],
});

export const apiUrls = (config: WatchmeConfig): Record<Feature, string> => ({
  asr: config.vibeTranscriberApiUrl,
  sed: config.behaviorApiUrl,
  ser: config.emotionApiUrl,
});

/** Docker containers of the APIs. */
export const containers = (config: WatchmeConfig): Record<Feature, string> => ({
  asr: config.vibeTranscriberContainer,
  sed: config.behaviorContainer,
  ser: config.emotionContainer,
});
