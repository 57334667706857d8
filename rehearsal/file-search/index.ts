import { repeat, deploy } from "../steps/deploy";
import { deployer } from "../steps/deployer";
import { webhook } from "../steps/start";
import { bound } from "../steps/step";
import type { RehearsedSystem } from "../rehearsed-system";
import { SystemRun } from "../system-run";
import type { Rehearsal } from "../rehearsal";
import type { SlackEndpoint } from "../slack-endpoint";
import { alarm } from "./alarm";
import { drift, refusal, repair } from "./guard";
import { deadLetterReasons, queueOf } from "./observe";
import { fix, gate, rollback } from "./release";
import type { FileSearchRun } from "./run";
import { refusedRoles } from "./roles";
import { search } from "./search";
import { counted, processed, upload } from "./upload";

const region = "ap-northeast-1";

export function fileSearch(rehearsal: Rehearsal, slack: SlackEndpoint): RehearsedSystem {
  const run: FileSearchRun = new SystemRun(rehearsal, "file-search", slack);
  const counts = () => ({
    uploaded: run.find("files")?.length ?? 0,
    indexed: run.find("indexed") ?? 0,
    "dead-lettered": run.find("deadLettered") ?? 0,
    skipped: run.find("skipped") ?? 0,
    "left in the queue": run.find("leftInQueue") ?? 0,
    "processed twice": run.find("processedTwice") ?? 0,
    resources: run.find("resources") ?? 0,
  });
  return {
    run,
    stages: bound(run, [
      webhook(region),
      deployer,
      deploy,
      refusedRoles,
      upload,
      processed,
      counted,
      search,
      alarm,
      drift,
      repair,
      refusal,
      gate,
      rollback,
      fix,
      repeat,
    ]),
    counts,
    summary() {
      const now = counts();
      return `${now.uploaded} uploaded = ${now.indexed} indexed + ${now["dead-lettered"]} dead-lettered + ${now.skipped} skipped; ${now["left in the queue"]} left in the queue; ${now["processed twice"]} processed twice`;
    },
    async deadLetters() {
      const reasons = await deadLetterReasons(run, queueOf(run).deadLetter.url);
      return [...reasons]
        .map(([key, reason]) => ({ key, reason }))
        .sort((a, b) => a.key.localeCompare(b.key));
    },
    charted: ["files"],
    commands: () => ({
      // The command reads the URL from the status file, so that the password is not in the terminal's history.
      "the index": `psql "$(node -p 'require("${rehearsal.cloudFile}").databaseUrl')" -c "select key, score from search_documents('pricing proposal')"`,
    }),
  };
}
