#include "exchange/alpaca/data_json.hpp"

#include <algorithm>

namespace plumb::exchange::alpaca {

std::int64_t whole_shares(Quantity quantity) {
    if (quantity.sign() <= 0) return 0;
    const Decimal whole = quantity.value.quantized(Decimal{1}, Rounding::down);
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(whole.units() / Decimal::kOne));
}

template <class Out>
void write_bar(Out& out, const Asset& asset, const DataBar& bar) {
    out.time("t", bar.at);
    out.number("o", bar.values.open.value);
    out.number("h", bar.values.high.value);
    out.number("l", bar.values.low.value);
    out.number("c", bar.values.close.value);
    asset.is_crypto ? out.number("v", bar.values.volume.value)
                    : out.number("v", whole_shares(bar.values.volume));
    out.number("n", bar.trades);
    out.number("vw", bar.average);
}

template <class Out>
void write_trade(Out& out, const Asset& asset, const PastTrade& trade) {
    out.time("t", trade.at);
    if (asset.is_crypto) {
        out.number("p", trade.price.value);
        out.number("s", trade.quantity.value);
        out.text("tks", trade.aggressor == Side::buy ? "B" : "S");
        out.number("i", trade_id(trade.number));
        return;
    }
    out.text("x", "V");
    out.number("p", trade.price.value);
    out.number("s", whole_shares(trade.quantity));
    out.key("c").begin_array().text("@").end_array();
    out.number("i", static_cast<std::int64_t>(trade.number));
    out.text("z", "C");
}

template <class Out>
void write_quote(Out& out, const Asset& asset, const TimedQuote& timed) {
    const QuoteChanged& quote = timed.quote;
    out.time("t", timed.at);
    if (asset.is_crypto) {
        out.number("bp", quote.bid_quantity.is_zero() ? Decimal{} : quote.bid.value);
        out.number("bs", quote.bid_quantity.value);
        out.number("ap", quote.ask_quantity.is_zero() ? Decimal{} : quote.ask.value);
        out.number("as", quote.ask_quantity.value);
        return;
    }
    out.text("ax", "V");
    out.number("ap", quote.ask_quantity.is_zero() ? Decimal{} : quote.ask.value);
    out.number("as", whole_shares(quote.ask_quantity));
    out.text("bx", "V");
    out.number("bp", quote.bid_quantity.is_zero() ? Decimal{} : quote.bid.value);
    out.number("bs", whole_shares(quote.bid_quantity));
    out.key("c").begin_array().text("R").end_array();
    out.text("z", "C");
}

template <class Out>
void write_levels(Out& out, std::span<const BookLevel> levels) {
    out.begin_array();
    for (const BookLevel& level : levels) {
        out.begin_object().number("p", level.price.value).number("s", level.quantity.value).end_object();
    }
    out.end_array();
}

template void write_bar(JsonOut&, const Asset&, const DataBar&);
template void write_trade(JsonOut&, const Asset&, const PastTrade&);
template void write_quote(JsonOut&, const Asset&, const TimedQuote&);
template void write_levels(JsonOut&, std::span<const BookLevel>);
template void write_bar(MsgpackOut&, const Asset&, const DataBar&);
template void write_trade(MsgpackOut&, const Asset&, const PastTrade&);
template void write_quote(MsgpackOut&, const Asset&, const TimedQuote&);
template void write_levels(MsgpackOut&, std::span<const BookLevel>);

}  // namespace plumb::exchange::alpaca
