import assert from 'node:assert/strict';
import { ccxtBinance, exercise, watch } from '../../lib/binance.mjs';

export const client = 'ccxt';

export default async function ({ call, ...exchange }) {
    const venue = await ccxtBinance('binance', exchange);
    const symbol = 'BTC/USDT';
    const { low } = await exercise(venue, call, symbol, 0.01);
    await call('fetchCurrencies', async () => {
        venue.options.fetchCurrencies = true;
        assert.ok((await venue.fetchCurrencies()).BTC);
    });
    await call('fetchTradingFee', async () => assert.equal((await venue.fetchTradingFee(symbol)).taker, 0.001));
    await call('fetchStatus', async () => assert.equal((await venue.fetchStatus()).status, 'ok'));
    await watch(venue, call, symbol, 0.01, low);
    await call('createOrderWs', async () => {
        const order = await venue.createOrderWs(symbol, 'limit', 'buy', 0.01, low);
        assert.equal((await venue.fetchOrderWs(order.id, symbol)).status, 'open');
        await venue.cancelOrderWs(order.id, symbol);
    });
    await venue.close();
}
