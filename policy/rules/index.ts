import { queueHasDlq } from "./queue-has-dlq";

export const rules = [queueHasDlq];
