// Starts an exchange for each script, lets the client do its work there, and counts. See README.md.
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Calls } from './lib/calls.mjs';
import { startExchange } from './lib/exchange.mjs';
import { writeTable } from './lib/table.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

function readArguments() {
    try {
        return parseArgs({
            allowPositionals: true,
            options: {
                plumb: { type: 'string', default: path.join(here, '../../build/release/plumb') },
                table: { type: 'string' },
                address: { type: 'string' },
                key: { type: 'string', default: '' },
                secret: { type: 'string', default: '' },
                passphrase: { type: 'string', default: '' },
                log: { type: 'boolean', default: false },
            },
        });
    } catch (error) {
        console.error(`run: ${error.message}`);
        process.exit(2);
    }
}

async function findScripts(words) {
    const scripts = [];
    for (const venue of (await readdir(path.join(here, 'scripts'))).sort()) {
        for (const file of (await readdir(path.join(here, 'scripts', venue))).sort()) {
            if (!file.endsWith('.mjs')) continue;
            const name = `${venue}/${file.slice(0, -'.mjs'.length)}`;
            if (words.length === 0 || words.some((word) => name.includes(word))) {
                scripts.push({ venue, name, file: path.join(here, 'scripts', venue, file) });
            }
        }
    }
    return scripts;
}

async function runScript(script, options) {
    const module = await import(pathToFileURL(script.file));
    const calls = new Calls(module.client, script.venue);
    let exchange;
    try {
        exchange = options.address
            ? runningExchange(options)
            : await startExchange(options.plumb, script.venue, module.exchange ?? [], options.log);
        await module.default({ ...exchange, call: calls.call.bind(calls) });
    } catch (error) {
        calls.fail('(script)', error);
    } finally {
        await exchange?.stop();
    }
    return calls;
}

function runningExchange({ address, key, secret, passphrase }) {
    const rest = address.replace(/\/$/, '');
    return { rest, ws: rest.replace(/^http/, 'ws'), key, secret, passphrase, stop: async () => {} };
}

// Clients throw from their sockets' callbacks; that is a failure of the call in hand, not of the whole run.
for (const kind of ['uncaughtException', 'unhandledRejection']) {
    process.on(kind, (error) => {
        if (options.log) console.error(kind, error);
    });
}

const { values: options, positionals } = readArguments();
const scripts = await findScripts(positionals);
if (scripts.length === 0) {
    console.error(`run: expected a word of a script's name, found none with ${positionals.join(', ')}`);
    process.exit(2);
}
const done = [];
for (const script of scripts) done.push(await runScript(script, options));

if (options.table) await writeFile(options.table, writeTable(done));
const count = (status) => done.reduce((sum, calls) => sum + calls.lines.filter((line) => line.status === status).length, 0);
console.log(`${count('ok')} ok, ${count('FAIL')} failed, ${scripts.length} scripts`);
process.exit(count('FAIL') === 0 && count('ok') > 0 ? 0 : 1);
