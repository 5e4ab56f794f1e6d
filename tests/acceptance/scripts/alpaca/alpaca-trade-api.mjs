import assert from 'node:assert/strict';
import Alpaca from '@alpacahq/alpaca-trade-api';

export const client = '@alpacahq/alpaca-trade-api';

const pause = (ms) => new Promise((wait) => setTimeout(wait, ms));

async function collect(generator, most = 5000) {
    const items = [];
    for await (const item of generator) {
        items.push(item);
        if (items.length === most) break;
    }
    return items;
}

async function ended(alpaca, id) {
    for (let i = 0; i < 50; ++i) {
        const order = await alpaca.getOrder(id);
        if (!['new', 'pending_new', 'accepted', 'partially_filled'].includes(order.status)) return order;
        await pause(100);
    }
    throw new Error(`order ${id} is still open`);
}

async function reference(alpaca, call) {
    await call('getAccount', async () => {
        const account = await alpaca.getAccount();
        assert.equal(account.status, 'ACTIVE');
        assert.ok(Number(account.buying_power) > 0);
    });
    await call('getClock', async () => assert.ok(Date.parse((await alpaca.getClock()).next_close) > Date.now() - 1000));
    await call('getCalendar', async () => {
        const days = await alpaca.getCalendar({ start: '2024-07-01', end: '2024-07-05' });
        assert.deepEqual(days.map((day) => day.date), ['2024-07-01', '2024-07-02', '2024-07-03', '2024-07-05']);
        assert.equal(days[2].close, '13:00');
    });
    await call('getAssets', async () => {
        const assets = await alpaca.getAssets({ status: 'active', asset_class: 'us_equity' });
        assert.ok(assets.some((asset) => asset.symbol === 'AAPL' && asset.shortable));
    });
    await call('getAsset', async () => assert.equal((await alpaca.getAsset('AAPL')).class, 'us_equity'));
    await call('getAccountConfigurations', async () => assert.equal((await alpaca.getAccountConfigurations()).no_shorting, false));
    await call('updateAccountConfigurations', async () => {
        assert.equal((await alpaca.updateAccountConfigurations({ trade_confirm_email: 'none' })).trade_confirm_email, 'none');
    });
    await call('getPortfolioHistory', async () => {
        const history = await alpaca.getPortfolioHistory({ period: '1D', timeframe: '1Min' });
        assert.equal(history.equity.length, history.timestamp.length);
    });
    await call('watchlists', async () => {
        const list = await alpaca.addWatchlist('mine', ['AAPL']);
        assert.equal((await alpaca.addToWatchlist(list.id, 'MSFT')).assets.length, 2);
        assert.equal((await alpaca.getWatchlists()).length, 1);
        await alpaca.deleteFromWatchlist(list.id, 'AAPL');
        assert.equal((await alpaca.getWatchlist(list.id)).assets.length, 1);
        await alpaca.deleteWatchlist(list.id);
    });
}

