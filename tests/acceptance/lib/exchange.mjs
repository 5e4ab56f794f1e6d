import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const kReadyMs = 20_000;
const kStopMs = 5_000;

function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

/// Starts `plumb exchange --venue VENUE` in a workspace of its own and waits for the line that says it listens.
/// Gives addresses, the keys of its first account, and stop().
export async function startExchange(plumb, venue, flags, log) {
    const workspace = await mkdtemp(path.join(tmpdir(), 'plumb-acceptance-'));
    const port = await freePort();
    const child = spawn(
        plumb,
        ['--workspace', workspace, '--json', 'exchange', '--venue', venue, '--port', String(port), ...flags],
        { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let errors = '';
    child.stderr.on('data', (bytes) => {
        errors = (errors + bytes).slice(-2000);
        if (log) process.stderr.write(bytes);
    });
    const stop = () => stopChild(child, workspace);
    try {
        const ready = await readiness(child, venue, () => errors);
        const host = `127.0.0.1:${ready.port ?? port}`;
        return { rest: `http://${host}`, ws: `ws://${host}`, ...ready, port: ready.port ?? port, stop };
    } catch (error) {
        await stop();
        throw error;
    }
}

/// The first JSON line of this venue that carries a key, in any nesting it may be printed in.
function readiness(child, venue, errors) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${venue} did not listen within ${kReadyMs} ms: ${errors()}`)), kReadyMs);
        child.once('error', reject);
        child.once('exit', (code) => reject(new Error(`plumb exchange ended with status ${code}: ${errors()}`)));
        createInterface({ input: child.stdout }).on('line', (line) => {
            const found = readLine(line, venue);
            if (!found) return;
            clearTimeout(timer);
            resolve(found);
        });
    });
}

function readLine(line, venue) {
    let value;
    try {
        value = JSON.parse(line);
    } catch {
        return undefined;
    }
    const row = (value.venues ?? [value]).find((each) => !each.venue || each.venue === venue) ?? value;
    const account = row.accounts?.[0] ?? row.access?.[0] ?? row.keys?.[0] ?? row;
    if (!account.key && !account.api_key) return undefined;
    return {
        port: row.port ?? (typeof row.address === 'string' ? Number(row.address.slice(row.address.lastIndexOf(':') + 1)) : undefined),
        key: account.key ?? account.api_key,
        secret: account.secret ?? account.api_secret ?? secretOf(account.secret_file),
        passphrase: account.passphrase ?? '',
        ...(row.rest ? { rest: row.rest, ws: row.stream ?? row.rest.replace(/^http/, 'ws') } : {}),
    };
}

/// A secret of many lines is printed as the file that holds it.
function secretOf(file) {
    return file ? readFileSync(file, 'utf8') : '';
}

async function stopChild(child, workspace) {
    if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGINT');
        const timer = setTimeout(() => child.kill('SIGKILL'), kStopMs);
        await ended;
        clearTimeout(timer);
    }
    await rm(workspace, { recursive: true, force: true });
}
