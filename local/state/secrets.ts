import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeploymentV3 } from "./deployment";
import type { SecretsManager } from "./secrets-manager";
import { configurationFault } from "../process/fault";
import { writeFileAtomically } from "./atomic-file";
import { IncorrectPassphrase, PassphraseSecrets } from "./passphrase";

/** The passphrase, and its source for messages. It is read as Pulumi reads it. If none is set, one
 *  is created for this machine, because a local run must not ask for it. */
export function passphrase(
  home: string,
  environment: NodeJS.ProcessEnv = process.env,
): { phrase: string; source: string } {
  const { PULUMI_CONFIG_PASSPHRASE: phrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = environment;
  if (phrase !== undefined) return { phrase, source: "PULUMI_CONFIG_PASSPHRASE" };
  if (file !== undefined && file !== "") {
    if (!existsSync(file)) {
      throw configurationFault(
        `PULUMI_CONFIG_PASSPHRASE_FILE names ${file}, which does not exist.`,
      );
    }
    return { phrase: readFileSync(file, "utf8").trim(), source: file };
  }
  const own = join(home, "passphrase");
  if (!existsSync(own)) writeFileAtomically(own, `${randomBytes(24).toString("base64url")}\n`);
  return { phrase: readFileSync(own, "utf8").trim(), source: own };
}

/** The state's secrets. The key is derived when the first secret appears: it takes half a second, and
 *  most stacks have none. */
export class StateSecrets implements SecretsManager {
  private opened: Promise<PassphraseSecrets> | undefined;
  /** Set from the start if the stack has a state or a salt in its file. */
  private salt: string | undefined;

  constructor(
    private readonly readPassphrase: () => { phrase: string; source: string },
    salt?: string,
    /** Used for a new state if the passphrase is correct for it. */
    private readonly preferredSalt?: string,
  ) {
    this.salt = salt;
  }

  async encrypt(plaintext: string): Promise<string> {
    return (await this.open()).encrypt(plaintext);
  }

  async decrypt(ciphertext: string): Promise<string> {
    return (await this.open()).decrypt(ciphertext);
  }

  /** For `secrets_providers` of a checkpoint, from which the Pulumi CLI reads the salt. */
  async provider(): Promise<NonNullable<DeploymentV3["secrets_providers"]>> {
    this.salt ??= (await this.open()).encryptionSalt;
    return { type: "passphrase", state: { salt: this.salt } };
  }

  async encryptionSalt(): Promise<string> {
    return (await this.open()).encryptionSalt;
  }

  private open(): Promise<PassphraseSecrets> {
    this.opened ??= this.derive();
    return this.opened;
  }

  private async derive(): Promise<PassphraseSecrets> {
    const { phrase, source } = this.readPassphrase();
    const salt = this.salt ?? this.preferredSalt;
    if (salt === undefined) return PassphraseSecrets.create(phrase);
    try {
      return await PassphraseSecrets.open(phrase, salt);
    } catch (error) {
      if (!(error instanceof IncorrectPassphrase)) throw error;
      if (this.salt === undefined) return PassphraseSecrets.create(phrase);
      throw configurationFault(
        `The passphrase from ${source} cannot decrypt this stack's secrets; ` +
          "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the one they were encrypted with.",
      );
    }
  }
}

/** The secrets of a stack's state: with the salt of the state, or else of its configuration file if the passphrase is
 *  correct for it, or else a new one, which is stored in the state (a local run does not change files of the
 *  repository). */
export function stateSecrets(
  home: string,
  base: DeploymentV3 | undefined,
  configuredSalt: string | undefined,
): StateSecrets {
  const provider = base?.secrets_providers;
  if (provider !== undefined && provider.type !== "" && provider.type !== "passphrase") {
    throw configurationFault(
      `The state's secrets are encrypted by the provider "${provider.type}"; only the passphrase provider can be used here.`,
    );
  }
  const { salt } = (provider?.state ?? {}) as { salt?: string };
  return new StateSecrets(() => passphrase(home), salt, configuredSalt);
}
