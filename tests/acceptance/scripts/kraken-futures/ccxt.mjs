import assert from 'node:assert/strict';
import ccxt from 'ccxt';

export const client = 'ccxt';

const kSymbol = 'BTC/USD:USD';
const kOther = 'ETH/USD:USD';
const kAmount = 0.01;

/// The limit as the venue tells it: ccxt leaves the price of its answers out on purpose.
const limitOf = ({ info }) => Number((info.order ?? info.orderEvents?.[0].order ?? info).limitPrice);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function connect({ rest, ws, key, secret }) {
    const venue = new ccxt.pro.krakenfutures({ apiKey: key, secret, timeout: 10_000 });
    const api = venue.urls.api;
    for (const [group, url] of Object.entries(api)) {
        api[group] = group === 'ws' ? `${ws}/ws/v1` : rest + new URL(url).pathname;
    }
    return venue;
}

async function marketData(venue, call) {
    await call('loadMarkets', async () => {
        const market = (await venue.loadMarkets())[kSymbol];
        assert.ok(market.active && market.swap && market.linear && market.contractSize === 1);
        assert.ok(0 < market.precision.price && 0 < market.precision.amount);
    });
    const ticker = await call('fetchTicker', async () => {
        const ticker = await venue.fetchTicker(kSymbol);
        assert.equal(ticker.symbol, kSymbol);
        assert.ok(ticker.bid < ticker.ask && 0 < ticker.last && 0 < ticker.markPrice);
        return ticker;
    });
    await call('fetchTickers', async () => {
        const tickers = await venue.fetchTickers([kSymbol, kOther]);
        assert.deepEqual(Object.keys(tickers).sort(), [kSymbol, kOther]);
    });
    await call('fetchOrderBook', async () => {
        const { bids, asks } = await venue.fetchOrderBook(kSymbol);
        assert.ok(1 < bids.length && 1 < asks.length && bids[0][0] < asks[0][0]);
        for (let i = 1; i < bids.length; ++i) assert.ok(bids[i][0] < bids[i - 1][0]);
        for (let i = 1; i < asks.length; ++i) assert.ok(asks[i - 1][0] < asks[i][0]);
    });
    for (const method of ['historyGetMarketSymbolExecutions', 'publicGetHistory']) {
        await call(`fetchTrades ${method}`, async () => {
            const trades = await venue.fetchTrades(kSymbol, undefined, undefined, { method });
            assert.ok(0 < trades.length && trades.every(({ price, amount }) => 0 < price && 0 < amount));
            assert.equal(new Set(trades.map(({ id }) => id)).size, trades.length);
        }, 30);
    }
    for (const [frame, seconds] of [['1m', 60], ['1h', 3600], ['1d', 86_400]]) {
        await call(`fetchOHLCV ${frame}`, async () => {
            const bars = await venue.fetchOHLCV(kSymbol, frame, undefined, 24);
            assert.ok(23 <= bars.length && bars.length <= 24);
            for (let i = 1; i < bars.length; ++i) assert.equal(bars[i][0] - bars[i - 1][0], seconds * 1000);
            assert.ok(bars.every(([, open, high, low, close]) => low <= Math.min(open, close) && Math.max(open, close) <= high));
        });
    }
    for (const price of ['mark', 'index']) {
        await call(`fetchOHLCV ${price}`, async () =>
            assert.ok(0 < (await venue.fetchOHLCV(kSymbol, '1h', Date.now() - 5 * 3_600_000, 4, { price })).length));
    }
    await call('fetchFundingRates', async () => assert.ok((await venue.fetchFundingRates())[kSymbol].fundingRate !== undefined));
    await call('fetchFundingRateHistory', () => venue.fetchFundingRateHistory(kSymbol));
    await call('fetchLeverageTiers', async () => assert.ok(1 < (await venue.fetchLeverageTiers([kSymbol]))[kSymbol][0].maxLeverage));
    await call('fetchTradingFees', async () => assert.ok(0 < (await venue.fetchTradingFees())[kSymbol].taker));
    return ticker;
}

