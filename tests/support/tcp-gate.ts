import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Stands before a server on loopback. Shut, it breaks connections and refuses new ones; silent, it
 *  accepts data and answers nothing, as a network does that drops packets. */
export class TcpGate {
  private state: "open" | "shut" | "silent" = "open";
  /** Pieces of data taken and not passed on. */
  unanswered = 0;
  /** Connections refused. */
  refused = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {
    server.on("connection", (inward) => this.serve(inward));
  }

  static async before(targetPort: number): Promise<TcpGate> {
    const server = createServer();
    const gate = new TcpGate(server, targetPort);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return gate;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  open(): void {
    this.breakAll();
    this.state = "open";
  }

  shut(): void {
    this.state = "shut";
    this.breakAll();
  }

  fallSilent(): void {
    this.state = "silent";
  }

  async stop(): Promise<void> {
    this.breakAll();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private breakAll(): void {
    this.sockets.forEach((socket) => socket.destroy());
  }

  private serve(inward: Socket): void {
    if (this.state === "shut") {
      this.refused += 1;
      inward.destroy();
      return;
    }
    const outward = connect(this.targetPort, "127.0.0.1");
    this.join(inward, outward);
    this.join(outward, inward);
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on("data", (chunk) => {
      if (this.state === "open") to.write(chunk);
      else this.unanswered += 1;
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
