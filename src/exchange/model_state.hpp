#pragma once

#include <deque>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "exchange/account_state.hpp"
#include "exchange/ladder.hpp"
#include "exchange/model_journal.hpp"
#include "exchange/trigger_shelf.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange {

/// Ended orders of the house that can still be asked for.
constexpr std::size_t kHouseEndedMax = 1'000;

struct MarketState {
    MarketSpec spec;
    AssetId base, quote, third;
    Ladder bids{Side::buy};
    Ladder asks{Side::sell};
    TriggerShelf shelf;
    std::uint64_t sequence = 0;
    Price last;
    MarkChanged mark;
    TradingStatus status = TradingStatus::open;
    bool delisted = false;
    QuoteChanged told;     // the last quote that was told
    bool touched = false;  // in this step

    Ladder& side(Side side) { return side == Side::buy ? bids : asks; }
    const Ladder& side(Side side) const { return side == Side::buy ? bids : asks; }
    bool is_perpetual() const { return spec.kind == MarketKind::perpetual; }
    /// What a position is valued at: the mark of a perpetual, the last price of the others.
    Price value_price() const { return is_perpetual() && !mark.mark.is_zero() ? mark.mark : last; }
};

/// Everything a venue model knows. The functions that work on it are in files of one idea each: admission,
/// funds, matching, settlement, order_life, upkeep, views.
struct ModelState {
    struct BalanceKey {
        AccountId account;
        AssetId asset;
        bool operator==(const BalanceKey&) const = default;
    };
    struct PositionKey {
        AccountId account;
        InstrumentId instrument;
        bool operator==(const PositionKey&) const = default;
    };
    /// What of an order changes while it lives.
    struct OrderVersion {
        explicit OrderVersion(const OrderRecord& record);
        /// The record as it was then.
        OrderRecord restored(const OrderRecord& record) const;

        Quantity quantity;
        Quantity filled;
        Money filled_value;
        Price limit, stop, trail_stop;
        Trail trail;
        Timestamp updated_at, triggered_at;
        std::size_t executions;
        OrderStatus status;
        TimeInForce time_in_force;
        bool triggered;
    };
    /// A position as it was, its entry not worked out.
    struct PositionVersion {
        Quantity quantity;
        Money cost, realized, funding;

        Position position(InstrumentId instrument) const {
            return {instrument, quantity, quantity.is_zero() ? Price{} : cost / quantity, realized, funding};
        }
    };
    /// A level that changed and was not told yet: one line for all that one request did to it.
    struct Untold {
        bool is_set = false;
        InstrumentId instrument;
        Side side = Side::buy;
        Price price;
        Quantity quantity;
    };

    explicit ModelState(ModelOptions chosen) : options{chosen} {}

    ModelOptions options;
    Timestamp now{};
    InstrumentTable instruments;
    std::deque<MarketState> markets;  // addresses stay
    std::deque<AccountState> accounts;
    std::vector<std::string> assets;
    std::map<std::pair<AssetId, AssetId>, InstrumentId> markets_of;  // of base and quote, spot and equity
    std::map<std::string, InstrumentId, std::less<>> market_names;

    OrderStore orders;
    std::deque<SlotIndex> ended;        // oldest first
    std::deque<SlotIndex> ended_house;  // oldest first
    std::set<std::pair<Timestamp, OrderNumber>> expiries;
    std::deque<Execution> executions;  // of accounts other than the house; by number
    OrderNumber last_order = 0;
    ExecutionNumber last_execution = 0;
    TradeNumber last_trade = 0;

    std::vector<SlotIndex> woken;  // stops to work off before the step ends
    std::vector<InstrumentId> touched;
    Untold untold;
    std::uint64_t last_event = 0;
    std::vector<ModelEvent> events;
    std::vector<ModelEvent> taken;

    Journal<OrderNumber, OrderVersion> order_journal;
    Journal<BalanceKey, Holding> balance_journal;
    Journal<PositionKey, PositionVersion> position_journal;

    MarketState& market(InstrumentId id) { return markets[id.value]; }
    const MarketState& market(InstrumentId id) const { return markets[id.value]; }
    AccountState& account(AccountId id) { return accounts[id.value]; }
    const AccountState& account(AccountId id) const { return accounts[id.value]; }
    Exposure& exposure(AccountId account, InstrumentId market) {
        return accounts[account.value].exposures[market.value];
    }
    const Exposure& exposure(AccountId account, InstrumentId market) const {
        return accounts[account.value].exposures[market.value];
    }
    Holding& holding(AccountId account, AssetId asset) {
        return accounts[account.value].holdings[asset.value];
    }
    const Holding& holding(AccountId account, AssetId asset) const {
        return accounts[account.value].holdings[asset.value];
    }
    bool tells(AccountId account) const { return account.value != 0 || options.tells_house; }

    AssetId add_asset(std::string_view name);
    /// Every account has room for every asset and every market.
    void make_room();

    template <class What>
    void tell(const What& what) {
        events.emplace_back(++last_event, now, what);
    }
    /// A new event about an order, to be filled in.
    OrderHappened& tell_of_order() {
        ModelEvent& event = events.emplace_back();
        event.sequence = ++last_event;
        event.at = now;
        return std::get<OrderHappened>(event.what);
    }
    void tell_order(OrderStep step, const OrderRecord& record);
    /// The level is now this; told when another level changes or the step ends.
    void level_is(InstrumentId instrument, Side side, Price price, Quantity quantity);
    void tell_level();
    /// Best prices that moved are told, orders that may be forgotten are.
    void end_step();

    /// Keeps what the order, the balance, the position is now, for views that are behind.
    void remember(const OrderRecord& record);
    void remember(AccountId account, AssetId asset);
    void remember_position(AccountId account, InstrumentId instrument);
    PositionVersion position_of(AccountId account, InstrumentId instrument) const {
        const Exposure& at = exposure(account, instrument);
        return {at.position, at.cost, at.realized, at.funding};
    }

    /// Adds to what the account has, and says so.
    void move_total(AccountId account, AssetId asset, Decimal change, BalanceReason reason);
    void move_held(AccountId account, AssetId asset, Decimal change, BalanceReason reason);

 private:
    void forget(SlotIndex slot);
    void compact_known(AccountState& owner);
    void tell_balance(AccountId account, AssetId asset, Decimal change, BalanceReason reason);
};

QuoteChanged quote_of(const MarketState& market);

}  // namespace plumb::exchange
