import assert from 'node:assert/strict';
import ccxt from 'ccxt';

export const client = 'ccxt';

const kCoin = 'BTC/USD';

function connect({ rest, ws, key, secret }) {
    const venue = new ccxt.pro.alpaca({ apiKey: key, secret, enableRateLimit: false });
    Object.assign(venue.urls.api, { trader: rest, market: rest, broker: rest });
    venue.urls.api.ws = { crypto: `${ws}/v1beta3/crypto/us`, trading: `${ws}/stream` };
    return venue;
}

async function ended(venue, id) {
    for (let i = 0; i < 50; ++i) {
        const order = await venue.fetchOrder(id);
        if (order.status !== 'open') return order;
        await new Promise((wait) => setTimeout(wait, 100));
    }
    throw new Error(`order ${id} is still open`);
}

async function marketData(venue, call) {
    await call('loadMarkets', async () => {
        const markets = await venue.loadMarkets();
        assert.equal(markets[kCoin].limits.cost.min, 10);
        assert.ok(markets[kCoin].precision.price > 0);
    });
    await call('fetchTicker', async () => {
        const ticker = await venue.fetchTicker(kCoin);
        assert.ok(ticker.bid < ticker.ask && ticker.last > 0);
    });
    await call('fetchTickers', async () => {
        const tickers = await venue.fetchTickers([kCoin, 'ETH/USD']);
        assert.equal(Object.keys(tickers).length, 2);
    });
    await call('fetchOrderBook', async () => {
        const book = await venue.fetchOrderBook(kCoin);
        assert.ok(book.bids.length > 1 && book.asks.length > 1 && book.bids[0][0] < book.asks[0][0]);
    });
    await call('fetchTrades', async () => {
        const trades = await venue.fetchTrades(kCoin, Date.now() - 3_600_000, 5);
        assert.ok(trades.length > 0 && trades[0].price > 0 && ['buy', 'sell'].includes(trades[0].side));
        assert.equal(new Set(trades.map((trade) => trade.id)).size, trades.length);
    });
    for (const [frame, step] of [['1m', 60], ['15m', 900], ['1h', 3600], ['1d', 86_400]]) {
        await call(`fetchOHLCV ${frame}`, async () => {
            const bars = await venue.fetchOHLCV(kCoin, frame, Date.now() - 5 * 86_400_000, 4);
            assert.equal(bars.length, 4);
            assert.equal(bars[1][0] - bars[0][0], step * 1000);
            for (const [, open, high, low, close] of bars) assert.ok(low <= Math.min(open, close) && Math.max(open, close) <= high);
        });
    }
}

async function trading(venue, call) {
    const price = (await venue.fetchTicker(kCoin)).last;
    const low = Math.floor(price * 0.8);
    await call('fetchBalance', async () => {
        const balance = await venue.fetchBalance();
        assert.ok(balance.USD.free > 0 && balance.USD.total >= balance.USD.free);
    });
    const market = await call('createOrder market', async () => {
        const placed = await venue.createOrder(kCoin, 'market', 'buy', 0.01);
        const order = await ended(venue, placed.id);
        assert.equal(order.status, 'closed');
        assert.equal(order.filled, 0.01);
        return order;
    });
    await call('createOrder market by cost', async () => {
        const placed = await venue.createMarketBuyOrderWithCost(kCoin, 50);
        assert.equal((await ended(venue, placed.id)).status, 'closed');
    });
    await call('fetchMyTrades', async () => {
        const trades = await venue.fetchMyTrades(kCoin);
        assert.ok(trades.some((trade) => trade.order === market.id && trade.side === 'buy'));
    });
    const limit = await call('createOrder limit', async () => {
        const order = await venue.createOrder(kCoin, 'limit', 'buy', 0.01, low);
        assert.equal((await venue.fetchOrder(order.id)).status, 'open');
        return order;
    });
    const edited = await call('editOrder', async () => {
        const order = await venue.editOrder(limit.id, kCoin, 'limit', 'buy', 0.02, low - 10);
        assert.notEqual(order.id, limit.id);
        assert.equal(order.price, low - 10);
        assert.equal((await venue.fetchOrder(limit.id)).status, 'canceled');
        return order;
    });
    await call('fetchOpenOrders', async () => {
        const orders = await venue.fetchOpenOrders(kCoin);
        assert.deepEqual(orders.map((order) => order.id), [edited.id]);
    });
    await call('cancelOrder', async () => {
        await venue.cancelOrder(edited.id);
        assert.equal((await venue.fetchOrder(edited.id)).status, 'canceled');
    });
    await call('createOrder stop-limit', async () => {
        const order = await venue.createOrder(kCoin, 'limit', 'sell', 0.005, low - 5, { triggerPrice: low });
        assert.equal(order.triggerPrice, low);
    });
    await call('cancelAllOrders', async () => {
        assert.equal((await venue.cancelAllOrders()).length, 1);
        assert.equal((await venue.fetchOpenOrders()).length, 0);
    });
    await call('fetchClosedOrders', async () => assert.ok((await venue.fetchClosedOrders(kCoin)).length >= 4));
    await call('fetchOrders', async () => assert.ok((await venue.fetchOrders(kCoin, Date.now() - 3_600_000)).length >= 4));
    await call('fetchDepositsWithdrawals', async () => assert.deepEqual(await venue.fetchDepositsWithdrawals(), []));
}

