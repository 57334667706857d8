import type { Readable } from "node:stream";

/** Reads a stream to its end and keeps its last bytes. */
export class Tail {
  private chunks: Buffer[] = [];
  private length = 0;
  private cut = false;

  constructor(
    stream: Readable,
    private readonly maxBytes: number,
  ) {
    stream.on("error", () => undefined);
    stream.on("data", (chunk: Buffer) => this.add(chunk));
  }

  text(): string {
    const kept = Buffer.concat(this.chunks).subarray(-this.maxBytes).toString().trim();
    return this.cut || this.length > this.maxBytes ? `…${kept}` : kept;
  }

  private add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length > 4 * this.maxBytes) {
      const kept = Buffer.concat(this.chunks).subarray(-this.maxBytes);
      this.chunks = [kept];
      this.length = kept.length;
      this.cut = true;
    }
  }
}
