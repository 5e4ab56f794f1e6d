import assert from 'node:assert/strict';
import { Spot, WebsocketAPI, WebsocketStream } from '@binance/connector';
import { Console } from 'node:console';
import { Writable } from 'node:stream';

export const client = '@binance/connector';

const silent = new Console(new Writable({ write: (chunk, encoding, done) => done() }));

export default async function ({ rest, ws, key, secret, call }) {
    const venue = new Spot(key, secret, { baseURL: rest, logger: silent });
    const symbol = 'BTCUSDT';
    await call('ping', () => venue.ping());
    await call('time', async () => assert.ok((await venue.time()).data.serverTime));
    await call('exchangeInfo', async () => assert.equal((await venue.exchangeInfo({ symbols: [symbol, 'ETHUSDT'] })).data.symbols.length, 2));
    const book = (await call('depth', () => venue.depth(symbol, { limit: 5 })))?.data;
    await call('trades', async () => assert.ok((await venue.trades(symbol)).data.length));
    await call('aggTrades', async () => assert.ok((await venue.aggTrades(symbol)).data.length));
    await call('klines', async () => assert.equal((await venue.klines(symbol, '4h', { limit: 10 })).data.length, 10));
    await call('ticker24hr', () => venue.ticker24hr(symbol));
    const price = String((Number(book.bids[0][0]) * 0.97).toFixed(2));
    const placed = await call('newOrder', () => venue.newOrder(symbol, 'BUY', 'LIMIT', { price, quantity: 0.01, timeInForce: 'GTC' }));
    await call('getOrder', async () => assert.equal((await venue.getOrder(symbol, { orderId: placed.data.orderId })).data.status, 'NEW'));
    await call('openOrders', async () => assert.equal((await venue.openOrders({ symbol })).data.length, 1));
    await call('cancelAndReplace', async () => {
        const answer = await venue.cancelAndReplace(symbol, 'BUY', 'LIMIT', 'STOP_ON_FAILURE', { cancelOrderId: placed.data.orderId, price, quantity: 0.02, timeInForce: 'GTC' });
        assert.equal(answer.data.newOrderResult, 'SUCCESS');
    });
    await call('cancelOpenOrders', async () => assert.equal((await venue.cancelOpenOrders(symbol)).data.length, 1));
    await call('newOrder market', async () => assert.equal((await venue.newOrder(symbol, 'BUY', 'MARKET', { quoteOrderQty: 100 })).data.status, 'FILLED'));
    await call('account', async () => assert.ok((await venue.account()).data.balances.length));
    await call('myTrades', async () => assert.ok((await venue.myTrades(symbol)).data.length));
    await call('newOrder refused', () => assert.rejects(venue.newOrder(symbol, 'BUY', 'LIMIT', { price, quantity: '0.000000001', timeInForce: 'GTC' }), (error) => error.response.data.code === -1111));
    await call('stream trade', () => new Promise((resolve, reject) => {
        const stream = new WebsocketStream({ wsURL: ws, logger: silent, combinedStreams: true, callbacks: {
            message: (text) => {
                const frame = JSON.parse(text);
                if (!frame.stream) return;
                stream.disconnect();
                frame.data.s === symbol ? resolve() : reject(new Error(text));
            } } });
        stream.trade('btcusdt');
    }), 30);
    await call('WebsocketAPI newOrder', () => new Promise((resolve, reject) => {
        const api = new WebsocketAPI(key, secret, { wsURL: `${ws}/ws-api/v3`, logger: silent, callbacks: {
            open: (client) => client.newOrder(symbol, 'BUY', 'LIMIT', { timeInForce: 'GTC', price: Number(price), quantity: '0.01' }),
            message: (text) => {
                api.disconnect();
                const answer = JSON.parse(text);
                answer.status === 200 ? resolve() : reject(new Error(text));
            } } });
    }));
}
