import { bucketNotifiesQueueOnce } from "./bucket-notifies-queue-once";
import { depthAlarmIsExact } from "./depth-alarm-is-exact";
import { mappingFitsReservedConcurrency } from "./mapping-fits-reserved-concurrency";
import { mappingReportsFailedRecords } from "./mapping-reports-failed-records";
import { queueHasAlarms } from "./queue-has-alarms";
import { queueHasDlq } from "./queue-has-dlq";
import { queueWorkerHasErrorAlarm } from "./queue-worker-has-error-alarm";
import { visibilityExceedsWorkerTimeout } from "./visibility-exceeds-worker-timeout";
import { visibilityLeavesRoomForRetries } from "./visibility-leaves-room-for-retries";

/** Every rule of the pack, in the order in which they are checked. */
export const rules = [
  queueHasDlq,
  visibilityExceedsWorkerTimeout,
  visibilityLeavesRoomForRetries,
  queueHasAlarms,
  depthAlarmIsExact,
  queueWorkerHasErrorAlarm,
  mappingReportsFailedRecords,
  mappingFitsReservedConcurrency,
  bucketNotifiesQueueOnce,
];
