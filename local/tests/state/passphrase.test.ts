import { expect } from "chai";
import { IncorrectPassphrase, PassphraseSecrets } from "../../state/passphrase";

/** Written by `pulumi config set --secret pass hunter2` of the Pulumi CLI 3.260 with passphrase "pw". */
const byPulumi = {
  passphrase: "pw",
  encryptionSalt: "v1:aS0bAxfmAZE=:v1:7o1agGyQUP1CXWFq:8W2gzz/c14c7ArXQi1I0aA4j0nHo2g==",
  ciphertext: "v1:O07w4ik+VRVTJAPK:CdzF2cAdZJTPuNXbb2iitPALsOWWvDs=",
};

describe("passphrase secrets", () => {
  it("decrypt what the Pulumi CLI encrypted", async () => {
    const secrets = await PassphraseSecrets.open(byPulumi.passphrase, byPulumi.encryptionSalt);
    expect(await secrets.decrypt(byPulumi.ciphertext)).to.equal("hunter2");
  });

  it("refuse a wrong passphrase at once, not at the first secret", async () => {
    const error: unknown = await PassphraseSecrets.open("other", byPulumi.encryptionSalt).catch(
      (caught: unknown) => caught,
    );
    expect(error).to.be.instanceOf(IncorrectPassphrase);
  });

  it("open again with the salt they were made with, and never encrypt the same way twice", async () => {
    const made = await PassphraseSecrets.create("phrase");
    const [first, second] = [await made.encrypt("日本語"), await made.encrypt("日本語")];
    expect(first).not.to.equal(second);
    const opened = await PassphraseSecrets.open("phrase", made.encryptionSalt);
    expect(await opened.decrypt(first)).to.equal("日本語");
  });

  it("notice a ciphertext that was tampered with", async () => {
    const made = await PassphraseSecrets.create("phrase");
    const [version, nonce, sealed = ""] = (await made.encrypt("value")).split(":");
    const bytes = Buffer.from(sealed, "base64");
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    const tampered = [version, nonce, bytes.toString("base64")].join(":");
    const outcome = await made.decrypt(tampered).then(
      () => "decrypted",
      () => "refused",
    );
    expect(outcome).to.equal("refused");
  });
});
