#include <array>

#include "venues/alpaca/alpaca.hpp"

namespace plumb::venues::alpaca {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Timeframes of the historical API: 1 to 59 minutes, 1 to 23 hours, a day, a week.
constexpr std::array<Duration, 14> kBarLengths{minutes{1},  minutes{2},  minutes{3}, minutes{5}, minutes{10},
                                               minutes{15}, minutes{30}, hours{1},   hours{2},   hours{4},
                                               hours{6},    hours{8},    hours{12},  hours{24}};
constexpr std::array<Duration, 1> kStreamBarLengths{minutes{1}};

constexpr wire::Capabilities make() {
    wire::Capabilities can;
    can.name = "alpaca";
    can.title = "Alpaca (coins and US stocks)";
    can.streams = {wire::DataKind::trade, wire::DataKind::quote, wire::DataKind::bar, wire::DataKind::book,
                   wire::DataKind::status};
    can.history = can.account = can.orders = can.replace = can.needs_key_for_data = true;
    can.order_types = {OrderType::market, OrderType::limit, OrderType::stop, OrderType::stop_limit};
    can.times_in_force = {TimeInForce::day, TimeInForce::good_till_canceled, TimeInForce::immediate_or_cancel,
                          TimeInForce::fill_or_kill};
    can.short_selling = wire::ShortSelling::per_instrument;
    can.short_words =
        "Alpaca sells no coin short, and a stock only when it is easy to borrow, in whole shares: trade the "
        "short leg on a second venue (--short-venue kraken-futures or binance-futures), from inventory, or "
        "on "
        "paper";
    can.id_class = wire::IdClass::for_ever;
    can.frames_are_lists = true;
    can.not_found_settles = seconds{10};
    can.bar_lengths = kBarLengths;
    can.stream_bar_lengths = kStreamBarLengths;
    can.bars_per_request = 10'000;
    can.symbols_per_subscribe = 100;
    can.connections_per_key = 1;
    return can;
}

constexpr wire::Capabilities kCapabilities = make();

}  // namespace

const wire::Capabilities& capabilities() { return kCapabilities; }

}  // namespace plumb::venues::alpaca
