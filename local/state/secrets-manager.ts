/** Encrypts and decrypts the secrets of a checkpoint (Pulumi's passphrase provider). */
export interface SecretsManager {
  encrypt(plaintext: string): Promise<string>;
  decrypt(ciphertext: string): Promise<string>;
}