/// Orders that rest, are changed, and go.
async function restingOrders(venue, call, low) {
    const round = (price) => Number(venue.priceToPrecision(kSymbol, price));
    const isOpen = async (id) => (await venue.fetchOpenOrders(kSymbol)).some((order) => order.id === id);
    const order = await call('createOrder limit', async () => {
        const order = await venue.createOrder(kSymbol, 'limit', 'buy', kAmount, low, { clientOrderId: 'acceptance-1' });
        assert.equal(order.status, 'open');
        assert.equal(order.clientOrderId, 'acceptance-1');
        assert.equal(limitOf(order), low);
        return order;
    });
    await call('fetchOpenOrders', async () => {
        const [open] = await venue.fetchOpenOrders(kSymbol);
        assert.deepEqual([open.id, open.side, limitOf(open), open.amount], [order.id, 'buy', low, kAmount]);
    });
    await call('fetchOrder', async () => {
        const found = await venue.fetchOrder(order.id, kSymbol);
        assert.deepEqual([found.id, limitOf(found), found.status], [order.id, low, 'open']);
    });
    await call('fetchOrders', async () => assert.ok((await venue.fetchOrders(kSymbol)).some(({ id }) => id === order.id)));
    await call('editOrder', async () => {
        const lower = round(low * 0.99);
        await venue.editOrder(order.id, kSymbol, 'limit', 'buy', 2 * kAmount, lower);
        const found = await venue.fetchOrder(order.id, kSymbol);
        assert.deepEqual([limitOf(found), found.amount], [lower, 2 * kAmount]);
    });
    await call('cancelOrder', async () => {
        const gone = await venue.cancelOrder(order.id, kSymbol);
        assert.equal(gone.status, 'canceled');
        assert.ok(!(await isOpen(order.id)));
    });
    await call('cancelOrder twice', () => assert.rejects(venue.cancelOrder(order.id, kSymbol), ccxt.OrderNotFound));
    await call('createOrder post-only', async () => {
        const resting = await venue.createOrder(kSymbol, 'limit', 'buy', kAmount, low, { postOnly: true });
        assert.ok(await isOpen(resting.id));
        const crossing = venue.createOrder(kSymbol, 'limit', 'buy', kAmount, round(low * 1.1), { postOnly: true });
        await assert.rejects(crossing, ccxt.OrderImmediatelyFillable);
    });
    await call('createOrders, cancelOrders', async () => {
        const wanted = [1, 2].map((n) => ({ symbol: kSymbol, type: 'limit', side: 'buy', amount: kAmount, price: round(low * (1 - n / 100)) }));
        const placed = await venue.createOrders(wanted);
        assert.equal(new Set(placed.map(({ id }) => id)).size, 2);
        await venue.cancelOrders(placed.map(({ id }) => id), kSymbol);
        for (const { id } of placed) assert.ok(!(await isOpen(id)));
    });
    await call('createOrder stop', async () => {
        const stop = await venue.createOrder(kSymbol, 'market', 'sell', kAmount, undefined, { stopPrice: low, triggerSignal: 'mark' });
        const open = (await venue.fetchOpenOrders(kSymbol)).find(({ id }) => id === stop.id);
        assert.equal(open.triggerPrice, low);
    });
    await call('createOrder stop-limit', async () => {
        const stop = await venue.createOrder(kSymbol, 'limit', 'sell', kAmount, round(low * 0.99), { triggerPrice: low });
        assert.ok(await isOpen(stop.id));
    });
    await call('cancelAllOrders', async () => {
        assert.ok(3 <= (await venue.cancelAllOrders(kSymbol)).length);
        assert.deepEqual(await venue.fetchOpenOrders(kSymbol), []);
    });
    await call('cancelAllOrdersAfter', async () => {
        const { id } = await venue.createOrder(kSymbol, 'limit', 'buy', kAmount, low);
        await venue.cancelAllOrdersAfter(60_000);
        await venue.cancelAllOrdersAfter(0);
        assert.ok(await isOpen(id));
        await venue.cancelAllOrdersAfter(1_000);
        for (let i = 0; i < 30 && (await isOpen(id)); ++i) await pause(100);
        assert.ok(!(await isOpen(id)));
    });
    await call('fetchCanceledOrders', async () =>
        assert.ok((await venue.fetchCanceledOrders(kSymbol)).some(({ id, status }) => id === order.id && status === 'canceled')));
}

