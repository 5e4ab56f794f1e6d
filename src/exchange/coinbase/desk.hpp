#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/coinbase/products.hpp"
#include "exchange/coinbase/token.hpp"
#include "exchange/protocol/json_out.hpp"
#include "exchange/protocol/protocol.hpp"
#include "exchange/protocol/uuid_series.hpp"

namespace plumb::exchange::coinbase {

/// What every part of the protocol stands on.
struct Desk {
    explicit Desk(const ProtocolContext& context);

    /// The order as it is, however late the account's view of it may be: what the engine answers with.
    std::optional<OrderRecord> order_now(AccountId account, OrderNumber number, Timestamp now) const;
    std::optional<OrderRecord> find_order(AccountId account, std::string_view order_id, Timestamp now) const;
    Decimal fees_of(const OrderRecord& order) const;
    std::string user_id(AccountId account) const { return user_ids.text(account.value); }
    std::string portfolio_id(AccountId account) const { return portfolio_ids.text(account.value); }
    /// One wallet of one account; a number for both.
    std::string wallet_id(AccountId account, AssetId asset) const;

    VenueModel& model;
    const PastMarket& past;
    Outlet& outlet;
    std::vector<ApiAccess> access;
    Products products;
    Keyring keys;
    UuidSeries order_ids, fill_ids, entry_ids, user_ids, portfolio_ids, wallet_ids, preview_ids;
    std::uint64_t preview_count = 0;
};

std::string_view side_word(Side side);        // "BUY"
std::string_view lower_side_word(Side side);  // "buy"
/// The order_configuration's key. The protocol keeps it in OrderSpec::note.
std::string_view configuration_of(const OrderRecord& order);
std::string_view status_word(const OrderRecord& order);         // "OPEN"
std::string_view time_in_force_word(const OrderRecord& order);  // "GOOD_UNTIL_CANCELLED"
std::string_view trigger_status_word(const OrderRecord& order);
/// The best price an order of this side meets now, else the last one; zero when nobody knows.
Price reference_price(const Desk& desk, InstrumentId instrument, Side side);

}  // namespace plumb::exchange::coinbase
