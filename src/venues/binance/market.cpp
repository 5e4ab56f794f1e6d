#include "venues/binance/market.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace plumb::venues::binance {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using wire::DataKind;

constexpr auto kSpotBars = std::to_array<Duration>(
    {seconds{1}, minutes{1}, minutes{3}, minutes{5}, minutes{15}, minutes{30}, hours{1}, hours{2}, hours{4},
     hours{6}, hours{8}, hours{12}, hours{24}, hours{72}, hours{168}});
constexpr std::span<const Duration> kFuturesBars = std::span{kSpotBars}.subspan(1);  // no seconds

constexpr wire::Capabilities kSpot{
    .name = "binance",
    .title = "Binance spot",
    .streams = {DataKind::trade, DataKind::quote, DataKind::bar, DataKind::book, DataKind::orders},
    .history = true,
    .polled_quotes = false,
    .account = true,
    .orders = true,
    .replace = true,
    .needs_key_for_data = false,
    .order_types = {OrderType::market, OrderType::limit, OrderType::stop, OrderType::stop_limit},
    .times_in_force = {TimeInForce::good_till_canceled, TimeInForce::immediate_or_cancel,
                       TimeInForce::fill_or_kill},
    .short_selling = wire::ShortSelling::never,
    .short_words =
        "Binance spot sells only what the account holds: take the short leg to a second venue "
        "(--short-venue binance-futures), trade from inventory, or trade on paper",
    .id_class = wire::IdClass::while_open,
    .fills_are_cumulative = false,
    .order_endpoints = 1,
    // The venue may work on a request until its time stamp is 5 s old and for 10 s more; queries are read
    // from memory, then from the database.
    .not_found_settles = seconds{20},
    .bar_lengths = kSpotBars,
    .stream_bar_lengths = kSpotBars,
    .bars_per_request = 1000,
    .symbols_per_connection = 1000,  // streams: 1024 by the documents
    .symbols_per_subscribe = 100,
    .connections_per_key = 0,
    .connection_life = hours{24},
    .clock_tolerance = seconds{1},  // ahead; behind it is the 5 s of recvWindow
    .dead_man_max = {},
    .book_rule = wire::BookRule::contiguous,
    .book_snapshot = wire::SnapshotBy::question,
};

constexpr wire::Capabilities kFutures{
    .name = "binance-futures",
    .title = "Binance USD-M futures",
    .streams = {DataKind::trade, DataKind::quote, DataKind::bar, DataKind::book, DataKind::mark_price,
                DataKind::orders},
    .history = true,
    .polled_quotes = false,
    .account = true,
    .orders = true,
    .replace = true,
    .needs_key_for_data = false,
    .order_types = {OrderType::market, OrderType::limit, OrderType::stop, OrderType::stop_limit},
    .times_in_force = {TimeInForce::good_till_canceled, TimeInForce::immediate_or_cancel,
                       TimeInForce::fill_or_kill},
    .short_selling = wire::ShortSelling::always,
    .short_words = "",
    .id_class = wire::IdClass::while_open,
    .fills_are_cumulative = false,
    .order_endpoints = 2,  // ordinary orders; conditional ones until they trigger
    .not_found_settles = seconds{20},
    .bar_lengths = kFuturesBars,
    .stream_bar_lengths = kFuturesBars,
    .bars_per_request = 1000,
    .symbols_per_connection = 190,  // streams: other clients found 200 to be the end, the documents say 1024
    .symbols_per_subscribe = 100,
    .connections_per_key = 0,
    .connection_life = hours{24},
    .clock_tolerance = seconds{1},
    .dead_man_max = {},  // it is per symbol: see README
    .book_rule = wire::BookRule::previous,
    .book_snapshot = wire::SnapshotBy::question,
};

constexpr auto kSpotLimits = std::to_array<wire::RateLimit>({
    {"REQUEST_WEIGHT 1m", 6000, minutes{1}, 600, true},
    {"ORDERS 10s", 50, seconds{10}, 10, true},
    {"REQUEST_WEIGHT 1m, public data", 6000, minutes{1}, 0, true},
});
constexpr auto kFuturesLimits = std::to_array<wire::RateLimit>({
    {"REQUEST_WEIGHT 1m", 2400, minutes{1}, 240, true},
    {"ORDERS 10s", 300, seconds{10}, 60, true},
});
constexpr double kOrdersPerDay = 160'000;

