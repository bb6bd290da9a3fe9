import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

export interface PostgresServer {
  /** As the superuser `zixue`, database `postgres`. */
  readonly url: string;
  readonly port: number;
  stop(): void;
}

/** Folder of `initdb` and `pg_ctl`; `undefined` where no PostgreSQL server is installed. */
export function findPostgres(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((one, other) => Number(other) - Number(one))
    : [];
  const folders = [
    ...versions.map((version) => path.join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(path.delimiter),
  ];
  return folders.find(
    (folder) => existsSync(path.join(folder, "initdb")) && existsSync(path.join(folder, "pg_ctl")),
  );
}

/** A throwaway cluster on a free port of 127.0.0.1. PostgreSQL does not run as root: then it runs as `postgres`. */
export async function startPostgres(bin: string): Promise<PostgresServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "zixue-postgres-"));
  const data = path.join(folder, "data");
  const passwords = path.join(folder, "password");
  writeFileSync(passwords, "geheim\n");
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    const [uid, gid] = ["-u", "-g"].map((flag) =>
      Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" })),
    );
    for (const owned of [folder, passwords]) chownSync(owned, uid!, gid!);
  }
  const run = (program: string, args: readonly string[]): void => {
    const command = [path.join(bin, program), ...args];
    const [file, ...rest] = asRoot ? ["runuser", "-u", "postgres", "--", ...command] : command;
    execFileSync(file!, rest, { stdio: ["ignore", "ignore", "pipe"], cwd: folder });
  };
  run("initdb", [
    "-D",
    data,
    "-U",
    "zixue",
    "-A",
    "scram-sha-256",
    `--pwfile=${passwords}`,
    "-E",
    "UTF8",
    "--locale=C",
    "--no-sync",
  ]);
  const port = await freePort();
  const settings = `-h 127.0.0.1 -p ${port} -c unix_socket_directories='' -c fsync=off -c shared_buffers=64MB`;
  run("pg_ctl", ["start", "-w", "-t", "30", "-D", data, "-o", settings, "-l", path.join(folder, "log")]);
  return {
    url: `postgresql://zixue:geheim@127.0.0.1:${port}/postgres`,
    port,
    stop() {
      run("pg_ctl", ["stop", "-D", data, "-m", "immediate"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
