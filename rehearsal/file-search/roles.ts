import { roles } from "../steps/roles";

export const refusedRoles = roles({
  "workers-role": ["receive from a queue"],
  "workers-release-guard-role": ["publish an alert"],
  "alerts-slack-role": ["read Slack's secret", "publish an alert"],
  "alerts-slack-tick-role": [],
});
