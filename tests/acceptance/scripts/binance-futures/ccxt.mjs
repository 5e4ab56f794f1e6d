import assert from 'node:assert/strict';
import { ccxtBinance, exercise, watch } from '../../lib/binance.mjs';

export const client = 'ccxt';

export default async function ({ call, ...exchange }) {
    const venue = await ccxtBinance('binanceusdm', exchange);
    const symbol = 'BTC/USDT:USDT';
    await call('loadMarkets (first)', () => venue.loadMarkets());
    await call('setLeverage', async () => assert.equal(Number((await venue.setLeverage(10, symbol)).leverage), 10));
    await call('setMarginMode', async () => {
        await venue.setMarginMode('isolated', symbol);
        await venue.setMarginMode('cross', symbol);
        await assert.rejects(venue.setMarginMode('cross', symbol));
    });
    const { low } = await exercise(venue, call, symbol, 0.01);
    await call('fetchPositions', async () => assert.equal((await venue.fetchPositions([symbol]))[0].side, 'long'));
    await call('fetchPositionsRisk', async () => assert.equal((await venue.fetchPositionsRisk([symbol]))[0].contracts, 0.01));
    await call('createOrder short', async () => {
        await venue.createOrder(symbol, 'market', 'sell', 0.02);
        assert.equal((await venue.fetchPositions([symbol]))[0].side, 'short');
        await venue.createOrder(symbol, 'market', 'buy', 0.01, undefined, { reduceOnly: true });
    });
    await call('fetchFundingRate', async () => assert.equal((await venue.fetchFundingRate(symbol)).symbol, symbol));
    await call('fetchFundingRates', async () => assert.ok(1 < Object.keys(await venue.fetchFundingRates()).length));
    await call('fetchFundingRateHistory', () => venue.fetchFundingRateHistory(symbol));
    await call('fetchOpenInterest', async () => assert.ok((await venue.fetchOpenInterest(symbol)).openInterestAmount !== undefined));
    await call('fetchMarkOHLCV', async () => assert.ok(0 < (await venue.fetchMarkOHLCV(symbol, '1h')).length));
    await call('fetchLeverages', async () => assert.equal((await venue.fetchLeverages())[symbol].longLeverage, 10));
    await call('fetchLeverageTiers', async () => assert.ok((await venue.fetchLeverageTiers([symbol]))[symbol].length));
    await call('fetchTradingFee', async () => assert.equal((await venue.fetchTradingFee(symbol)).taker, 0.0005));
    await call('fetchPositionMode', async () => assert.equal((await venue.fetchPositionMode(symbol)).hedged, false));
    await call('fetchLedger', () => venue.fetchLedger('USDT'));
    await call('createOrder trailing', async () => {
        const order = await venue.createOrder(symbol, 'market', 'sell', 0.01, undefined, { trailingPercent: 1 });
        assert.ok(order.id);
        await venue.cancelAllOrders(symbol, { trigger: true });
    });
    const positions = call('watchPositions', async () => {
        for (;;) {
            const positions = await venue.watchPositions([symbol]);
            if (positions.length !== 0) return assert.equal(positions[0].symbol, symbol);
        }
    }, 60);
    await watch(venue, call, symbol, 0.01, low);
    await venue.createOrder(symbol, 'market', 'sell', 0.01).catch(() => {});
    await positions;
    await call('watchMarkPrice', async () => assert.ok(0 < (await venue.watchMarkPrice(symbol)).markPrice));
    await venue.close();
}
