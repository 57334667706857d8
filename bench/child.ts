import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A helper process that prints its port. It ends when this process ends. */
export async function startChild(script: string, args: string[] = []) {
  const child = fork(join(__dirname, script), args, {
    execArgv: script.endsWith(".ts") ? ["--require", "tsx/cjs"] : [],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    stop: () => child.disconnect(),
  };
}
