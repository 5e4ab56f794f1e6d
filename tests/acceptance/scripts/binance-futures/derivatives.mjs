import assert from 'node:assert/strict';
import { DerivativesTradingUsdsFutures } from '@binance/derivatives-trading-usds-futures';

export const client = '@binance/derivatives-trading-usds-futures';

export default async function ({ rest, ws, key, secret, call }) {
    const venue = new DerivativesTradingUsdsFutures({
        configurationRestAPI: { apiKey: key, apiSecret: secret, basePath: rest, timeout: 5000 },
        configurationWebsocketStreams: { wsURL: ws },
    });
    const api = venue.restAPI;
    const data = async (request) => (await request).data();
    const symbol = 'BTCUSDT';
    await call('checkServerTime', async () => assert.ok((await data(api.checkServerTime())).serverTime));
    await call('exchangeInformation', async () => assert.ok((await data(api.exchangeInformation())).symbols.length));
    const book = await call('orderBook', () => data(api.orderBook({ symbol, limit: 5 })));
    await call('klineCandlestickData', async () => assert.equal((await data(api.klineCandlestickData({ symbol, interval: '1h', limit: 5 }))).length, 5));
    await call('markPrice', async () => assert.ok((await data(api.markPrice({ symbol }))).markPrice));
    await call('openInterest', async () => assert.ok((await data(api.openInterest({ symbol }))).openInterest));
    await call('changeInitialLeverage', async () => assert.equal((await data(api.changeInitialLeverage({ symbol, leverage: 7 }))).leverage, 7));
    const price = Number((Number(book.bids[0][0]) * 0.97).toFixed(2));
    const placed = await call('newOrder', () => data(api.newOrder({ symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 0.01, price })));
    await call('modifyOrder', async () => assert.equal((await data(api.modifyOrder({ symbol, side: 'BUY', orderId: placed.orderId, quantity: 0.02, price }))).origQty, '0.020'));
    await call('queryOrder', async () => assert.equal((await data(api.queryOrder({ symbol, orderId: placed.orderId }))).status, 'NEW'));
    await call('currentAllOpenOrders', async () => assert.equal((await data(api.currentAllOpenOrders({ symbol }))).length, 1));
    await call('cancelOrder', async () => assert.equal((await data(api.cancelOrder({ symbol, orderId: placed.orderId }))).status, 'CANCELED'));
    await call('placeMultipleOrders', async () => {
        const one = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: String(price) };
        assert.equal((await data(api.placeMultipleOrders({ batchOrders: [one, one] }))).length, 2);
    });
    await call('cancelAllOpenOrders', () => data(api.cancelAllOpenOrders({ symbol })));
    await call('newAlgoOrder', async () => assert.equal((await data(api.newAlgoOrder({ algoType: 'CONDITIONAL', symbol, side: 'SELL', type: 'STOP_MARKET', quantity: 0.01, triggerPrice: price }))).algoStatus, 'NEW'));
    await call('currentAllAlgoOpenOrders', async () => assert.equal((await data(api.currentAllAlgoOpenOrders())).length, 1));
    await call('cancelAllAlgoOpenOrders', () => data(api.cancelAllAlgoOpenOrders({ symbol })));
    await call('newOrder market short', () => data(api.newOrder({ symbol, side: 'SELL', type: 'MARKET', quantity: 0.01 })));
    await call('positionInformationV3', async () => assert.equal((await data(api.positionInformationV3()))[0].positionAmt, '-0.010'));
    await call('accountInformationV3', async () => assert.ok((await data(api.accountInformationV3())).totalWalletBalance));
    await call('futuresAccountBalanceV3', async () => assert.equal((await data(api.futuresAccountBalanceV3()))[0].asset, 'USDT'));
    await call('getIncomeHistory', async () => assert.ok((await data(api.getIncomeHistory())).length));
    await call('startUserDataStream', async () => assert.ok((await data(api.startUserDataStream())).listenKey));
    await call('stream markPrice', async () => {
        const connection = await venue.websocketStreams.connect();
        const stream = connection.markPriceStream({ symbol: 'btcusdt', updateSpeed: '1s' });
        await new Promise((resolve) => stream.on('message', resolve));
        await connection.disconnect();
    }, 30);
}