/// Orders that fill, and what they leave behind.
async function filledOrders(venue, call, last) {
    const round = (price) => Number(venue.priceToPrecision(kSymbol, price));
    const holding = async () => {
        const [position] = await venue.fetchPositions([kSymbol]);
        return position ? (position.side === 'long' ? 1 : -1) * position.contracts : 0;
    };
    const order = await call('createOrder market', async () => {
        const order = await venue.createOrder(kSymbol, 'market', 'buy', 2 * kAmount);
        assert.equal(order.status, 'closed');
        assert.equal(order.filled, 2 * kAmount);
        assert.ok(Math.abs(order.average / last - 1) < 0.05);
        return order;
    });
    await call('fetchPositions', async () => {
        const [position] = await venue.fetchPositions([kSymbol]);
        assert.deepEqual([position.side, position.contracts], ['long', 2 * kAmount]);
        assert.ok(Math.abs(position.entryPrice / order.average - 1) < 1e-6);
    });
    await call('createOrder IOC', async () => {
        await venue.createOrder(kSymbol, 'limit', 'sell', kAmount, round(last * 0.98), { timeInForce: 'ioc' });
        assert.equal(await holding(), kAmount);
    });
    await call('createOrder reduce-only', async () => {
        const reducing = await venue.createOrder(kSymbol, 'limit', 'sell', kAmount, round(last * 1.1), { reduceOnly: true });
        assert.equal((await venue.fetchOrder(reducing.id)).reduceOnly, true);
        await venue.cancelOrder(reducing.id);
        await venue.createOrder(kSymbol, 'market', 'sell', kAmount, undefined, { reduceOnly: true });
        assert.equal(await holding(), 0);
        const adding = venue.createOrder(kSymbol, 'market', 'sell', kAmount, undefined, { reduceOnly: true });
        await assert.rejects(adding, ccxt.ExchangeError);
    });
    await call('fetchMyTrades', async () => {
        const trades = await venue.fetchMyTrades(kSymbol);
        const mine = trades.filter((trade) => trade.order === order.id);
        assert.ok(Math.abs(mine.reduce((sum, { amount }) => sum + amount, 0) - 2 * kAmount) < 1e-9);
        assert.equal(new Set(trades.map(({ id }) => id)).size, trades.length);
    });
    await call('fetchClosedOrders', async () =>
        assert.ok((await venue.fetchClosedOrders(kSymbol)).some(({ id, status }) => id === order.id && status === 'closed')));
    await call('fetchBalance', async () => {
        const { USD } = await venue.fetchBalance({ type: 'flex' });
        assert.ok(0 < USD.total);
    });
    await call('fetchLedger', () => venue.fetchLedger());
    await call('setLeverage, fetchLeverage', async () => {
        await venue.setLeverage(5, kSymbol);
        assert.equal((await venue.fetchLeverage(kSymbol)).longLeverage, 5);
        assert.equal((await venue.fetchLeverages())[kSymbol].shortLeverage, 5);
    });
}

async function refusals(venue, call, address, low) {
    const refused = (name, work, kind) => call(`refusal: ${name}`, () => assert.rejects(work, (error) => error instanceof kind));
    await refused('no funds', () => venue.createOrder(kSymbol, 'limit', 'buy', 1000, low), ccxt.InsufficientFunds);
    await refused('unknown order', () => venue.cancelOrder('00000000-0000-4000-8000-000000000000'), ccxt.OrderNotFound);
    await refused('edit of an unknown order', () => venue.editOrder('00000000-0000-4000-8000-000000000000', kSymbol, 'limit', 'buy', kAmount, low), ccxt.OrderNotFound);
    const stranger = connect({ ...address, secret: Buffer.alloc(64, 7).toString('base64') });
    await refused('wrong secret', () => stranger.fetchBalance(), ccxt.AuthenticationError);
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
    await call('watchBidsAsks', async () => assert.ok(0 < Object.values(await venue.watchBidsAsks([kSymbol]))[0].bid), 30);
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
        while (!(await next).some(isHere(id, undefined))) next = venue.watchOrders(kSymbol);
        next = venue.watchOrders(kSymbol);
        await venue.cancelOrder(id, kSymbol);
        while (!(await next).some(isHere(id, 'canceled'))) next = venue.watchOrders(kSymbol);
    });
    const positions = call('watchPositions', async () => {
        let [position] = await venue.watchPositions([kSymbol]);
        while (!position?.contracts) [position] = await venue.watchPositions([kSymbol]);
        assert.deepEqual([position.symbol, position.contracts], [kSymbol, kAmount]);
    }, 20);
    await call('watchMyTrades', async () => {
        const next = venue.watchMyTrades(kSymbol);
        await pause(500);
        const { id } = await venue.createOrder(kSymbol, 'market', 'buy', kAmount);
        let trades = await next;
        while (!trades.some((trade) => trade.order === id)) trades = await venue.watchMyTrades(kSymbol);
        const mine = trades.find((trade) => trade.order === id);
        assert.equal(mine.side, 'buy');
    });
    await positions;
    await call('watchBalance', async () => {
        await venue.watchBalance(); // the holdings of the snapshot; what ccxt makes of one account alone never comes
        const next = venue.watchBalance();
        await venue.createOrder(kSymbol, 'market', 'sell', kAmount, undefined, { reduceOnly: true });
        assert.ok(0 < (await next).flex.USD.total);
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
