import { roles } from "../steps/roles";

export const refusedRoles = roles({
  "alerts-slack-role": ["read Slack's secret", "publish an alert"],
  "alerts-slack-tick-role": [],
  "asr-role": ["receive from a queue", "send to a queue"],
  "sed-role": [],
  "ser-role": [],
  "dashboard-summary-role": [],
  "dashboard-analysis-role": [],
  "api-health-role": [],
  "api-health-schedule-role": [],
  "back-pressure-role": [],
  "back-pressure-tick-role": [],
  "api-restart-role": ["publish an alert"],
  "api-restart-schedule-role": [],
  "aggregator-checker-role": [],
  "aggregator-checker-schedule-role": ["call a function"],
  "message-check-role": ["send to a queue"],
  "audio-processor-role": ["send to a queue"],
});
