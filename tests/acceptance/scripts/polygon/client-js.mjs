// The venue's own Node client, REST and WebSocket.
import assert from 'node:assert/strict';
import { restClient, websocketClient } from '@polygon.io/client-js';

export const client = '@polygon.io/client-js';

const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

// What comes on one cluster until `wanted` says it is enough; the client authenticates by itself.
function listen(socket, params, wanted) {
    return new Promise((resolve, reject) => {
        const seen = [];
        socket.onerror = () => reject(new Error('the socket failed'));
        socket.onmessage = ({ data, response }) => {
            for (const message of JSON.parse(data ?? response)) {
                seen.push(message);
                if (message.status === 'auth_success') socket.send(JSON.stringify({ action: 'subscribe', params }));
                if (message.status === 'auth_failed') reject(new Error(message.message));
            }
            if (!wanted(seen)) return;
            socket.close();
            resolve(seen);
        };
    });
}

export default async function ({ rest, ws, key, call }) {
    const venue = restClient(key, rest);
    const paging = restClient(key, rest, { pagination: true });
    const isBar = (bar) => bar.l <= bar.o && bar.l <= bar.c && bar.o <= bar.h && bar.c <= bar.h && 0 < bar.v;

    await call('getCryptoAggregates', async () => {
        const bars = await venue.getCryptoAggregates('X:BTCUSD', 1, 'hour', day(-3), day(0), true, 'asc', 5000);
        assert.ok(48 <= bars.results.length);
        assert.ok(bars.results.every(isBar));
    });
    await call('getStocksAggregates over pages', async () => {
        const bars = await paging.getStocksAggregates('AAPL', 1, 'minute', day(-2), day(-1), true, 'asc', 1000);
        assert.ok(2000 < bars.results.length);
        const times = bars.results.map((bar) => bar.t).sort((a, b) => a - b); // the client puts later pages first
        for (let i = 1; i < times.length; i++) assert.equal(times[i] - times[i - 1], 60_000);
    });
    await call('getPreviousStocksAggregates', async () => {
        assert.equal((await venue.getPreviousStocksAggregates('MSFT')).results[0].T, 'MSFT');
    });
    await call('getGroupedCryptoAggregates', async () => {
        assert.ok((await venue.getGroupedCryptoAggregates(day(-1))).results.some((bar) => bar.T === 'X:ETHUSD'));
    });
    await call('getMarketStatus', async () => {
        assert.equal((await venue.getMarketStatus()).currencies.crypto, 'open');
    });
    await call('listTickers', async () => {
        assert.ok((await venue.listTickers('AAPL')).results.some((row) => row.ticker === 'AAPL'));
    });
    await call('getStocksSnapshotTicker', async () => {
        const { ticker } = await venue.getStocksSnapshotTicker('AAPL');
        assert.ok(ticker.lastQuote.p < ticker.lastQuote.P);
    });
    await call('getCryptoSnapshotTickers', async () => {
        assert.ok((await venue.getCryptoSnapshotTickers()).tickers.length > 10);
    });
    await call('crypto socket: XT and XQ', async () => {
        const socket = websocketClient(key, ws).crypto();
        const seen = await listen(socket, 'XT.*,XQ.BTC-USD', (all) =>
            all.some((one) => one.ev === 'XT') && all.some((one) => one.ev === 'XQ'));
        assert.ok(seen.some((one) => one.message === 'subscribed to: XQ.BTC-USD'));
    }, 30);
    await call('stocks socket: T, Q and A', async () => {
        const socket = websocketClient(key, ws).stocks();
        await listen(socket, 'T.*,Q.*,A.*', (all) =>
            ['T', 'Q', 'A'].every((kind) => all.some((one) => one.ev === kind)));
    }, 30);
    // After the sockets, there was a trade of everything that is asked for.
    await call('getLastStocksTrade', async () => {
        assert.ok(0 < (await venue.getLastStocksTrade('AAPL')).results.p);
    }, 30);
    await call('getLastStocksQuote', async () => {
        const { results } = await venue.getLastStocksQuote('AAPL');
        assert.ok(results.p < results.P);
    });
    await call('getLastCryptoTrade', async () => {
        assert.equal((await venue.getLastCryptoTrade('BTC', 'USD')).symbol, 'BTC-USD');
    });
    await call('getStocksTrades', async () => {
        assert.ok(0 < (await venue.getStocksTrades('AAPL')).results.length);
    });
}
