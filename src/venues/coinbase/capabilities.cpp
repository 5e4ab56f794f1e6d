#include <array>

#include "venues/coinbase/coinbase.hpp"
#include "venues/coinbase/decode.hpp"
#include "venues/coinbase/encode.hpp"

namespace plumb::venues::coinbase {

using namespace std::chrono_literals;

namespace {

constexpr std::array<Duration, 8> kBarLengths{1min, 5min, 15min, 30min, 1h, 2h, 6h, 24h};
constexpr std::array<Duration, 1> kStreamBarLengths{Decoder::kCandleLength};

}  // namespace

const wire::Capabilities& capabilities() {
    using enum wire::DataKind;
    static const wire::Capabilities all = [] {
        wire::Capabilities it;
        it.name = "coinbase";
        it.title = "Coinbase Advanced Trade";
        it.streams = {wire::DataKind::trade, quote, bar, book, status};
        it.history = true;
        it.account = true;
        it.orders = true;
        it.replace = true;
        it.order_types = {OrderType::market, OrderType::limit, OrderType::stop_limit};
        it.times_in_force = {TimeInForce::good_till_canceled, TimeInForce::immediate_or_cancel,
                             TimeInForce::fill_or_kill};
        it.short_selling = wire::ShortSelling::never;
        it.short_words =
            "Coinbase spot sells only what the account holds; short legs need a second venue (--short-venue "
            "kraken-futures or binance-futures), an inventory to sell from, or paper";
        it.id_class = wire::IdClass::for_ever;
        it.fills_are_cumulative = true;
        it.book_rule = wire::BookRule::ordered;
        it.not_found_settles = 15s;
        it.bar_lengths = kBarLengths;
        it.stream_bar_lengths = kStreamBarLengths;
        it.bars_per_request = kBarsPerRequest;
        it.symbols_per_subscribe = 100;
        it.clock_tolerance = 2s;  // a token from the future is refused, and nobody says how far
        return it;
    }();
    return all;
}

}  // namespace plumb::venues::coinbase
