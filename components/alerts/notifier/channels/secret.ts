/** How long a secret is used before it is read again. */
const cacheMs = 5 * 60_000;

/** A secret that is read when it is first used, and again when it is old or was refused. */
export class Secret<T> {
  private known: { value: T; readAt: number } | undefined;

  constructor(
    private readonly read: () => Promise<string>,
    private readonly parse: (text: string) => T,
    private readonly now: () => number = Date.now,
  ) {}

  async value(): Promise<T> {
    if (this.known === undefined || this.now() - this.known.readAt > cacheMs) {
      this.known = { value: this.parse(await this.read()), readAt: this.now() };
    }
    return this.known.value;
  }

  forget(): void {
    this.known = undefined;
  }
}

const isLoopback = ({ hostname }: URL) =>
  /^(127(\.\d+){3}|localhost|.+\.localhost|\[::1\])$/.test(hostname);

/** Secrets and notices are confidential, so only https is allowed. Exception: if the cloud itself runs on this machine, the
 *  URL may be an http one on this machine. Undefined if the URL is not allowed. */
export function allowedUrl(text: string, cloudEndpoint: string | undefined): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local =
    cloudEndpoint !== undefined &&
    URL.canParse(cloudEndpoint) &&
    isLoopback(new URL(cloudEndpoint));
  return url?.protocol === "https:" || (url?.protocol === "http:" && local && isLoopback(url))
    ? url
    : undefined;
}
