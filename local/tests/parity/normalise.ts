/** The value without the data of one run: its account, the endpoint's port, generated ids, names and times,
 *  and secrets, which each engine hides in a different way. */
export function normalise(value: unknown, account: string): unknown {
  if (typeof value === "string") return normaliseText(value, account);
  if (Array.isArray(value)) return value.map((element) => normalise(element, account));
  if (typeof value !== "object" || value === null) return value;
  if (signature in value && value[signature] === secretSignature) return "SECRET";
  // The official engine forgets an archive's members when it refreshes; the hash says what is in it.
  if (signature in value && value[signature] === archiveSignature && "hash" in value) {
    return { archive: value.hash };
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !runKeys.has(key))
      .map(([key, inner]) => [normaliseText(key, account), normalise(inner, account)]),
  );
}

/** How Pulumi marks a value that is more than it looks: the key, and the marks of two kinds. */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

/** Of a checkpoint: when something happened, and from which line of compiled code it was registered (the engines
 *  compile TypeScript in different ways). */
const runKeys = new Set(["created", "modified", "time", "sourcePosition", "stackTrace"]);

const generated: [RegExp, string][] = [
  [/^\[secret\]$/, "SECRET"],
  [/(127\.0\.0\.1|localhost):\d+/g, "$1:PORT"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "UUID"],
  [/\b(lt|vpc|subnet|sg|i|igw|rtb|acl|eni|vol|eipalloc|asg|dopt|sgr)-[0-9a-f]{8,17}\b/g, "$1-ID"],
  [/\b(AROA|AIPA|AIDA)[A-Z0-9]{10,}\b/g, "$1ID"],
  [/\btf-s3-queue-[0-9a-f]+/g, "tf-s3-queue-ID"],
  // Digests of contents that have the account in them.
  [/\b(DenyWithoutTls|AllowSender|queuefleet-)[0-9a-f]{12}\b/g, "$1DIGEST"],
  // The id of an invocation ends in the digest of its input, which may have ids in it.
  [/,live,[0-9a-f]{32}$/g, ",live,DIGEST"],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)/g, "TIME"],
  // A name that the provider makes of the resource's name.
  [/-[0-9a-f]{7}\b/g, "-RANDOM"],
];

/** What the policy SDK and the engines send for a value that a preview cannot know. */
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** User data of a machine: base64 of a text that begins "#cloud-config". */
const userData = /^I2Nsb3VkLWNvbmZpZ[\w+/]+=*$/;

function normaliseText(text: string, account: string): string {
  if (userData.test(text)) {
    return normaliseText(Buffer.from(text, "base64").toString("utf8"), account);
  }
  return generated.reduce(
    (result, [pattern, replacement]) => result.replace(pattern, replacement),
    text.replaceAll(unknownString, "UNKNOWN").replaceAll(account, "ACCOUNT"),
  );
}
