#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "exchange/order_record.hpp"

namespace plumb::exchange::binance {

/// What the venue tells of an order and the model need not know: kept in OrderSpec::note as words.
struct OrderNote {
    std::string type;           // "STOP_LOSS_LIMIT", as it was asked for
    std::string time_in_force;  // "GTC", "IOC", "FOK", "GTX", "GTD"
    std::string self_trade = "EXPIRE_MAKER";
    std::string working_type;  // futures: "CONTRACT_PRICE", "MARK_PRICE"
    std::string price_match = "NONE";
    std::string activation;  // TRAILING_STOP_MARKET: its activation price as text
    std::string callback;    // its rate in percent as text
    Decimal iceberg;
    std::optional<std::int64_t> strategy_id;
    std::optional<std::int64_t> strategy_type;
    std::int64_t trailing_delta = 0;  // basis points
    std::int64_t good_till = 0;       // ms
    bool price_protect = false;
    bool close_position = false;
    bool is_algo = false;  // came by /fapi/v1/algoOrder: told as an algo order until it triggers

    std::string print() const;
    /// What print() wrote; orders of other hands (liquidations, scripts) get words that fit their spec.
    static OrderNote of(const OrderSpec& spec);

    bool is_conditional() const;
};

}  // namespace plumb::exchange::binance
