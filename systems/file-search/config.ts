import { z } from "zod";
import { levelRange } from "../../components/alarms/levels";
import { fitsTag, tagRule } from "../../components/deployment";
import { defaultFleetLevels, fleetRanges, instanceTypeFault } from "../../components/fleet";
import { retentionDays } from "../../components/log-group";
import { parameterName, parameterRule } from "../../components/parameter-name";
import { defaultQueueLevels, queueRanges } from "../../components/queue";
import {
  loadConfiguration,
  wholeNumber,
  type Configuration,
  type ConfigurationRules,
} from "../configuration";

const matching = (pattern: RegExp, rule: string) => z.string(rule).regex(pattern, rule);
const level = wholeNumber(levelRange).optional();
const trueOrFalse = z.boolean("must be true or false");
const bucketParts = [
  "",
  "-versioning",
  "-encryption",
  "-closed",
  "-ownership",
  "-lifecycle",
  "-policy",
];
/** Names, in the program, of what may exist before the first update. */
const adoptable = [
  ...["files-queue", "files-dlq", "uploads-to-files"],
  ...["uploads", "scripts"].flatMap((bucket) => bucketParts.map((part) => `${bucket}${part}`)),
];
const adoptRule = `must be a list of names that \`ops adopt\` writes, each once, out of ${adoptable.join(", ")}`;
const keptRule = `must name, as \`ops adopt --finish\` writes it, only ${adoptable.join(", ")}`;
const removedRule = `must be a list of "resource/entry" with one of these resources: ${adoptable.join(", ")}`;
const subnets = 'must be a list like ["subnet-0a1b2c3d"]';
const ports = "must be a list of TCP ports with 443 in it, because AWS is called on it";
const likeMedium = 'must be an x86 type for Linux such as "t3.medium"';
const addresses = "must be a list of e-mail addresses";
const emails = z.array(z.email(addresses), addresses);
const mustFitTag = `must be ${tagRule}, as tags of alarms take them`;

/** Every key of Pulumi.yaml, and the optional keys whose defaults are in the components. */
const shape = {
  bucketSuffix: matching(/^(-[a-z0-9-]*[a-z0-9])?$/, 'must be empty or like "-acme"'),
  protect: trueOrFalse,
  adopt: z
    .array(z.enum(adoptable, adoptRule), adoptRule)
    .refine((names) => new Set(names).size === names.length, adoptRule),
  kept: z.partialRecord(z.enum(adoptable), z.array(z.unknown()), keptRule).optional(),
  removed: z
    .array(
      z
        .string(removedRule)
        .refine((name) => adoptable.includes(name.split("/")[0] ?? ""), removedRule),
      removedRule,
    )
    .optional(),
  visibilityTimeoutSeconds: wholeNumber(queueRanges.visibilityTimeoutSeconds),
  maxReceiveCount: wholeNumber(queueRanges.maxReceiveCount),
  jobTimeoutSeconds: wholeNumber(queueRanges.jobTimeoutSeconds),
  shutdownGraceSeconds: wholeNumber(fleetRanges.shutdownGraceSeconds).optional(),
  workerConcurrency: wholeNumber(fleetRanges.concurrency).optional(),
  instanceType: z
    .string(likeMedium)
    .refine((type) => instanceTypeFault(type) === undefined, likeMedium),
  machinesMinimum: wholeNumber(fleetRanges.machinesMinimum),
  machinesMaximum: wholeNumber(fleetRanges.machinesMaximum),
  backlogPerMachine: wholeNumber(fleetRanges.backlogPerMachine).optional(),
  releaseLaunchesFirst: trueOrFalse,
  releaseWarmUpSeconds: wholeNumber(fleetRanges.warmUpSeconds).optional(),
  vpcId: matching(/^(vpc-[0-9a-f]+)?$/, 'must be empty or like "vpc-0a1b2c3d"'),
  subnetIds: z.array(matching(/^subnet-[0-9a-f]+$/, subnets), subnets),
  egressPorts: z
    .array(wholeNumber(fleetRanges.egressPort), ports)
    .refine((list) => list.includes(443), ports),
  databaseUrlParameter: matching(parameterName, parameterRule),
  databaseCaParameter: matching(parameterName, parameterRule).optional(),
  slackWebhookParameter: z.union([z.literal(""), z.string().regex(parameterName)], {
    error: `must be empty, or ${parameterRule}`,
  }),
  criticalEmails: emails,
  warningEmails: emails,
  language: z.enum(["en", "ja"], 'must be "en" or "ja"'),
  owner: z.string(mustFitTag).refine(fitsTag, mustFitTag),
  runbookBaseUrl: z
    .url({ protocol: /^https$/, error: "must be an https URL" })
    .refine(fitsTag, mustFitTag),
  logRetentionDays: z
    .literal(retentionDays, `must be one of ${retentionDays.join(", ")}`)
    .optional(),
  queueDepthWarning: level,
  queueDepthCritical: level,
  deadLettersWarning: wholeNumber(queueRanges.deadLettersWarning).optional(),
  deadLettersCritical: wholeNumber(queueRanges.deadLettersCritical).optional(),
  oldestMessageAgeSeconds: wholeNumber(queueRanges.oldestMessageAgeSeconds).optional(),
  machinesWarning: level,
  machinesCritical: level,
  errorLogsWarning: level,
  errorLogsCritical: level,
};

export const configurationRules: ConfigurationRules<typeof shape> = {
  shape,
  orders: [
    { smaller: "jobTimeoutSeconds", larger: "visibilityTimeoutSeconds", mayBeEqual: false },
    { smaller: "machinesMinimum", larger: "machinesMaximum", mayBeEqual: true },
    { smaller: "queueDepthWarning", larger: "queueDepthCritical", mayBeEqual: true },
    { smaller: "deadLettersWarning", larger: "deadLettersCritical", mayBeEqual: true },
    { smaller: "machinesWarning", larger: "machinesCritical", mayBeEqual: true },
    { smaller: "errorLogsWarning", larger: "errorLogsCritical", mayBeEqual: true },
  ],
  defaults: {
    queueDepthWarning: defaultQueueLevels.depth.warning,
    queueDepthCritical: defaultQueueLevels.depth.critical,
    deadLettersWarning: defaultQueueLevels.deadLetters.warning,
    deadLettersCritical: defaultQueueLevels.deadLetters.critical,
    machinesWarning: defaultFleetLevels.machines.warning,
    machinesCritical: defaultFleetLevels.machines.critical,
    errorLogsWarning: defaultFleetLevels.errorLogsPerHour.warning,
    errorLogsCritical: defaultFleetLevels.errorLogsPerHour.critical,
  },
  exampleRegion: "ap-northeast-1",
};

export type FileSearchConfig = Configuration<typeof shape>;

export const loadConfig = (): FileSearchConfig => loadConfiguration(configurationRules);
