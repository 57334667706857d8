import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import type { SecretsManager } from "./secrets-manager";

const deriveKey = promisify(pbkdf2);

/** Defined by the format of Pulumi's passphrase provider, so that the Pulumi CLI can read these values. */
const format = { version: "v1", iterations: 1_000_000, keyBytes: 32, nonceBytes: 12, tagBytes: 16 };
/** The text to which the ciphertext in a salt decrypts if the passphrase is correct. */
const probe = "pulumi";

export class IncorrectPassphrase extends Error {
  constructor() {
    super("the passphrase is wrong for this encryption salt");
  }
}

/** AES-256-GCM under a key that is derived from a passphrase and a salt. */
export class PassphraseSecrets implements SecretsManager {
  private constructor(
    private readonly key: Buffer,
    /** `v1:SALT:v1:NONCE:CIPHERTEXT`, as in a stack file's encryptionsalt. */
    readonly encryptionSalt: string,
  ) {}

  static async create(passphrase: string): Promise<PassphraseSecrets> {
    const salt = randomBytes(8);
    const key = await keyOf(passphrase, salt);
    const check = encryptWith(key, probe);
    return new PassphraseSecrets(key, `${format.version}:${salt.toString("base64")}:${check}`);
  }

  static async open(passphrase: string, encryptionSalt: string): Promise<PassphraseSecrets> {
    const [version, salt, ...check] = encryptionSalt.split(":");
    if (version !== format.version || salt === undefined || check.length === 0) {
      throw new Error(
        `${JSON.stringify(encryptionSalt)} is not an encryption salt (v1:SALT:CHECK)`,
      );
    }
    const key = await keyOf(passphrase, Buffer.from(salt, "base64"));
    try {
      if (decryptWith(key, check.join(":")) === probe) {
        return new PassphraseSecrets(key, encryptionSalt);
      }
    } catch {
      // Authentication failed: the error is thrown below.
    }
    throw new IncorrectPassphrase();
  }

  // Asynchronous, because other providers call a service. An error must reject here too.
  encrypt(plaintext: string): Promise<string> {
    return Promise.resolve(plaintext).then((text) => encryptWith(this.key, text));
  }

  decrypt(ciphertext: string): Promise<string> {
    return Promise.resolve(ciphertext).then((text) => decryptWith(this.key, text));
  }
}

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  return deriveKey(passphrase, salt, format.iterations, format.keyBytes, "sha256");
}

function encryptWith(key: Buffer, plaintext: string): string {
  const nonce = randomBytes(format.nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([
    cipher.update(plaintext, "utf8"),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return `${format.version}:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

function decryptWith(key: Buffer, ciphertext: string): string {
  const [version, nonce, sealed, ...rest] = ciphertext.split(":");
  if (
    version !== format.version ||
    nonce === undefined ||
    sealed === undefined ||
    rest.length > 0
  ) {
    throw new Error("it is not a value of the passphrase provider (v1:NONCE:CIPHERTEXT)");
  }
  const bytes = Buffer.from(sealed, "base64");
  const text = bytes.subarray(0, -format.tagBytes);
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(-format.tagBytes));
  return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
}
