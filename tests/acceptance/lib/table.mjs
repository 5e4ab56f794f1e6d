import { createRequire } from 'node:module';

const locked = createRequire(import.meta.url)('../package-lock.json').packages;

/// The page docs/reference/exchange-clients.md: which calls of which client were exercised where, and with what result.
export function writeTable(done) {
    const rows = done.map((calls) => {
        const version = locked[`node_modules/${calls.client}`]?.version ?? '';
        const failed = calls.lines.filter((line) => line.status === 'FAIL').map((line) => line.name);
        const passed = [...new Set(calls.lines.filter((line) => line.status === 'ok').map((line) => line.name))];
        const result = failed.length === 0 ? 'all' : `all but ${failed.join(', ')}`;
        return `| ${calls.client} ${version} | ${calls.venue} | ${passed.length} | ${passed.join(', ')} | ${result} |`;
    });
    return [
        '# Clients of third parties at the local exchange',
        '',
        'Written by `tests/acceptance/run --table docs/reference/exchange-clients.md`; the scripts are in',
        '`tests/acceptance/scripts`. Each client was given the address and the keys of `plumb exchange`, nothing else was changed.',
        '',
        '| client | venue | calls | exercised | accepted |',
        '|---|---|---|---|---|',
        ...rows,
        '',
    ].join('\n');
}