std::optional<std::int64_t> number_in(const std::string* text) {
    if (text == nullptr || text->empty() || 15 < text->size()) return std::nullopt;
    std::int64_t number = 0;
    const char* end = text->data() + text->size();
    const auto [last, error] = std::from_chars(text->data(), end, number);
    if (error != std::errc{} || last != end || number < 0) return std::nullopt;
    return number;
}

}  // namespace

const wire::Capabilities& capabilities_of(Market market) { return market == Market::spot ? kSpot : kFutures; }

Servers servers_of(Market market, const wire::VenueOptions& options) {
    const bool spot = market == Market::spot, demo = options.paper_endpoint;
    const auto at = [](const char* host, std::uint16_t port = 443) { return io::Endpoint{host, port, true}; };
    Servers servers;
    servers.permissions = at("api.binance.com");
    if (spot) {
        servers.trading = at(demo ? "demo-api.binance.com" : "api.binance.com");
        servers.market_data = at("data-api.binance.vision");
        servers.stream = at("data-stream.binance.vision");
        servers.private_stream = at(demo ? "demo-ws-api.binance.com" : "ws-api.binance.com");
    } else {
        servers.trading = at(demo ? "demo-fapi.binance.com" : "fapi.binance.com");
        servers.market_data = at("fapi.binance.com");
        servers.stream = at("fstream.binance.com");
        servers.private_stream = at(demo ? "fstream.binancefuture.com" : "fstream.binance.com");
    }
    const wire::VenueAddresses& moved = options.addresses;
    if (moved.trading) servers.trading = servers.permissions = *moved.trading;
    if (moved.market_data) servers.market_data = *moved.market_data;
    if (moved.stream) servers.stream = *moved.stream;
    if (moved.private_stream) servers.private_stream = *moved.private_stream;
    return servers;
}

std::span<const wire::RateLimit> limits_of(Market market) {
    if (market == Market::spot) return kSpotLimits;
    return kFuturesLimits;
}

std::optional<Timestamp> retry_at(const io::HttpResponse& response, Timestamp received_at) {
    const std::optional<std::int64_t> wait = number_in(response.find("Retry-After"));
    constexpr std::int64_t kLongest = 7 * 86'400;  // bans end after three days
    if (!wait || kLongest < *wait) return std::nullopt;
    return received_at + seconds{*wait};
}

void observe_headers(Market market, const wire::WireRequest& request, const io::HttpResponse& response,
                     Timestamp received_at, std::vector<wire::RateObservation>& out) {
    const bool data = market == Market::spot && request.host == wire::Host::market_data;
    if (const auto used = number_in(response.find("X-MBX-USED-WEIGHT-1M")))
        out.push_back({.bucket = data ? kDataBucket : kWeightBucket,
                       .used = static_cast<double>(*used),
                       .remaining = {},
                       .capacity = {},
                       .refilled_at = {},
                       .hold_until = {}});
    if (const auto orders = number_in(response.find("X-MBX-ORDER-COUNT-10S")))
        out.push_back({.bucket = kOrderBucket,
                       .used = static_cast<double>(*orders),
                       .remaining = {},
                       .capacity = {},
                       .refilled_at = {},
                       .hold_until = {}});
    wire::RateObservation hold{};
    // The day's orders have no budget of their own here: when they are used up, the next day begins them
    // anew.
    const auto today = number_in(response.find("X-MBX-ORDER-COUNT-1D"));
    if (today && kOrdersPerDay <= static_cast<double>(*today)) {
        hold.bucket = kOrderBucket;
        hold.hold_until = std::chrono::floor<std::chrono::days>(received_at) + hours{24};
        out.push_back(hold);
    }
    if (response.status == 429 || response.status == 418) {
        hold.bucket = request.bucket;
        hold.hold_until = retry_at(response, received_at);
        if (hold.hold_until) out.push_back(hold);
    }
}

}  // namespace plumb::venues::binance
