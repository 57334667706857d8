import { z } from "zod";
import { levelRange } from "../../components/alarms/levels";
import { defaultFleetLevels, fleetRanges, instanceTypeFault } from "../../components/fleet";
import { retentionDays } from "../../components/log-group";
import { parameterName, parameterRule } from "../../components/parameter-name";
import { defaultQueueLevels, queueRanges } from "../../components/queue";
import { alertingShape } from "../alerting-configuration";
import { adoptionShape, bucketResources, queueResources } from "../adoption-configuration";
import {
  loadConfiguration,
  wholeNumber,
  type Configuration,
  type ConfigurationRules,
} from "../configuration";

const matching = (pattern: RegExp, rule: string) => z.string(rule).regex(pattern, rule);
const level = wholeNumber(levelRange).optional();
const trueOrFalse = z.boolean("must be true or false");
/** Names, in the program, of what may exist before the first update. */
const adoptable = [
  ...queueResources("files"),
  "uploads-to-files",
  ...["uploads", "scripts"].flatMap(bucketResources),
];
const subnets = 'must be a list like ["subnet-0a1b2c3d"]';
const ports = "must be a list of TCP ports with 443 in it, because AWS is called on it";
const likeMedium = 'must be an x86 type for Linux such as "t3.medium"';
/** Every key of Pulumi.yaml, and the optional keys whose defaults are in the components. */
const shape = {
  bucketSuffix: matching(/^(-[a-z0-9-]*[a-z0-9])?$/, 'must be empty or like "-acme"'),
  protect: trueOrFalse,
  ...adoptionShape(adoptable),
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
  ...alertingShape,
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