async function trading(alpaca, call) {
    const order = (more) => alpaca.createOrder({ symbol: 'AAPL', qty: 2, side: 'buy', type: 'market', time_in_force: 'day', ...more });
    await call('createOrder market', async () => assert.equal((await ended(alpaca, (await order({})).id)).status, 'filled'));
    await call('createOrder fractional', async () => {
        const placed = await order({ qty: undefined, notional: 100 });
        assert.equal(placed.qty, null);
        assert.equal((await ended(alpaca, placed.id)).status, 'filled');
    });
    const limit = await call('createOrder limit', () => order({ type: 'limit', limit_price: 50, client_order_id: 'resting' }));
    await call('getOrderByClientId', async () => assert.equal((await alpaca.getOrderByClientId('resting')).id, limit.id));
    await call('replaceOrder', async () => {
        const fresh = await alpaca.replaceOrder(limit.id, { limit_price: 51 });
        assert.equal(fresh.replaces, limit.id);
        assert.equal((await alpaca.getOrder(limit.id)).status, 'replaced');
        await alpaca.cancelOrder(fresh.id);
        assert.equal((await alpaca.getOrder(fresh.id)).status, 'canceled');
    });
    await call('createOrder trailing stop', async () => {
        const placed = await order({ side: 'sell', type: 'trailing_stop', trail_percent: 5, qty: 1, time_in_force: 'gtc' });
        assert.ok(Number((await alpaca.getOrder(placed.id)).hwm) > 0);
    });
    await call('getOrders', async () => assert.equal((await alpaca.getOrders({ status: 'open', limit: 10 })).length, 1));
    await call('cancelAllOrders', async () => assert.equal((await alpaca.cancelAllOrders())[0].status, 200));
    await call('getPositions', async () => assert.equal((await alpaca.getPositions())[0].symbol, 'AAPL'));
    await call('getPosition', async () => assert.ok(Number((await alpaca.getPosition('AAPL')).qty) > 2));
    await call('closePosition', async () => assert.equal((await ended(alpaca, (await alpaca.closePosition('AAPL')).id)).status, 'filled'));
    await call('short sale', async () => {
        await ended(alpaca, (await alpaca.createOrder({ symbol: 'KO', qty: 3, side: 'sell', type: 'market', time_in_force: 'day' })).id);
        assert.equal((await alpaca.getPosition('KO')).side, 'short');
    });
    await call('closeAllPositions', async () => {
        assert.equal((await alpaca.closeAllPositions())[0].status, 200);
        assert.equal((await alpaca.getPositions()).length, 0);
    });
    await call('getAccountActivities', async () => {
        const fills = await alpaca.getAccountActivities({ activityTypes: 'FILL' });
        assert.ok(fills.length >= 5 && fills[0].activity_type === 'FILL');
    });
    await call('refusal: duplicate client order id', () =>
        assert.rejects(order({ client_order_id: 'resting' }), (error) => error.response.status === 422 && error.response.data.code === 40010001));
}

async function marketData(alpaca, call) {
    const start = new Date(Date.now() - 3 * 86_400_000).toISOString();
    const frame = alpaca.newTimeframe(30, alpaca.timeframeUnit.MIN);
    await call('getBarsV2', async () => {
        const bars = await collect(alpaca.getBarsV2('AAPL', { start, timeframe: frame, pageLimit: 20, limit: 50 }));
        assert.equal(bars.length, 50);
        assert.ok(bars.every((bar) => bar.LowPrice <= bar.HighPrice && bar.TradeCount >= 0));
    });
    await call('getMultiBarsV2', async () => {
        const bars = await alpaca.getMultiBarsV2(['AAPL', 'MSFT'], { start, timeframe: alpaca.newTimeframe(1, alpaca.timeframeUnit.DAY) });
        assert.deepEqual([...bars.keys()].sort(), ['AAPL', 'MSFT']);
    });
    await call('getTradesV2', async () => assert.ok((await collect(alpaca.getTradesV2('AAPL', { start, limit: 3 }))).length > 0));
    await call('getQuotesV2', async () => assert.ok((await collect(alpaca.getQuotesV2('AAPL', { start, limit: 3 }))).length > 0));
    await call('getLatestTrade', async () => assert.ok((await alpaca.getLatestTrade('AAPL')).Price > 0));
    await call('getLatestQuote', async () => {
        const quote = await alpaca.getLatestQuote('AAPL');
        assert.ok(quote.BidPrice < quote.AskPrice);
    });
    await call('getLatestBars', async () => assert.equal((await alpaca.getLatestBars(['AAPL', 'MSFT'])).size, 2));
    await call('getSnapshot', async () => assert.ok((await alpaca.getSnapshot('AAPL')).DailyBar.ClosePrice > 0));
    await call('getSnapshots', async () => assert.equal((await alpaca.getSnapshots(['AAPL', 'MSFT'])).length, 2));
    await call('getCryptoBars', async () => {
        const bars = await alpaca.getCryptoBars(['BTC/USD'], { start, timeframe: frame });
        assert.ok(bars.get('BTC/USD').length > 100);
    });
    await call('getCryptoTrades', async () => assert.ok((await alpaca.getCryptoTrades(['BTC/USD'], { start, limit: 3 })).get('BTC/USD').length > 0));
    await call('getLatestCryptoQuotes', async () => assert.ok((await alpaca.getLatestCryptoQuotes(['BTC/USD'])).get('BTC/USD').AskPrice > 0));
    await call('getLatestCryptoTrades', async () => assert.ok((await alpaca.getLatestCryptoTrades(['BTC/USD'])).get('BTC/USD').Price > 0));
    await call('getCryptoOrderbooks', async () => {
        const book = (await alpaca.getCryptoOrderbooks(['BTC/USD'])).get('BTC/USD');
        assert.ok(book.Bids[0].Price < book.Asks[0].Price);
    });
    await call('getCryptoSnapshots', async () => assert.ok((await alpaca.getCryptoSnapshots(['BTC/USD'])).get('BTC/USD').LatestTrade.Price > 0));
}

