import { fstatSync } from "node:fs";
import { serve } from "../process/grpc";
import { ProviderServer } from "./server";

/** The plugin process: prints its port in the first line and runs until its engine ends. */
async function main(): Promise<void> {
  const engineAddress = process.argv.slice(2).find((argument) => /^[^-].*:\d+$/.test(argument));
  const stop = (code = 0) => {
    provider.close();
    server.close();
    process.exit(code);
  };
  // The official engine ends its plugins with SIGINT and waits five seconds for them. A Ctrl-C in the terminal does not
  // arrive here: both engines start plugins in a separate process group and call Cancel.
  process.on("SIGINT", () => stop());
  process.on("SIGTERM", () => stop());
  const provider = new ProviderServer(engineAddress);
  const server = await serve((grpcServer) => provider.addTo(grpcServer));
  stopWithParent(() => stop());
  process.stdout.write(`${server.address.slice(server.address.lastIndexOf(":") + 1)}\n`);
}

/** Ends when the process that started it has ended, however it ended: standard input closes, or this process gets
 *  another parent. Standard input is ignored if it is not a pipe. */
function stopWithParent(stop: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, 500).unref();
  const input = fstatSync(0);
  if (!input.isFIFO() && !input.isSocket()) return;
  process.stdin.on("end", stop);
  process.stdin.on("error", stop);
  process.stdin.resume();
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
});
