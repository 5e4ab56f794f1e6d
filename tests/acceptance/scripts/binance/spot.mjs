import assert from 'node:assert/strict';
import { Spot } from '@binance/spot';

export const client = '@binance/spot';

export default async function ({ rest, ws, key, secret, call }) {
    const venue = new Spot({
        configurationRestAPI: { apiKey: key, apiSecret: secret, basePath: rest, timeout: 5000 },
        configurationWebsocketAPI: { apiKey: key, apiSecret: secret, wsURL: `${ws}/ws-api/v3`, timeout: 5000 },
        configurationWebsocketStreams: { wsURL: ws },
    });
    const api = venue.restAPI;
    const data = async (request) => (await request).data();
    const symbol = 'BTCUSDT';
    await call('ping', () => data(api.ping()));
    await call('time', async () => assert.ok((await data(api.time())).serverTime));
    await call('exchangeInfo', async () => assert.equal((await data(api.exchangeInfo({ symbol }))).symbols.length, 1));
    const book = await call('depth', () => data(api.depth({ symbol, limit: 5 })));
    await call('klines', async () => assert.equal((await data(api.klines({ symbol, interval: '1h', limit: 5 }))).length, 5));
    await call('ticker24hr', () => data(api.ticker24hr({ symbols: [symbol, 'ETHUSDT'] })));
    await call('tickerBookTicker', () => data(api.tickerBookTicker()));
    const price = Number((Number(book.bids[0][0]) * 0.97).toFixed(2));
    const placed = await call('newOrder', () => data(api.newOrder({ symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 0.01, price })));
    await call('getOrder', async () => assert.equal((await data(api.getOrder({ symbol, orderId: placed.orderId }))).status, 'NEW'));
    await call('getOpenOrders', async () => assert.equal((await data(api.getOpenOrders({ symbol }))).length, 1));
    await call('deleteOrder', async () => assert.equal((await data(api.deleteOrder({ symbol, orderId: placed.orderId }))).status, 'CANCELED'));
    await call('orderTest', () => data(api.orderTest({ symbol, side: 'BUY', type: 'MARKET', quantity: 0.01 })));
    await call('getAccount', async () => assert.ok((await data(api.getAccount())).balances.length));
    await call('allOrders', async () => assert.equal((await data(api.allOrders({ symbol }))).length, 1));
    await call('rateLimitOrder', async () => assert.ok((await data(api.rateLimitOrder())).length));
    await call('stream trade', async () => {
        const connection = await venue.websocketStreams.connect();
        const stream = connection.trade({ symbol: 'btcusdt' });
        await new Promise((resolve) => stream.on('message', resolve));
        await connection.disconnect();
    }, 30);
    const connection = await call('WebSocket API connect', () => venue.websocketAPI.connect());
    if (!connection) return;
    await call('WebSocket API orderPlace', async () => {
        const answer = await connection.orderPlace({ symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 0.01, price });
        assert.equal(answer.data.status, 'NEW');
    });
    await call('WebSocket API userDataStreamSubscribeSignature', async () => {
        const answer = await connection.userDataStreamSubscribeSignature();
        const stream = answer.stream ?? answer.response?.stream;
        const event = new Promise((resolve) => stream.on('message', resolve));
        await data(api.newOrder({ symbol, side: 'BUY', type: 'MARKET', quantity: 0.01 }));
        assert.ok(await event);
    });
    await connection.disconnect();
}
