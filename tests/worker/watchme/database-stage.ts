import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { features, type Feature } from "../../../contracts/watchme";
import { featureResult } from "../../../rehearsal/watchme/feature-result";
import { functionLog } from "../../../worker/lambda/log";
import { LazyDatabase, type WatchmeDatabase } from "../../../worker/watchme/database";
import { freshDatabase } from "../../support/fresh-database";
import { QueueStage, region } from "../lambda/queue-stage";

/** A queue, the state table, and a database that a function opens through its SSM parameter. */
export class DatabaseStage {
  private constructor(
    readonly queue: QueueStage,
    readonly database: LazyDatabase,
    readonly databaseUrl: string,
    readonly ssm: SSMClient,
  ) {}

  static readonly parameter = "/watchme/test/database-url";

  static async create(options: { fifo?: boolean } = {}): Promise<DatabaseStage> {
    const queue = await QueueStage.create(options);
    const ssm = new SSMClient(queue.account.clientConfig(region));
    const databaseUrl = await freshDatabase();
    await ssm.send(
      new PutParameterCommand({
        Name: DatabaseStage.parameter,
        Value: databaseUrl,
        Type: "SecureString",
      }),
    );
    const database = new LazyDatabase({
      environment: { DATABASE_URL_PARAMETER: DatabaseStage.parameter },
      ssm,
      log: functionLog((line) => queue.lines.push(JSON.parse(line) as Record<string, unknown>)),
    });
    return new DatabaseStage(queue, database, databaseUrl, ssm);
  }

  query<Result>(work: (database: WatchmeDatabase) => Promise<Result>): Promise<Result> {
    return this.database.use(work);
  }

  /** Writes recordings as the audio processor does, and features as the APIs do. */
  async record(
    ids: readonly string[],
    options: { of?: readonly Feature[]; results?: Partial<Record<Feature, object>> } = {},
  ): Promise<void> {
    const { of = features, results = {} } = options;
    const recordings = ids.map((id) => {
      const [device = "", day = "", time = ""] = id.split("/");
      const key = `files/${id}/audio.wav`;
      return { recording_id: id, device_id: device, day, time, bucket: "watchme-vault", key };
    });
    const found = ids.flatMap((id) =>
      of.map((feature) => ({
        recording_id: id,
        feature,
        result: JSON.stringify(results[feature] ?? featureResult(feature, id)),
      })),
    );
    await this.query(async (database) => {
      await database
        .insertInto("recordings")
        .values(recordings)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      if (found.length > 0) await database.insertInto("features").values(found).execute();
    });
  }

  /** The bodies of all messages of the queue, parsed. */
  async sent(): Promise<Record<string, unknown>[]> {
    const messages = await this.queue.messages();
    return messages.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  }

  async destroy(): Promise<void> {
    await this.database.close();
    this.ssm.destroy();
    this.queue.destroy();
  }
}
