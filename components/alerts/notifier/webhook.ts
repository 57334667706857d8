/** How long a webhook's URL is used before it is read again. */
const cacheMs = 5 * 60_000;

const isLoopback = ({ hostname }: URL) =>
  /^(127(\.\d+){3}|localhost|.+\.localhost|\[::1\])$/.test(hostname);

/** A webhook's URL and the notices are confidential, so only https is allowed. Exception: if the cloud itself
 *  runs on this machine, the webhook may be an http URL on this machine. */
export function assertWebhookUrl(text: string, cloudEndpoint: string | undefined): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local =
    cloudEndpoint !== undefined &&
    URL.canParse(cloudEndpoint) &&
    isLoopback(new URL(cloudEndpoint));
  if (url?.protocol === "https:" || (url?.protocol === "http:" && local && isLoopback(url))) {
    return url;
  }
  // The message must not contain the text: it is the secret.
  throw new Error(
    "The parameter for the Slack webhook does not contain an https URL. Store the webhook's URL there as a SecureString.",
  );
}

/** Reads the URL when it is first used. Reads it again when it is older than `cacheMs` or was refused. */
export class Webhook {
  private known: { url: URL; readAt: number } | undefined;

  constructor(
    private readonly read: () => Promise<string>,
    private readonly cloudEndpoint: string | undefined,
    private readonly now: () => number = Date.now,
  ) {}

  async url(): Promise<URL> {
    if (this.known === undefined || this.now() - this.known.readAt > cacheMs) {
      const url = assertWebhookUrl(await this.read(), this.cloudEndpoint);
      this.known = { url, readAt: this.now() };
    }
    return this.known.url;
  }

  forget(): void {
    this.known = undefined;
  }
}
