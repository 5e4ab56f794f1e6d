import assert from 'node:assert/strict';
import ccxt from 'ccxt';

export const client = 'ccxt';

const kSymbol = 'BTC/USD';
const kOther = 'ETH/USD';
const kAmount = 0.01;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function connect({ rest, ws, key, secret }) {
    const venue = new ccxt.pro.coinbase({ apiKey: key, secret, timeout: 10_000 });
    venue.urls.api.rest = rest;
    venue.urls.api.ws = ws;
    return venue;
}

async function marketData(venue, call) {
    await call('loadMarkets', async () => {
        const market = (await venue.loadMarkets())[kSymbol];
        assert.ok(market.active && market.spot && market.base === 'BTC');
        assert.ok(0 < market.precision.price && 0 < market.precision.amount && 0 < market.limits.amount.min);
    });
    await call('fetchTime', async () => assert.ok(Math.abs((await venue.fetchTime()) - Date.now()) < 60_000));
    await call('fetchCurrencies', async () => assert.ok((await venue.fetchCurrencies()).BTC));
    const ticker = await call('fetchTicker', async () => {
        const ticker = await venue.fetchTicker(kSymbol);
        assert.equal(ticker.symbol, kSymbol);
        assert.ok(ticker.bid < ticker.ask && 0 < ticker.last);
        return ticker;
    });
    await call('fetchTickers', async () => {
        const tickers = await venue.fetchTickers([kSymbol, kOther]);
        assert.deepEqual(Object.keys(tickers).sort(), [kSymbol, kOther]);
        assert.ok(0 < tickers[kSymbol].last);
    });
    await call('fetchBidsAsks', async () => {
        const { bid, ask } = (await venue.fetchBidsAsks([kSymbol]))[kSymbol];
        assert.ok(0 < bid && bid < ask);
    });
    for (const usePrivate of [false, true]) {
        const what = usePrivate ? ' (private)' : '';
        await call(`fetchOrderBook${what}`, async () => {
            const { bids, asks } = await venue.fetchOrderBook(kSymbol, 20, { usePrivate });
            assert.ok(1 < bids.length && bids.length <= 20 && bids[0][0] < asks[0][0]);
            for (let i = 1; i < bids.length; ++i) assert.ok(bids[i][0] < bids[i - 1][0]);
            for (let i = 1; i < asks.length; ++i) assert.ok(asks[i - 1][0] < asks[i][0]);
        });
        await call(`fetchTrades${what}`, async () => {
            const trades = await venue.fetchTrades(kSymbol, undefined, 50, { usePrivate });
            assert.ok(0 < trades.length && trades.length <= 50);
            assert.ok(trades.every(({ price, amount, side }) => 0 < price && 0 < amount && ['buy', 'sell'].includes(side)));
            assert.equal(new Set(trades.map(({ id }) => id)).size, trades.length);
        });
    }
    for (const [frame, seconds] of [['1m', 60], ['1h', 3600], ['1d', 86_400]]) {
        await call(`fetchOHLCV ${frame}`, async () => {
            const bars = await venue.fetchOHLCV(kSymbol, frame, undefined, 24);
            assert.ok(23 <= bars.length && bars.length <= 24);
            for (let i = 1; i < bars.length; ++i) assert.equal(bars[i][0] - bars[i - 1][0], seconds * 1000);
            assert.ok(bars.every(([, open, high, low, close]) => low <= Math.min(open, close) && Math.max(open, close) <= high));
        });
    }
    return ticker;
}