async function refusals(venue, call, address) {
    const refused = (name, work, kind, text) =>
        call(name, () => assert.rejects(work, (error) => error instanceof kind && String(error.message).includes(text)));
    await refused('refusal: too small', () => venue.createOrder(kCoin, 'limit', 'buy', 0.00001, 1000), ccxt.ExchangeError, '');
    await refused('refusal: no coins', () => venue.createOrder('ETH/USD', 'market', 'sell', 1), ccxt.InsufficientFunds, 'insufficient balance for ETH');
    await refused('refusal: time in force', () => venue.createOrder(kCoin, 'market', 'buy', 0.01, undefined, { timeInForce: 'day' }), ccxt.BadRequest, 'invalid crypto time_in_force');
    await refused('refusal: unknown order', () => venue.cancelOrder('00000000-0000-4000-8000-000000000000'), ccxt.InvalidOrder, 'order not found');
    const stranger = connect({ ...address, secret: 'wrong' });
    await refused('refusal: wrong keys', () => stranger.fetchBalance(), ccxt.AuthenticationError, 'unauthorized');
}

async function streams(venue, call) {
    await venue.loadHttpProxyAgent(); // ccxt wants it once before it opens ws:// addresses
    await call('watchTicker', async () => {
        const ticker = await venue.watchTicker(kCoin);
        assert.ok(ticker.bid < ticker.ask);
    });
    await call('watchTrades', async () => assert.ok((await venue.watchTrades(kCoin))[0].price > 0), 60);
    await call('watchOrderBook', async () => {
        for (let i = 0; i < 3; ++i) {
            const book = await venue.watchOrderBook(kCoin);
            assert.ok(book.bids[0][0] < book.asks[0][0]);
        }
    });
    await call('watchOHLCV', async () => assert.equal((await venue.watchOHLCV(kCoin))[0].length, 6), 90);
    await call('watchOrders', async () => {
        const first = venue.watchOrders();
        await new Promise((wait) => setTimeout(wait, 500));
        const placed = await venue.createOrder(kCoin, 'limit', 'buy', 0.01, 10_000);
        let orders = await first;
        while (!orders.some((order) => order.id === placed.id && order.info.status === 'new')) orders = await venue.watchOrders();
        await venue.cancelOrder(placed.id);
        while (!orders.some((order) => order.id === placed.id && order.status === 'canceled')) orders = await venue.watchOrders();
    });
    await call('watchMyTrades', async () => {
        const first = venue.watchMyTrades(kCoin);
        await new Promise((wait) => setTimeout(wait, 200));
        const placed = await venue.createOrder(kCoin, 'market', 'buy', 0.01);
        const trades = await first;
        assert.ok(trades.some((trade) => trade.order === placed.id && trade.amount === 0.01));
    });
    await venue.close();
}

export default async function (address) {
    const venue = connect(address);
    await marketData(venue, address.call);
    await trading(venue, address.call);
    await refusals(venue, address.call, address);
    await streams(venue, address.call);
}
