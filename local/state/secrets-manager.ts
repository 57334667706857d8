/** Encrypts and decrypts what a checkpoint holds in secret (Pulumi's passphrase provider). */
export interface SecretsManager {
  encrypt(plaintext: string): Promise<string>;
  decrypt(ciphertext: string): Promise<string>;
}
