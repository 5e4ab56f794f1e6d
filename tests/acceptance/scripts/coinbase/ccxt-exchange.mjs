// The public side of Coinbase Exchange, which lives at the same address.
import assert from 'node:assert/strict';
import ccxt from 'ccxt';

export const client = 'ccxt';

const kSymbol = 'BTC/USD';
const kOther = 'ETH/USD';

async function marketData(venue, call) {
    await call('coinbaseexchange loadMarkets', async () => {
        const market = (await venue.loadMarkets())[kSymbol];
        assert.ok(market.active && market.spot);
        assert.ok(0 < market.precision.price && 0 < market.precision.amount);
    });
    await call('coinbaseexchange fetchCurrencies', async () => assert.ok((await venue.fetchCurrencies()).BTC.active));
    await call('coinbaseexchange fetchTime', async () => assert.ok(Math.abs((await venue.fetchTime()) - Date.now()) < 60_000));
    await call('coinbaseexchange fetchTicker', async () => {
        const { bid, ask, last, symbol } = await venue.fetchTicker(kSymbol);
        assert.equal(symbol, kSymbol);
        assert.ok(bid < ask && 0 < last);
    });
    await call('coinbaseexchange fetchTicker of the day', async () => {
        venue.options.fetchTickerMethod = 'publicGetProductsIdStats';
        const { high, low, open } = await venue.fetchTicker(kSymbol);
        assert.ok(low <= open && open <= high);
    });
    for (const level of [1, 2, 3]) {
        await call(`coinbaseexchange fetchOrderBook level ${level}`, async () => {
            const { bids, asks, nonce } = await venue.fetchOrderBook(kSymbol, undefined, { level });
            assert.ok(bids[0][0] < asks[0][0] && 0 < nonce);
            if (level === 1) assert.equal(bids.length, 1);
        });
    }
    await call('coinbaseexchange fetchTrades', async () => {
        const trades = await venue.fetchTrades(kSymbol, undefined, 30);
        assert.ok(0 < trades.length && trades.length <= 30);
        assert.ok(trades.every(({ price, amount, side }) => 0 < price && 0 < amount && ['buy', 'sell'].includes(side)));
        assert.equal(new Set(trades.map(({ id }) => id)).size, trades.length);
    });
    for (const [frame, seconds] of [['1m', 60], ['1h', 3600], ['1d', 86_400]]) {
        await call(`coinbaseexchange fetchOHLCV ${frame}`, async () => {
            const bars = await venue.fetchOHLCV(kSymbol, frame, Date.now() - 24 * seconds * 1000, 24);
            assert.ok(23 <= bars.length && bars.length <= 24);
            for (let i = 1; i < bars.length; ++i) assert.equal(bars[i][0] - bars[i - 1][0], seconds * 1000);
            assert.ok(bars.every(([, open, high, low, close]) => low <= Math.min(open, close) && Math.max(open, close) <= high));
        });
    }
    await call('coinbaseexchange refusal: unknown product', () =>
        assert.rejects(venue.publicGetProductsIdTicker({ id: 'NONE-USD' }), ccxt.ExchangeError));
}

async function streams(venue, call) {
    await venue.loadHttpProxyAgent(); // ccxt wants it once before it opens ws:// addresses
    await call('coinbaseexchange watchTicker', async () => {
        const { bid, ask, last } = await venue.watchTicker(kSymbol);
        assert.ok(bid < ask && 0 < last);
    }, 30);
    await call('coinbaseexchange watchTickers', async () => {
        const seen = new Set();
        while (seen.size < 2) for (const symbol of Object.keys(await venue.watchTickers([kSymbol, kOther]))) seen.add(symbol);
    }, 30);
    await call('coinbaseexchange watchTrades', async () => assert.ok(0 < (await venue.watchTrades(kSymbol))[0].price), 30);
    await call('coinbaseexchange watchOrderBook', async () => {
        for (let i = 0; i < 20; ++i) {
            const { bids, asks } = await venue.watchOrderBook(kSymbol);
            assert.ok(bids[0][0] < asks[0][0]);
        }
    }, 30);
    await venue.close();
}

export default async function ({ rest, ws, call }) {
    // Books are for signed requests only, though the exchange issues no keys of this kind: any will do.
    const venue = new ccxt.pro.coinbaseexchange({ apiKey: 'key', secret: 'c2VjcmV0', password: 'word', timeout: 10_000 });
    Object.assign(venue.urls.api, { public: rest, private: rest, ws });
    await marketData(venue, call);
    await streams(venue, call);
}
