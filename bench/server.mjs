// An ES module, because fauxqs can only be imported. A separate process, so that the server and the
// consumer under test do not share an event loop.
import { buildApp } from "fauxqs";

const app = buildApp({ logger: false, host: "localhost" });
// Its own start function would listen on all interfaces.
await app.listen({ port: 0, host: "127.0.0.1" });
process.send({ port: app.server.address().port });
process.on("disconnect", () => process.exit(0));
