import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** A proxy between the consumer and the server that delays every call, as a network does.
 *  Arguments: the server's port and the milliseconds to add. */
const [serverPort = "", delayMs = ""] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  incoming.on("end", () => {
    setTimeout(() => {
      const { method, url: path, headers } = incoming;
      const forward = request(
        { agent, host: "127.0.0.1", port: serverPort, method, path, headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        },
      );
      forward.on("error", () => outgoing.destroy());
      outgoing.on("close", () => forward.destroy());
      forward.end(Buffer.concat(chunks));
    }, Number(delayMs));
  });
});

server.listen(0, "127.0.0.1", () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);
process.on("disconnect", () => process.exit(0));
