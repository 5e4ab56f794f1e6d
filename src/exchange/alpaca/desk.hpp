#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/alpaca/assets.hpp"
#include "exchange/alpaca/ids.hpp"
#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::alpaca {

/// What an owner may set of the account: /v2/account/configurations.
struct Settings {
    bool suspend_trade = false;
    bool no_shorting = false;
    bool fractional_trading = true;
    std::string max_margin_multiplier = "4";
    std::string trade_confirm_email = "all";
    bool ptp_no_exception_entry = false;
    int max_options_trading_level = 0;
};

struct Watchlist {
    std::uint64_t number = 0;
    std::string name;
    std::vector<InstrumentId> assets;
    Timestamp created_at;
    Timestamp updated_at;
};

struct Transfer {
    std::uint64_t number = 0;
    Timestamp at;
    std::string asset;
    Decimal amount;
};

struct EquityPoint {
    Timestamp at;
    Decimal equity;
};

/// Requests of one minute.
struct Meter {
    int limit = 200;
    std::int64_t minute = 0;
    int used = 0;
};

inline constexpr std::size_t kEquityPointsMax = 30 * 24 * 60;  // one a minute, thirty days
inline constexpr std::size_t kWatchlistsMax = 200;
inline constexpr std::size_t kTransfersMax = 10'000;

struct AccountState {
    ApiAccess access;
    std::string id;      // UUID
    std::string number;  // "PA3..."
    Timestamp created_at;
    Settings settings;
    std::vector<Watchlist> watchlists;
    std::deque<Transfer> transfers;
    std::deque<EquityPoint> equity;
    Decimal last_equity;  // at the last close of the stock exchange
    Meter trading{.limit = 200};
    Meter data{.limit = 10'000};
};

/// A position as the venue shows it.
struct Held {
    const Asset* asset = nullptr;
    Quantity quantity;   // signed
    Quantity available;  // not reserved by open orders
    Price entry;
    Price price;      // now
    Price day_price;  // at the end of the day before
};

/// Money of an account, in dollars.
struct Worth {
    Decimal cash_total;
    Decimal cash_free;
    Decimal long_value;
    Decimal short_value;  // below zero
    Decimal equity;
    Decimal buying_power;
};

/// What all parts of the protocol stand on: the model, names and identifiers, and what the venue remembers of
/// accounts beside the model.
class Desk {
 public:
    explicit Desk(const ProtocolContext& context);

    VenueModel& model() const { return context_.model; }
    const PastMarket& past() const { return context_.past; }
    Outlet& outlet() const { return context_.outlet; }
    const Assets& assets() const { return assets_; }
    const Uuids& ids() const { return ids_; }

    /// The account of this key and secret; null when they are not right or over.
    AccountState* account_of(std::string_view key, std::string_view secret, Timestamp now);
    AccountState* account_of(AccountId id);
    std::vector<AccountState>& accounts() { return accounts_; }

    std::uint64_t next_number() { return ++number_; }
    std::string new_client_id() { return ids_.text(IdKind::client_order, next_number()); }

    /// The last trade, else the middle of the quote; zero where nobody ever traded or quoted.
    Price price_of(InstrumentId instrument) const;
    std::vector<Held> positions(const AccountState& account, Timestamp now) const;
    Held position(const AccountState& account, const Asset& asset, Timestamp now) const;
    Worth worth(const AccountState& account, Timestamp now) const;

    /// Keeps transfers and equity up to date.
    void on_events(std::span<const ModelEvent> events);
    void on_time(Timestamp now);

    AssetId dollar() const { return dollar_; }
    AssetId base_asset(InstrumentId instrument) const { return bases_[instrument.value]; }

 private:
    void apply_transfer(const BalanceChanged& change, Timestamp at);

    ProtocolContext context_;
    Assets assets_;
    Uuids ids_;
    std::vector<AccountState> accounts_;
    AssetId dollar_;
    std::vector<AssetId> bases_;  // by instrument
    std::uint64_t number_ = 0;
    Timestamp equity_due_{};
    Timestamp close_due_{};
};

}  // namespace plumb::exchange::alpaca
