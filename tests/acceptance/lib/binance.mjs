import assert from 'node:assert/strict';
import ccxt from 'ccxt';

/// ccxt's Binance classes, pointed at an exchange of ours: nothing but the addresses is changed.
export async function ccxtBinance(name, { rest, ws, key, secret }) {
    const venue = new ccxt.pro[name]({ apiKey: key, secret, timeout: 10_000 });
    const api = venue.urls.api;
    for (const [group, url] of Object.entries(api)) {
        if (typeof url === 'string') api[group] = rest + new URL(url).pathname;
    }
    api.ws.spot = `${ws}/stream/ws`;
    api.ws.future = `${ws}/ws`;
    api.ws['ws-api'] = { spot: `${ws}/ws-api/v3`, future: `${ws}/ws-fapi/v1` };
    venue.options.fetchMarkets = { types: [name === 'binance' ? 'spot' : 'linear'] };
    // ccxt refuses ws:// until it has loaded what its proxies need.
    await venue.loadHttpProxyAgent();
    return venue;
}

/// The public and trading calls that both boards have, in `symbol`; `distance` from the market that a resting order may have.
export async function exercise(venue, call, symbol, amount) {
    await call('loadMarkets', async () => assert.ok((await venue.loadMarkets())[symbol].active));
    await call('fetchTime', async () => assert.ok(Math.abs((await venue.fetchTime()) - Date.now()) < 60_000));
    const ticker = await call('fetchTicker', async () => {
        const ticker = await venue.fetchTicker(symbol);
        assert.ok(0 < ticker.last && ticker.symbol === symbol);
        return ticker;
    });
    await call('fetchTickers', async () => assert.ok(1 < Object.keys(await venue.fetchTickers()).length));
    await call('fetchBidsAsks', async () => assert.ok((await venue.fetchBidsAsks([symbol]))[symbol].bid > 0));
    await call('fetchLastPrices', async () => assert.ok((await venue.fetchLastPrices([symbol]))[symbol].price > 0));
    const book = await call('fetchOrderBook', async () => {
        const book = await venue.fetchOrderBook(symbol, 20);
        assert.ok(book.bids[0][0] < book.asks[0][0] && 0 < book.nonce);
        return book;
    });
    await call('fetchTrades', async () => assert.ok(0 < (await venue.fetchTrades(symbol)).length));
    await call('fetchOHLCV', async () => {
        const bars = await venue.fetchOHLCV(symbol, '1h', undefined, 48);
        assert.equal(bars.length, 48);
        for (let i = 1; i < bars.length; ++i) assert.equal(bars[i][0] - bars[i - 1][0], 3_600_000);
    });
    await call('fetchBalance', async () => assert.ok(0 < (await venue.fetchBalance()).USDT.total));
    const bid = book?.bids[0][0] ?? ticker?.last ?? 1;
    const low = Number(venue.priceToPrecision(symbol, bid * 0.97));
    const order = await call('createOrder limit', async () => {
        const order = await venue.createOrder(symbol, 'limit', 'buy', amount, low);
        assert.equal(order.status, 'open');
        return order;
    });
    if (order) {
        await call('fetchOrder', async () => assert.equal((await venue.fetchOrder(order.id, symbol)).price, low));
        await call('fetchOpenOrders', async () => assert.ok((await venue.fetchOpenOrders(symbol)).some((one) => one.id === order.id)));
        const edited = await call('editOrder', async () => {
            const lower = Number(venue.priceToPrecision(symbol, bid * 0.96));
            const edited = await venue.editOrder(order.id, symbol, 'limit', 'buy', amount, lower);
            assert.equal((await venue.fetchOrder(edited.id, symbol)).price, lower);
            return edited;
        });
        await call('cancelOrder', async () => {
            const id = (edited ?? order).id;
            await venue.cancelOrder(id, symbol);
            assert.equal((await venue.fetchOrder(id, symbol)).status, 'canceled');
        });
    }
    await call('createOrder post-only', async () => {
        const resting = await venue.createOrder(symbol, 'limit', 'buy', amount, low, { postOnly: true });
        assert.ok(resting.id);
        await assert.rejects(venue.createOrder(symbol, 'limit', 'buy', amount, bid * 1.02, { postOnly: true }));
    });
    await call('createOrder IOC', async () => {
        const order = await venue.createOrder(symbol, 'limit', 'buy', amount, low, { timeInForce: 'IOC' });
        assert.notEqual((await venue.fetchOrder(order.id, symbol)).status, 'open');
    });
    await call('createOrder market', async () => {
        const order = await venue.createOrder(symbol, 'market', 'buy', amount);
        const after = await venue.fetchOrder(order.id, symbol);
        assert.equal(after.status, 'closed');
        assert.ok(0 < after.average);
    });
    await call('createOrder stop', async () => {
        const stop = Number(venue.priceToPrecision(symbol, bid * 0.95));
        const order = await venue.createOrder(symbol, venue.id === 'binance' ? 'limit' : 'market', 'sell', amount * 0.9, venue.id === 'binance' ? stop : undefined, { stopPrice: stop });
        assert.ok(order.id);
    });
    await call('fetchOrders', async () => assert.ok(2 < (await venue.fetchOrders(symbol)).length));
    await call('fetchClosedOrders', async () => assert.ok(0 < (await venue.fetchClosedOrders(symbol)).length));
    await call('fetchMyTrades', async () => assert.ok(0 < (await venue.fetchMyTrades(symbol))[0].fee.cost));
    await call('cancelAllOrders', async () => {
        await venue.cancelAllOrders(symbol);
        assert.equal((await venue.fetchOpenOrders(symbol)).length, 0);
    });
    await call('createOrder refused', async () => {
        await assert.rejects(venue.createOrder(symbol, 'limit', 'buy', amount * 1e6, low),
            // ccxt knows -2019 at fapi.binance.com only.
            (error) => error instanceof ccxt.InsufficientFunds || error instanceof ccxt.InvalidOrder || /-2019|-4005/.test(error.message));
    });
    return { bid, low };
}

/// What both boards stream.
export async function watch(venue, call, symbol, amount, low) {
    await call('watchTicker', async () => assert.ok(0 < (await venue.watchTicker(symbol)).last));
    await call('watchTrades', async () => assert.ok(0 < (await venue.watchTrades(symbol))[0].price), 30);
    await call('watchOrderBook', async () => {
        for (let i = 0; i < 3; ++i) {
            const book = await venue.watchOrderBook(symbol);
            assert.ok(book.bids[0][0] < book.asks[0][0]);
        }
    }, 30);
    await call('watchOHLCV', async () => assert.equal((await venue.watchOHLCV(symbol, '1m'))[0].length, 6), 30);
    await call('watchBidsAsks', async () => assert.ok(0 < (await venue.watchBidsAsks([symbol]))[symbol].bid));
    const orders = call('watchOrders', async () => assert.equal((await venue.watchOrders(symbol))[0].symbol, symbol), 20);
    const trades = call('watchMyTrades', async () => assert.equal((await venue.watchMyTrades(symbol))[0].symbol, symbol), 20);
    const balance = call('watchBalance', async () => assert.ok(0 < (await venue.watchBalance()).USDT.total), 20);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await venue.createOrder(symbol, 'market', 'buy', amount).catch(() => {});
    await Promise.all([orders, trades, balance]);
}