/// Connects, subscribes in `begin`, and waits for the first of each kind.
function firstOf(stream, begin, kinds) {
    return new Promise((resolve, reject) => {
        const found = {};
        for (const kind of kinds) {
            stream[kind]((item) => {
                found[kind] = item;
                if (Object.keys(found).length === kinds.length) resolve(found);
            });
        }
        stream.onError((error) => reject(new Error(error)));
        stream.onConnect(begin);
        stream.connect();
    });
}

async function streams(alpaca, call, ws) {
    // The client makes wss:// of every address; here the exchange speaks plain text on loopback.
    const stocks = alpaca.data_stream_v2;
    stocks.session.url = `${ws}/v2/iex`;
    await call('data_stream_v2', async () => {
        const found = await firstOf(stocks, () => {
            stocks.subscribeForTrades(['AAPL']);
            stocks.subscribeForQuotes(['AAPL']);
        }, ['onStockTrade', 'onStockQuote']);
        assert.ok(found.onStockTrade.Price > 0 && found.onStockTrade.Timestamp instanceof Date);
        stocks.disconnect();
    }, 60);
    const coins = alpaca.crypto_stream_v1beta3;
    coins.session.url = `${ws}/v1beta3/crypto/us`;
    await call('crypto_stream_v1beta3', async () => {
        const found = await firstOf(coins, () => {
            coins.subscribeForTrades(['BTC/USD']);
            coins.subscribeForQuotes(['BTC/USD']);
            coins.subscribeForBars(['BTC/USD']);
            coins.subscribeForOrderbooks(['BTC/USD']);
        }, ['onCryptoTrade', 'onCryptoQuote', 'onCryptoBar', 'onCryptoOrderbook']);
        assert.ok(found.onCryptoQuote.BidPrice < found.onCryptoQuote.AskPrice);
        assert.ok(found.onCryptoBar.Close > 0);
        coins.disconnect();
    }, 90);
    await call('trade_ws', async () => {
        const updates = [];
        const trades = alpaca.trade_ws;
        const connected = new Promise((resolve) => trades.onConnect(resolve));
        trades.onOrderUpdate((update) => updates.push(update));
        trades.connect();
        await connected;
        trades.subscribe(['trade_updates']);
        await pause(300);
        const placed = await alpaca.createOrder({ symbol: 'BTC/USD', qty: 0.01, side: 'buy', type: 'market', time_in_force: 'gtc' });
        await ended(alpaca, placed.id);
        await pause(300);
        const events = updates.filter((update) => update.order.id === placed.id).map((update) => update.event);
        assert.deepEqual([events[0], events[1], events.at(-1)], ['pending_new', 'new', 'fill']);
        trades.disconnect();
    });
}

export default async function ({ rest, ws, key, secret, call }) {
    const alpaca = new Alpaca({ baseUrl: rest, dataBaseUrl: rest, dataStreamUrl: rest, keyId: key, secretKey: secret, feed: 'iex' });
    await reference(alpaca, call);
    await trading(alpaca, call);
    await marketData(alpaca, call);
    await streams(alpaca, call, ws);
}
