import { AutoRestart } from "../../../components/health";
import type { AutoRestartArgs } from "../../../components/health/auto-restart-arguments";
import { stateTable } from "../../../components/state-table";
import { recordProgram } from "../../support/recorded-program";
import { alerting, deployment } from "../alerting-fixture";

export const buildAutoRestart = (over: Partial<AutoRestartArgs> = {}) =>
  recordProgram(() => {
    const { output, alarms } = new AutoRestart("restart", {
      deployment,
      functionName: "shop-api-restart",
      apis: {
        behavior: { alarm: "shop-behavior-work-path", container: "behavior-api" },
        emotion: {
          alarm: "shop-emotion-work-path",
          container: "emotion-api",
          insideUrl: "http://localhost:8018/health",
        },
      },
      host: { tagKey: "Role", tagValue: "shop-apis" },
      stateTable: stateTable("state", { deployment, tableName: "shop-state" }),
      criticalTopic: {
        arn: alerting.topics.critical,
        keyArn: "arn:aws:kms:ap-northeast-1:1:key/k",
      },
      alerting,
      ...over,
    });
    return { output, alarms };
  });
