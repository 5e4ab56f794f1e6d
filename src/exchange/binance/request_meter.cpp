#include "exchange/binance/request_meter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace plumb::exchange::binance {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kOverMax = 20;  // requests above the limit before the address is banned
constexpr Duration kBan = minutes{2};
constexpr Duration kBanMax = hours{72};

std::int64_t seconds_until(Timestamp end, Timestamp now) {
    return std::max<std::int64_t>(1, (end - now + seconds{1} - Duration{1}) / seconds{1});
}

VenueError banned(Timestamp until, Timestamp now) {
    return {418,
            -1003,
            fmt::format("Way too much request weight used; IP banned until {}. Please use WebSocket Streams "
                        "for live updates to "
                        "avoid bans.",
                        to_ms(until)),
            {},
            seconds_until(until, now)};
}

std::string interval_words(const RateLimit& limit) {
    return fmt::format("{} {}{}", limit.interval_count, limit.interval, limit.interval_count == 1 ? "" : "S");
}

}  // namespace

const std::vector<RateLimit>& RequestMeter::limits(Board board) {
    static const std::vector<RateLimit> spot{
        {"REQUEST_WEIGHT", "MINUTE", 1, 6000, minutes{1}, "1M"},
        {"ORDERS", "SECOND", 10, 100, seconds{10}, "10S"},
        {"ORDERS", "DAY", 1, 200'000, hours{24}, "1D"},
        {"RAW_REQUESTS", "MINUTE", 5, 300'000, minutes{5}, "5M"},
    };
    static const std::vector<RateLimit> futures{
        {"REQUEST_WEIGHT", "MINUTE", 1, 2400, minutes{1}, "1M"},
        {"ORDERS", "SECOND", 10, 300, seconds{10}, "10S"},
        {"ORDERS", "MINUTE", 1, 1200, minutes{1}, "1M"},
    };
    return board == Board::spot ? spot : futures;
}

RequestMeter::RequestMeter(Board board) : board_{board}, weight_{limits(board)[0].length} {}

void RequestMeter::Window::add(std::int64_t amount, Timestamp now) {
    const std::int64_t current = to_ns(now) / length.count();
    if (current != number) {
        number = current;
        count = 0;
    }
    count = std::max<std::int64_t>(0, count + amount);
}

Checked<bool> RequestMeter::count_request(int weight, Timestamp now) {
    if (banned_until_ && now < *banned_until_) return refuse(banned(*banned_until_, now));
    if (weight_.used(now) == 0) over_ = 0;
    weight_.add(weight, now);
    const RateLimit& limit = limits(board_)[0];
    if (weight_.used(now) <= limit.limit) return true;
    if (kOverMax < ++over_) {
        const Duration length =
            std::min<Duration>(kBanMax, kBan * (std::int64_t{1} << std::min(bans_++, 20)));
        banned_until_ = now + length;
        return refuse(banned(*banned_until_, now));
    }
    const Timestamp end{Duration{(weight_.number + 1) * weight_.length.count()}};
    return refuse(
        {429,
         -1003,
         fmt::format(
             "Too much request weight used; current limit is {} request weight per {}. Please use WebSocket "
             "Streams for live updates to avoid polling the API.",
             limit.limit, interval_words(limit)),
         {},
         seconds_until(end, now)});
}

void RequestMeter::give_back(int weight, Timestamp now) { weight_.add(-weight, now); }

Checked<bool> RequestMeter::may_order(AccountId account, std::int64_t orders, Timestamp now) const {
    for (std::size_t row = 0; row < 2; ++row) {
        const RateLimit& limit = limits(board_)[1 + row];
        if (orders_used(account, row, now) + orders <= limit.limit) continue;
        const Timestamp end{Duration{(to_ns(now) / limit.length.count() + 1) * limit.length.count()}};
        return refuse({429,
                       -1015,
                       fmt::format("Too many new orders; current limit is {} orders per {}.", limit.limit,
                                   interval_words(limit)),
                       {},
                       seconds_until(end, now)});
    }
    return true;
}

void RequestMeter::count_orders(AccountId account, std::int64_t orders, Timestamp now) {
    auto& windows = orders_[account];
    for (std::size_t row = 0; row < 2; ++row) {
        windows[row].length = limits(board_)[1 + row].length;
        windows[row].add(orders, now);
    }
}

void RequestMeter::order_was_filled(AccountId account, Timestamp now) {
    if (board_ == Board::spot && orders_.contains(account)) count_orders(account, -1, now);
}

std::int64_t RequestMeter::orders_used(AccountId account, std::size_t row, Timestamp now) const {
    const auto found = orders_.find(account);
    return found == orders_.end() ? 0 : found->second[row].used(now);
}

std::vector<RequestMeter::Used> RequestMeter::orders_of(AccountId account, Timestamp now) const {
    std::vector<Used> used;
    for (std::size_t row = 0; row < 2; ++row)
        used.push_back({&limits(board_)[1 + row], orders_used(account, row, now)});
    return used;
}

RequestMeter::Used RequestMeter::weight_row(Timestamp now) const {
    return {&limits(board_)[0], weight_used(now)};
}

}  // namespace plumb::exchange::binance
