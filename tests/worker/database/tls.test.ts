import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Client } from "pg";
import { type Database, startDatabase } from "../../../local/cloud/database";
import { ProcessSet } from "../../../local/process/process-set";
import { openIndexStore } from "../../../worker/index-store";
import { supabaseCa } from "../../../worker/database/supabase-ca";
import { databaseConnection } from "../../../worker/database/tls";
import { UnavailableError } from "../../../worker/job/errors";
import { waitUntilAvailable } from "../../../worker/wait-until-available";
import { eventually } from "../../support/eventually";
import { temporaryHome } from "../../support/cloud";
import { HeldClock } from "../consumer/held-clock";
import { recordingLog } from "../consumer/recording-log";

/** A CA of its own, and certificates that it signs. */
class PrivateCa {
  readonly folder = mkdtempSync(join(tmpdir(), "queuefleet-ca-"));

  constructor() {
    this.openssl(
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=A private CA"],
    );
  }

  get pem(): string {
    return readFileSync(join(this.folder, "ca.pem"), "utf8");
  }

  sign(subjectAltName: string, ...dates: string[]): { certificate: string; key: string } {
    this.openssl(
      ...["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=database"],
    );
    writeFileSync(join(this.folder, "extensions"), `subjectAltName=${subjectAltName}\n`);
    this.openssl(
      ...["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key"],
      ...["-CAcreateserial", "-out", "server.crt", "-extfile", "extensions"],
      ...(dates.length > 0 ? dates : ["-days", "2"]),
    );
    const read = (name: string) => readFileSync(join(this.folder, name), "utf8");
    return { certificate: read("server.crt"), key: read("server.key") };
  }

  private openssl(...parameters: string[]): void {
    execFileSync("openssl", parameters, { cwd: this.folder, stdio: "pipe" });
  }
}

