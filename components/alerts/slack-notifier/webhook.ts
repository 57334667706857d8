/** How long a webhook's URL is used without asking for it again. */
const cacheMs = 5 * 60_000;

const isLoopback = ({ hostname }: URL) =>
  /^(127(\.\d+){3}|localhost|.+\.localhost|\[::1\])$/.test(hostname);

/** A webhook's URL is a secret and so are notices: only https. Where the cloud itself is on this machine,
 *  a webhook on this machine will do. */
export function assertWebhookUrl(text: string, cloudEndpoint: string | undefined): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local =
    cloudEndpoint !== undefined &&
    URL.canParse(cloudEndpoint) &&
    isLoopback(new URL(cloudEndpoint));
  if (url?.protocol === "https:" || (url?.protocol === "http:" && local && isLoopback(url))) {
    return url;
  }
  // Never the text itself: it is the secret.
  throw new Error(
    "The parameter with the Slack webhook holds no https URL. Put the webhook's URL there as a SecureString.",
  );
}

/** Reads the URL at the first use and again when it is old or was refused. */
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
