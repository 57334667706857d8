import type { Alerting } from "../../components/alarms/alerting";
import type { Deployment } from "../../components/deployment";
import { accountId, region } from "../support/recorded-program";

export const deployment: Deployment = { system: "shop", environment: "dev", region, accountId };

export const alerting: Alerting = {
  topics: {
    warning: `arn:aws:sns:${region}:${accountId}:alerts-warning`,
    critical: `arn:aws:sns:${region}:${accountId}:alerts-critical`,
  },
  runbookBaseUrl: "https://docs.example.com/runbooks/",
  owner: "Orders team",
  language: "en",
};