/// Orders that rest, are changed, and go.
async function restingOrders(venue, call, low) {
    const round = (price) => Number(venue.priceToPrecision(kSymbol, price));
    const isOpen = async (id) => (await venue.fetchOpenOrders(kSymbol)).some((order) => order.id === id);
    const order = await call('createOrder limit', async () => {
        const order = await venue.createOrder(kSymbol, 'limit', 'buy', kAmount, low);
        assert.equal(order.symbol, kSymbol);
        return order;
    });
    await call('fetchOrder', async () => {
        const found = await venue.fetchOrder(order.id);
        assert.deepEqual([found.id, found.side, found.price, found.amount, found.status], [order.id, 'buy', low, kAmount, 'open']);
    });
    await call('fetchOpenOrders', async () => assert.ok(await isOpen(order.id)));
    await call('editOrder', async () => {
        const lower = round(low * 0.99);
        assert.equal((await venue.editOrder(order.id, kSymbol, 'limit', 'buy', 2 * kAmount, lower)).info.success, true);
        const found = await venue.fetchOrder(order.id);
        assert.deepEqual([found.price, found.amount], [lower, 2 * kAmount]);
    });
    await call('cancelOrder', async () => {
        await venue.cancelOrder(order.id, kSymbol);
        assert.equal((await venue.fetchOrder(order.id)).status, 'canceled');
        assert.ok(!(await isOpen(order.id)));
    });
    await call('createOrder post-only', async () => {
        const resting = await venue.createOrder(kSymbol, 'limit', 'buy', kAmount, low, { postOnly: true });
        assert.equal((await venue.fetchOrder(resting.id)).postOnly, true);
        await assert.rejects(venue.createOrder(kSymbol, 'limit', 'buy', kAmount, round(low * 1.1), { postOnly: true }), ccxt.ExchangeError);
    });
    await call('createOrder GTD', async () => {
        const end_time = new Date(Date.now() + 3_600_000).toISOString();
        const resting = await venue.createOrder(kSymbol, 'limit', 'buy', kAmount, low, { timeInForce: 'GTD', end_time });
        assert.equal((await venue.fetchOrder(resting.id)).timeInForce, 'GTD');
    });
    await call('createOrder FOK', async () => {
        const killed = await venue.createOrder(kSymbol, 'limit', 'buy', kAmount, low, { timeInForce: 'FOK' });
        assert.notEqual((await venue.fetchOrder(killed.id)).status, 'open');
    });
    await call('createOrder stop-limit', async () => {
        const above = round(low * 1.2);
        const stop = await venue.createOrder(kSymbol, 'limit', 'buy', kAmount, above, { stopPrice: above, stop_direction: 'STOP_DIRECTION_STOP_UP' });
        const found = await venue.fetchOrder(stop.id);
        assert.deepEqual([found.triggerPrice, found.price, found.status], [above, above, 'open']);
    });
    await call('createOrder preview', async () => {
        await venue.createOrder(kSymbol, 'limit', 'buy', kAmount, low, { preview: true });
    });
    await call('cancelOrders', async () => {
        const open = await venue.fetchOpenOrders(kSymbol);
        assert.ok(3 <= open.length);
        await venue.cancelOrders(open.map(({ id }) => id), kSymbol);
        assert.deepEqual(await venue.fetchOpenOrders(kSymbol), []);
    });
    await call('fetchOrders', async () => assert.ok((await venue.fetchOrders(kSymbol)).some(({ id }) => id === order.id)));
    await call('fetchOrders over pages', async () => {
        const orders = await venue.fetchOrders(kSymbol, undefined, 2, { paginate: true });
        assert.equal(new Set(orders.map(({ id }) => id)).size, orders.length);
    });
    await call('fetchCanceledOrders', async () =>
        assert.ok((await venue.fetchCanceledOrders(kSymbol)).some(({ id, status }) => id === order.id && status === 'canceled')));
}

