#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exchange/binance/venue_error.hpp"
#include "exchange/words.hpp"

namespace plumb::exchange::binance {

/// One row of rateLimits, as exchangeInfo and answers of the WebSocket API tell it.
struct RateLimit {
    const char* type;      // "REQUEST_WEIGHT"
    const char* interval;  // "MINUTE"
    int interval_count;
    int limit;
    Duration length;
    const char* header;  // "1M"
};

/// How much was asked, in windows that begin at whole multiples of their length, as at the venue: the weight
/// of requests (of all clients of this exchange: they share the address) and the orders of each account.
class RequestMeter {
 public:
    explicit RequestMeter(Board board);

    static const std::vector<RateLimit>& limits(Board board);

    /// Counts a request: 429 with Retry-After above the limit, 418 for who goes on all the same: two minutes,
    /// twice as long each time, three days at most.
    Checked<bool> count_request(int weight, Timestamp now);
    /// Takes back what a request cost (orders that were accepted cost nothing).
    void give_back(int weight, Timestamp now);
    std::int64_t weight_used(Timestamp now) const { return weight_.used(now); }

    /// -1015 when the account's orders of a window are used up.
    Checked<bool> may_order(AccountId account, std::int64_t orders, Timestamp now) const;
    void count_orders(AccountId account, std::int64_t orders, Timestamp now);
    /// An order that is filled at last makes room for another.
    void order_was_filled(AccountId account, Timestamp now);
    /// Orders of the i-th ORDERS row of limits().
    std::int64_t orders_used(AccountId account, std::size_t row, Timestamp now) const;

    struct Used {
        const RateLimit* limit;
        std::int64_t count;
    };
    std::vector<Used> orders_of(AccountId account, Timestamp now) const;
    Used weight_row(Timestamp now) const;

 private:
    struct Window {
        Duration length{};
        std::int64_t number = -1;
        std::int64_t count = 0;

        std::int64_t used(Timestamp now) const { return to_ns(now) / length.count() == number ? count : 0; }
        void add(std::int64_t amount, Timestamp now);
    };

    Board board_;
    Window weight_;
    int over_ = 0;  // requests above the limit in this window
    int bans_ = 0;
    std::optional<Timestamp> banned_until_;
    std::map<AccountId, std::array<Window, 2>> orders_;
};

}  // namespace plumb::exchange::binance
