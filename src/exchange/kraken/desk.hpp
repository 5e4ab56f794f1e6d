#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/kraken/authent.hpp"
#include "exchange/kraken/contracts.hpp"
#include "exchange/protocol/json_out.hpp"
#include "exchange/protocol/protocol.hpp"
#include "exchange/protocol/uuid_series.hpp"

namespace plumb::exchange::kraken {

/// One row of the account log.
struct LogEntry {
    std::uint64_t id = 0;
    Timestamp at;
    std::string info;      // "futures trade", "funding rate change", "transfer"
    std::string asset;     // "usd", or the contract of a position's row
    std::string contract;  // lower case; empty where there is none
    Decimal old_balance, new_balance;
    Decimal fee, realized, funding, rate;
    Price trade_price, mark;
    ExecutionNumber execution = 0;
};

/// What this account has told the venue apart from orders.
struct Preferences {
    SelfTrade self_trade = SelfTrade::cancel_taker;
    std::string self_trade_word = "REJECT_TAKER";
    std::map<InstrumentId, Decimal> leverage;  // absent: cross margin
    std::map<InstrumentId, std::string> profit_currency;
    std::optional<Timestamp> dead_man;
    std::deque<LogEntry> log;  // oldest first, at most kLogMax
    std::uint64_t log_count = 0;
    std::uint64_t fill_count = 0;

    static constexpr std::size_t kLogMax = 5'000;
};

/// What every part of the protocol stands on.
struct Desk {
    explicit Desk(const ProtocolContext& context);

    /// The order as it is, however late the account's view of it may be: what the engine answers with.
    std::optional<OrderRecord> order_now(AccountId account, OrderNumber number, Timestamp now) const;
    /// By "orderId"/"order_id", else by client id; as late as the account's view.
    std::optional<OrderRecord> find_order(AccountId account, std::string_view order_id,
                                          std::string_view client_id, Timestamp now) const;
    Preferences& preferences(AccountId account) { return preferences_of[account]; }
    AssetId usd() const { return quote; }

    VenueModel& model;
    const PastMarket& past;
    Outlet& outlet;
    std::vector<ApiAccess> access;
    Contracts contracts;
    Keyring keys;
    AssetId quote;
    UuidSeries order_ids, fill_ids, trade_ids, reject_ids, account_ids, event_ids, challenge_ids;
    std::uint64_t reject_count = 0;
    std::map<AccountId, Preferences> preferences_of;
};

/// The venue's word for the order's type: "lmt", "post", "mkt", "ioc", "fok", "stp", "take_profit",
/// "trailing_stop". The protocol keeps it in OrderSpec::note.
std::string_view order_type_of(const OrderRecord& order);
bool is_trigger(const OrderRecord& order);
std::string_view side_word(Side side);
std::string_view signal_word(TriggerPrice trigger);
/// Why an order is as it is, as feeds say it: "cancelled_by_user", "full_fill", "partial_fill".
std::string_view end_word_of(const OrderRecord& order);

}  // namespace plumb::exchange::kraken