/// Orders that fill, and what they leave behind.
async function filledOrders(venue, call, last) {
    const round = (price) => Number(venue.priceToPrecision(kSymbol, price));
    const order = await call('createOrder market by cost', async () => {
        const { id } = await venue.createMarketBuyOrderWithCost(kSymbol, 2000);
        const order = await venue.fetchOrder(id);
        assert.equal(order.status, 'closed');
        assert.ok(Math.abs(order.average / last - 1) < 0.05 && 0 < order.filled && order.cost <= 2000);
        return order;
    });
    await call('createOrder market sell', async () => {
        const { id } = await venue.createOrder(kSymbol, 'market', 'sell', kAmount);
        const sold = await venue.fetchOrder(id);
        assert.deepEqual([sold.status, sold.filled, sold.side], ['closed', kAmount, 'sell']);
    });
    await call('createOrder IOC', async () => {
        const { id } = await venue.createOrder(kSymbol, 'limit', 'buy', kAmount, round(last * 1.02), { timeInForce: 'IOC' });
        assert.equal((await venue.fetchOrder(id)).filled, kAmount);
    });
    await call('fetchMyTrades', async () => {
        const trades = await venue.fetchMyTrades(kSymbol);
        const mine = trades.filter((trade) => trade.order === order.id);
        assert.ok(Math.abs(mine.reduce((sum, { amount }) => sum + amount, 0) / order.filled - 1) < 1e-9);
        assert.ok(mine.every(({ fee, side }) => 0 < fee.cost && side === 'buy'));
        assert.equal(new Set(trades.map(({ id }) => id)).size, trades.length);
    });
    await call('fetchClosedOrders', async () =>
        assert.ok((await venue.fetchClosedOrders(kSymbol)).some(({ id, status }) => id === order.id && status === 'closed')));
    await call('fetchBalance', async () => {
        const { USD, BTC } = await venue.fetchBalance();
        assert.ok(0 < USD.total && Math.abs(BTC.total - order.filled) < 1e-9);
    });
    await call('fetchTradingFees', async () => assert.ok(0 < (await venue.fetchTradingFees())[kSymbol].taker));
    await call('fetchAccounts', async () => assert.ok((await venue.fetchAccounts()).some(({ code }) => code === 'BTC')));
    await call('fetchPortfolios', async () => assert.equal((await venue.fetchPortfolios()).length, 1));
}

async function refusals(venue, call, address, low) {
    const refused = (name, work, kind) => call(`refusal: ${name}`, () => assert.rejects(work, (error) => error instanceof kind));
    await refused('no funds', () => venue.createOrder(kSymbol, 'limit', 'buy', 1000, low), ccxt.InsufficientFunds);
    await refused('too small', () => venue.createOrder(kSymbol, 'limit', 'buy', 0.00000001, low), ccxt.ExchangeError);
    await refused('cancel of an unknown order', () => venue.cancelOrder('00000000-0000-4000-8000-000000000000'), ccxt.ExchangeError);
    await refused('unknown order', () => venue.fetchOrder('00000000-0000-4000-8000-000000000000'), ccxt.ExchangeError);
    await refused('wrong key', () => connect({ ...address, key: `${address.key}0` }).fetchBalance(), ccxt.AuthenticationError);
}

async function streams(venue, call, low) {
    await venue.loadHttpProxyAgent(); // ccxt wants it once before it opens ws:// addresses
    await call('watchTicker', async () => {
        const ticker = await venue.watchTicker(kSymbol);
        assert.ok(ticker.bid < ticker.ask && 0 < ticker.last);
    });
    await call('watchTickers', async () => {
        const seen = new Set();
        while (seen.size < 2) for (const symbol of Object.keys(await venue.watchTickers([kSymbol, kOther]))) seen.add(symbol);
    }, 30);
    await call('watchTrades', async () => assert.ok(0 < (await venue.watchTrades(kSymbol))[0].price), 30);
    await call('watchOrderBook', async () => {
        for (let i = 0; i < 20; ++i) {
            const { bids, asks } = await venue.watchOrderBook(kSymbol);
            assert.ok(bids[0][0] < asks[0][0]);
        }
    }, 30);
    await call('watchOrders', async () => {
        const isHere = (id, status) => (order) => order.id === id && order.status === status;
        let next = venue.watchOrders(kSymbol);
        await pause(500);
        const { id } = await venue.createOrder(kSymbol, 'limit', 'buy', kAmount, low);
        while (!(await next).some(isHere(id, 'open'))) next = venue.watchOrders(kSymbol);
        next = venue.watchOrders(kSymbol);
        await venue.cancelOrder(id, kSymbol);
        while (!(await next).some(isHere(id, 'canceled'))) next = venue.watchOrders(kSymbol);
    });
    await venue.close();
}

export default async function (address) {
    const venue = connect(address);
    const { call } = address;
    const ticker = await marketData(venue, call);
    const low = Number(venue.priceToPrecision(kSymbol, ticker.bid * 0.95));
    await restingOrders(venue, call, low);
    await filledOrders(venue, call, ticker.last);
    await refusals(venue, call, address, low);
    await streams(venue, call, low);
}
