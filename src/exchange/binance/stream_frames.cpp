#include "exchange/binance/stream_frames.hpp"

namespace plumb::exchange::binance {

// Every key comes with its comma and colon: ,"p":  The first one of an object is written by raw().
void FrameWriter::number(std::string_view key, std::int64_t value) {
    out_ += key;
    append_number(out_, value);
}

void FrameWriter::text(std::string_view key, std::string_view value) {
    out_ += key;
    out_ += '"';
    out_ += value;
    out_ += '"';
}

void FrameWriter::price(std::string_view key, const Symbol& symbol, Decimal value) {
    out_ += key;
    out_ += '"';
    append_fixed(out_, value, symbol.price_decimals);
    out_ += '"';
}

void FrameWriter::quantity(std::string_view key, const Symbol& symbol, Decimal value) {
    out_ += key;
    out_ += '"';
    append_fixed(out_, value, symbol.quantity_decimals);
    out_ += '"';
}

void FrameWriter::money(std::string_view key, Decimal value) {
    out_ += key;
    out_ += '"';
    append_fixed(out_, value, kAssetDecimals);
    out_ += '"';
}

void FrameWriter::levels(std::string_view key, const Symbol& symbol, std::span<const BookLevel> rows) {
    out_ += key;
    out_ += '[';
    for (const BookLevel& row : rows) {
        if (out_.back() != '[') out_ += ',';
        price("[", symbol, row.price.value);
        quantity(",", symbol, row.quantity.value);
        out_ += ']';
    }
    out_ += ']';
}

void FrameWriter::trade(const TradeHappened& trade, Timestamp happened, Timestamp now) {
    const Symbol& symbol = desk_.symbols[trade.instrument];
    raw(R"({"e":"trade")");
    number(R"(,"E":)", at(now));
    if (!desk_.is_spot()) number(R"(,"T":)", at(happened));
    text(R"(,"s":)", symbol.name);
    number(R"(,"t":)", static_cast<std::int64_t>(trade.number));
    price(R"(,"p":)", symbol, trade.price.value);
    quantity(R"(,"q":)", symbol, trade.quantity.value);
    if (desk_.is_spot())
        number(R"(,"T":)", at(happened));
    else
        raw(R"(,"X":"MARKET")");
    raw(trade.aggressor == Side::sell ? R"(,"m":true)" : R"(,"m":false)");
    raw(desk_.is_spot() ? R"(,"M":true})" : "}");
}

void FrameWriter::aggregate_trade(const TradeHappened& trade, Timestamp happened, Timestamp now) {
    const Symbol& symbol = desk_.symbols[trade.instrument];
    const auto id = static_cast<std::int64_t>(trade.number);
    raw(R"({"e":"aggTrade")");
    number(R"(,"E":)", at(now));
    text(R"(,"s":)", symbol.name);
    number(R"(,"a":)", id);
    price(R"(,"p":)", symbol, trade.price.value);
    quantity(R"(,"q":)", symbol, trade.quantity.value);
    number(R"(,"f":)", id);
    number(R"(,"l":)", id);
    number(R"(,"T":)", at(happened));
    raw(trade.aggressor == Side::sell ? R"(,"m":true)" : R"(,"m":false)");
    raw(desk_.is_spot() ? R"(,"M":true})" : "}");
}

void FrameWriter::book_ticker(const QuoteChanged& quote, Timestamp happened, Timestamp now) {
    const Symbol& symbol = desk_.symbols[quote.instrument];
    number(desk_.is_spot() ? R"({"u":)" : R"({"e":"bookTicker","u":)",
           static_cast<std::int64_t>(quote.sequence));
    text(R"(,"s":)", symbol.name);
    price(R"(,"b":)", symbol, quote.bid.value);
    quantity(R"(,"B":)", symbol, quote.bid_quantity.value);
    price(R"(,"a":)", symbol, quote.ask.value);
    quantity(R"(,"A":)", symbol, quote.ask_quantity.value);
    if (!desk_.is_spot()) {
        number(R"(,"T":)", at(happened));
        number(R"(,"E":)", at(now));
    }
    raw("}");
}

void FrameWriter::kline(const Symbol& symbol, const Kline& kline, std::string_view interval,
                        TradeRange trades, bool is_closed, Timestamp now) {
    const Duration tick = unit_ == TimeUnit::milliseconds ? Duration{std::chrono::milliseconds{1}}
                                                          : Duration{std::chrono::microseconds{1}};
    raw(R"({"e":"kline")");
    number(R"(,"E":)", at(now));
    text(R"(,"s":)", symbol.name);
    number(R"(,"k":{"t":)", at(kline.open_time));
    number(R"(,"T":)", at(kline.end - tick));
    text(R"(,"s":)", symbol.name);
    text(R"(,"i":)", interval);
    number(R"(,"f":)", trades.first);
    number(R"(,"L":)", trades.last);
    price(R"(,"o":)", symbol, kline.values.open.value);
    price(R"(,"c":)", symbol, kline.values.close.value);
    price(R"(,"h":)", symbol, kline.values.high.value);
    price(R"(,"l":)", symbol, kline.values.low.value);
    quantity(R"(,"v":)", symbol, kline.values.volume.value);
    number(R"(,"n":)", kline.trades);
    raw(is_closed ? R"(,"x":true)" : R"(,"x":false)");
    money(R"(,"q":)", kline.value.value);
    quantity(R"(,"V":)", symbol, kline.taker_quantity.value);
    money(R"(,"Q":)", kline.taker_value.value);
    raw(R"(,"B":"0"}})");
}

void FrameWriter::depth(const Symbol& symbol, DepthRange range, std::span<const BookLevel> bids,
                        std::span<const BookLevel> asks, Timestamp now) {
    raw(R"({"e":"depthUpdate")");
    number(R"(,"E":)", at(now));
    if (!desk_.is_spot()) number(R"(,"T":)", at(now));
    text(R"(,"s":)", symbol.name);
    number(R"(,"U":)", static_cast<std::int64_t>(range.first));
    number(R"(,"u":)", static_cast<std::int64_t>(range.last));
    if (!desk_.is_spot()) number(R"(,"pu":)", static_cast<std::int64_t>(range.previous));
    levels(R"(,"b":)", symbol, bids);
    levels(R"(,"a":)", symbol, asks);
    raw("}");
}

void FrameWriter::partial_depth(const Symbol& symbol, std::uint64_t last_update,
                                std::span<const BookLevel> bids, std::span<const BookLevel> asks,
                                Timestamp now) {
    if (!desk_.is_spot()) return depth(symbol, {last_update, last_update, last_update - 1}, bids, asks, now);
    number(R"({"lastUpdateId":)", static_cast<std::int64_t>(last_update));
    levels(R"(,"bids":)", symbol, bids);
    levels(R"(,"asks":)", symbol, asks);
    raw("}");
}

void FrameWriter::mini_ticker(const Symbol& symbol, const WindowNumbers& numbers, Timestamp now) {
    raw(R"({"e":"24hrMiniTicker")");
    number(R"(,"E":)", at(now));
    text(R"(,"s":)", symbol.name);
    price(R"(,"c":)", symbol, numbers.last.value);
    price(R"(,"o":)", symbol, numbers.open.value);
    price(R"(,"h":)", symbol, numbers.high.value);
    price(R"(,"l":)", symbol, numbers.low.value);
    quantity(R"(,"v":)", symbol, numbers.volume.value);
    money(R"(,"q":)", numbers.value.value);
    raw("}");
}

void FrameWriter::ticker(const Symbol& symbol, const WindowNumbers& numbers, std::string_view event,
                         Timestamp now) {
    const bool is_day = event == "24hrTicker";
    text(R"({"e":)", event);
    number(R"(,"E":)", at(now));
    text(R"(,"s":)", symbol.name);
    price(R"(,"p":)", symbol, numbers.change());
    raw(R"(,"P":")");
    append_fixed(out_, numbers.change_percent(), 3);
    raw("\"");
    price(R"(,"w":)", symbol, numbers.weighted_average().value);
    if (is_day && desk_.is_spot()) price(R"(,"x":)", symbol, numbers.open.value);
    price(R"(,"c":)", symbol, numbers.last.value);
    if (is_day) quantity(R"(,"Q":)", symbol, desk_.memory[symbol.id.value].last_quantity.value);
    if (is_day && desk_.is_spot()) {
        const QuoteChanged quote = desk_.model.quote(symbol.id);
        price(R"(,"b":)", symbol, quote.bid.value);
        quantity(R"(,"B":)", symbol, quote.bid_quantity.value);
        price(R"(,"a":)", symbol, quote.ask.value);
        quantity(R"(,"A":)", symbol, quote.ask_quantity.value);
    }
    price(R"(,"o":)", symbol, numbers.open.value);
    price(R"(,"h":)", symbol, numbers.high.value);
    price(R"(,"l":)", symbol, numbers.low.value);
    quantity(R"(,"v":)", symbol, numbers.volume.value);
    money(R"(,"q":)", numbers.value.value);
    number(R"(,"O":)", at(numbers.opened_at));
    number(R"(,"C":)", at(numbers.closed_at));
    number(R"(,"F":)", static_cast<std::int64_t>(numbers.first_trade));
    number(R"(,"L":)", static_cast<std::int64_t>(numbers.last_trade));
    number(R"(,"n":)", numbers.trades);
    raw("}");
}

void FrameWriter::average_price(const Symbol& symbol, Price average, Timestamp last_trade, Timestamp now) {
    raw(R"({"e":"avgPrice")");
    number(R"(,"E":)", at(now));
    text(R"(,"s":)", symbol.name);
    raw(R"(,"i":"5m")");
    price(R"(,"w":)", symbol, average.value);
    number(R"(,"T":)", at(last_trade));
    raw("}");
}

void FrameWriter::mark_price(const Symbol& symbol, const MarkChanged& mark, Timestamp now) {
    raw(R"({"e":"markPriceUpdate")");
    number(R"(,"E":)", at(now));
    text(R"(,"s":)", symbol.name);
    money(R"(,"p":)", mark.mark.value);
    money(R"(,"i":)", mark.index.value);
    money(R"(,"P":)", mark.index.value);
    money(R"(,"r":)", mark.funding_rate);
    number(R"(,"T":)", at(mark.next_funding));
    raw("}");
}

void FrameWriter::forced_order(const OrderRecord& order, const Execution& execution, Timestamp now) {
    const Symbol& symbol = desk_.symbols[execution.instrument];
    raw(R"({"e":"forceOrder")");
    number(R"(,"E":)", at(now));
    text(R"(,"o":{"s":)", symbol.name);
    text(R"(,"S":)", execution.side == Side::buy ? "BUY" : "SELL");
    raw(R"(,"o":"LIMIT","f":"IOC")");
    quantity(R"(,"q":)", symbol, order.spec.quantity.value);
    price(R"(,"p":)", symbol, execution.price.value);
    price(R"(,"ap":)", symbol, order.average_price().value);
    text(R"(,"X":)", order.filled == order.spec.quantity ? "FILLED" : "PARTIALLY_FILLED");
    quantity(R"(,"l":)", symbol, execution.quantity.value);
    quantity(R"(,"z":)", symbol, order.filled.value);
    number(R"(,"T":)", at(execution.at));
    raw("}}");
}

}  // namespace plumb::exchange::binance