describe("the connection to PostgreSQL", () => {
  describe("by its connection string", () => {
    const ssl = (url: string, ca?: string) => databaseConnection(url, ca).ssl;

    it("is verified with the server's name, unless the string says otherwise or the server is on this machine", () => {
      expect(ssl("postgresql://u:p@db.example.com/x")).to.have.keys(["ca"]);
      for (const mode of ["allow", "prefer", "require", "verify-full"]) {
        expect(ssl(`postgresql://u:p@db.example.com/x?sslmode=${mode}`)).to.have.keys(["ca"]);
      }
      expect(ssl("postgresql://u:p@db.example.com/x?sslmode=verify-ca")).to.have.keys([
        ...["ca", "checkServerIdentity"],
      ]);
      expect(ssl("postgresql://u:p@db.example.com/x?sslmode=no-verify")).to.deep.equal({
        rejectUnauthorized: false,
      });
      expect(ssl("postgresql://u:p@db.example.com/x?sslmode=disable")).to.equal(false);
      expect(ssl("postgresql://u:p@127.0.0.1/x")).to.equal(false);
    });

    it("trusts public CAs, Amazon RDS in its regions, Supabase, and one that is configured", () => {
      const found = ssl("postgresql://u:p@db.example.com/x", "-----BEGIN CERTIFICATE-----own");
      const names = ((found as { ca: string[] }).ca ?? []).map((pem) =>
        pem.endsWith("own") ? "own" : new X509Certificate(pem).subject,
      );
      for (const name of [
        "Amazon RDS ap-northeast-1 Root CA RSA2048 G1",
        "Amazon RDS ap-southeast-2 Root CA ECC384 G1",
        "Supabase Root 2021 CA",
        "ISRG Root X1",
        "own",
      ]) {
        expect(
          names.some((subject) => subject.includes(name)),
          name,
        ).to.equal(true);
      }
      expect(new X509Certificate(supabaseCa).fingerprint256).to.equal(
        "80:70:25:AD:50:D4:ED:21:9D:2C:9C:7D:29:9C:00:4F:82:4E:B0:0C:F7:F6:5A:FE:F6:07:D0:7B:72:E6:CA:FA",
      );
    });

    it("keeps its other parameters, and refuses a mode that does not exist", () => {
      expect(
        databaseConnection("postgresql://u:p@h/x?sslmode=require&application_name=a")
          .connectionString,
      ).to.equal("postgresql://u:p@h/x?application_name=a");
      expect(() => databaseConnection("postgresql://u:p@h/x?sslmode=verify")).to.throw(
        "sslmode=verify. Allowed are: disable,",
      );
    });
  });

  describe("with a certificate of a private CA", function () {
    this.timeout(120_000);
    const processes = new ProcessSet();
    const home = temporaryHome();
    let ca: PrivateCa;
    let database: Database;
    before(async () => {
      ca = new PrivateCa();
      database = await startDatabase(home, processes);
    });
    after(async () => {
      await processes.close();
      rmSync(home, { recursive: true, force: true });
      rmSync(ca.folder, { recursive: true, force: true });
    });

    /** Gives the server a certificate, while it runs. */
    async function serve({ certificate, key }: { certificate: string; key: string }) {
      const client = new Client({ connectionString: database.databaseUrl });
      await client.connect();
      const file = (text: string, name: string) =>
        client.query(
          `copy (select '${Buffer.from(text).toString("base64")}') to program 'umask 077; base64 -d >${name}'`,
        );
      await file(certificate, "server.crt");
      await file(key, "server.key");
      await client.query("alter system set ssl = on");
      const loadedAt = async () => {
        const { rows } = await client.query<{ at: Date }>("select pg_conf_load_time() as at");
        return rows[0]?.at.getTime();
      };
      const before = await loadedAt();
      await client.query("select pg_reload_conf()");
      await eventually("the server has read it", async () => (await loadedAt()) !== before);
      await client.end();
    }
    const open = async (options: { sslmode?: string; ca?: string } = {}) => {
      const { sslmode = "verify-full" } = options;
      const store = await openIndexStore(`${database.databaseUrl}?sslmode=${sslmode}`, {
        maxConnections: 1,
        onConnectionLost: () => undefined,
        ca: options.ca,
      });
      await store.close();
      return "opened";
    };
    const ended = (options: Parameters<typeof open>[0]) =>
      open(options).catch((error: unknown) => String(error));

    it("is made when that CA is configured, and refused with the fix when it is not", async () => {
      expect(await ended({ ca: ca.pem })).to.include("it offers no TLS");
      await serve(ca.sign("IP:127.0.0.1"));
      expect(await ended({ ca: ca.pem })).to.equal("opened");
      const refused = await ended({});
      expect(refused).to.include("DATABASE_CA_PARAMETER").and.include("databaseCaParameter");
      expect(await ended({ sslmode: "no-verify" })).to.equal("opened");
    });

    it("is refused when the certificate is for another host, and made with verify-ca", async () => {
      await serve(ca.sign("DNS:other.example.com"));
      expect(await ended({ ca: ca.pem })).to.include("for another host name");
      expect(await ended({ ca: ca.pem, sslmode: "verify-ca" })).to.equal("opened");
    });

    it("is refused when the certificate has expired", async () => {
      await serve(ca.sign("IP:127.0.0.1", "-days", "-1"));
      expect(await ended({ ca: ca.pem })).to.include("has expired");
    });

    it("ends the start of a worker, which no waiting would repair", async () => {
      await serve(ca.sign("IP:127.0.0.1"));
      const lines: Parameters<typeof recordingLog>[0] = [];
      const start = waitUntilAvailable(
        () => open(),
        new HeldClock(),
        recordingLog(lines),
        new AbortController().signal,
      );
      const error = await start.catch((fault: unknown) => fault);
      expect(error).to.be.instanceOf(UnavailableError);
      expect(String(error)).to.include("signed by a CA that is not known here");
      expect(lines).to.deep.equal([]);
    });
  });
});
