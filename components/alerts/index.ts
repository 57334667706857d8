export { AlertHub } from "./alert-hub";
export type { AlertHubArgs } from "./alert-hub-arguments";
export { slackNotifierEntry } from "./slack-notifier";
