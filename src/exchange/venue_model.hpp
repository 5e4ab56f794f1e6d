#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "exchange/market_spec.hpp"
#include "exchange/model_event.hpp"
#include "exchange/order_record.hpp"

namespace plumb::exchange {

struct ModelOptions {
    IdRule id_rule = IdRule::unique_forever;
    ReplaceRule replace_rule = ReplaceRule::new_order;
    std::size_t ended_orders_max = 100'000;  // kept for queries; the oldest are forgotten first, ids of
                                             // unique_forever are not
    std::size_t executions_max = 1'000'000;  // kept for queries, of accounts other than the house
    bool stops_may_fire_at_once = false;     // a stop its price has passed already: true wakes it as it comes
                                             // (Kraken), false refuses it (trigger_would_fire)
    bool tells_house = true;  // false: no events about the house's own orders, balances and positions
};

/// How far the venue's answers are behind what is true, for faults E05 and E11: each endpoint on its own.
struct ViewLag {
    Duration orders{};
    Duration fills{};
    Duration positions{};
    Duration balances{};
};

struct Balance {
    AssetId asset;
    Decimal total;
    Decimal held;  // reserved by open orders

    Decimal free() const { return total - held; }
};

struct Position {
    InstrumentId instrument;
    Quantity quantity;  // signed
    Price entry;        // average
    Money realized;     // since the position was opened
    Money funding;      // since the position was opened
};

/// One venue: its books, orders and accounts, matched by price, then time. Pure: no clock, no randomness, no
/// socket; `now` never runs backwards. The same calls give the same events, byte for byte.
///
/// The other participants trade as the house (AccountId zero), through the same calls and the same book.
class VenueModel {
 public:
    template <class T>
    using Answer = std::expected<T, Refusal>;

    explicit VenueModel(ModelOptions options);
    ~VenueModel();
    VenueModel(VenueModel&&) noexcept;
    VenueModel& operator=(VenueModel&&) noexcept;

    // --- what there is -------------------------------------------------------------------------------------
    /// Errc::duplicate, Errc::out_of_range as InstrumentTable::add.
    Result<InstrumentId> add_market(MarketSpec spec);
    AccountId add_account(const AccountSpec& spec, Timestamp now);
    const MarketSpec& market(InstrumentId instrument) const;
    std::size_t market_count() const;
    std::optional<InstrumentId> find_market(std::string_view name) const;  // "BTC/USD"
    std::size_t account_count() const;                                     // the house included
    const AccountSpec& account(AccountId account) const;
    AssetId asset(std::string_view name);  // adds it when it is new
    const std::string& asset_name(AssetId asset) const;

    // --- orders --------------------------------------------------------------------------------------------
    /// The order's number once it is accepted; it may be filled or ended by the time this returns.
    Answer<OrderNumber> submit(const OrderSpec& spec, Timestamp now);
    /// As submit, and the record says that no client sent it.
    Answer<OrderNumber> submit_by_hand(const OrderSpec& spec, Timestamp now);
    Answer<OrderNumber> cancel(AccountId account, OrderNumber order, Timestamp now);
    /// The number that stands for the order from now on (ReplaceRule).
    Answer<OrderNumber> replace(AccountId account, OrderNumber order, const Replacement& change,
                                Timestamp now);
    /// Every open order of the account, or those in one market; the numbers, in order.
    std::vector<OrderNumber> cancel_all(AccountId account, std::optional<InstrumentId> instrument,
                                        EndReason why, Timestamp now);
    /// Orders of this account end at `deadline` unless renewed; nullopt takes the timer away (Kraken class).
    void set_dead_man(AccountId account, std::optional<Timestamp> deadline);
    /// 1 / initial margin of this account in this perpetual, instead of AccountSpec::leverage; at least one,
    /// at most MarketSpec::leverage_max.
    void set_leverage(AccountId account, InstrumentId instrument, Decimal leverage);

    // --- what an owner may ask, as late as the view is
    // --------------------------------------------------------
    void set_lag(AccountId account, ViewLag lag);
    /// As the order was `lag.orders` ago; nullopt for one that was not there yet, was never there, is
    /// another's or is forgotten.
    std::optional<OrderRecord> find_order(AccountId account, OrderNumber order, Timestamp now) const;
    /// The newest order of this client id.
    std::optional<OrderRecord> find_order(AccountId account, std::string_view client_id, Timestamp now) const;
    /// Oldest first.
    std::vector<OrderRecord> open_orders(AccountId account, std::optional<InstrumentId> instrument,
                                         Timestamp now) const;
    /// All orders still known, open or not, oldest first.
    std::vector<OrderRecord> orders(AccountId account, std::optional<InstrumentId> instrument,
                                    Timestamp now) const;
    /// Oldest first, numbers above `after`.
    std::vector<Execution> executions(AccountId account, ExecutionNumber after, Timestamp now) const;
    std::optional<Execution> find_execution(ExecutionNumber number) const;
    /// The order as it is, whatever the lag: for the answer to the request that placed or changed it.
    std::optional<OrderRecord> order_now(OrderNumber order) const;
    std::vector<Balance> balances(AccountId account, Timestamp now) const;  // every asset it ever had
    Balance balance(AccountId account, AssetId asset, Timestamp now) const;
    std::vector<Position> positions(AccountId account, Timestamp now) const;  // those not flat
    Position position(AccountId account, InstrumentId instrument, Timestamp now) const;

    // --- what an account is worth, without lag
    // ---------------------------------------------------------------
    /// In units of `quote`: balances and positions at mark (perpetuals), last (the others).
    Money equity(AccountId account, AssetId quote) const;
    Money initial_margin(AccountId account, AssetId quote) const;
    Money maintenance_margin(AccountId account, AssetId quote) const;
    Money buying_power(AccountId account, AssetId quote) const;

    // --- what everybody may see
    // --------------------------------------------------------------------------------
    QuoteChanged quote(InstrumentId instrument) const;
    /// Best first, at most `count`.
    std::vector<BookLevel> levels(InstrumentId instrument, Side side, std::size_t count) const;
    std::uint64_t book_sequence(InstrumentId instrument) const;
    Price last_price(InstrumentId instrument) const;  // zero before the first trade
    MarkChanged mark(InstrumentId instrument) const;
    TradingStatus status(InstrumentId instrument) const;

    // --- what the world does
    // -------------------------------------------------------------------------------------
    /// Ends what is over (day, good till date, dead-man timers), pays funding that is due, liquidates.
    void advance(Timestamp now);
    void set_status(InstrumentId instrument, TradingStatus status, Timestamp now);
    /// No order of it is open afterwards; it is not trading ever again.
    void delist(InstrumentId instrument, Timestamp now);
    void set_mark(InstrumentId instrument, Price mark, Price index, Timestamp now);
    void set_funding_rate(InstrumentId instrument, Decimal rate, Timestamp next, Timestamp now);
    /// What fills cost from now on (E17); what open orders have reserved is set anew when they change.
    void set_fees(InstrumentId instrument, const FeeRule& fees);
    /// Which ids are refused from now on (E32), those of orders that are still known included.
    void set_id_rule(IdRule rule);
    /// Deposit, or withdrawal below zero (E26).
    void transfer(AccountId account, AssetId asset, Decimal amount, Timestamp now);
    /// Closes the position by a market order of the venue (E26).
    void liquidate(AccountId account, InstrumentId instrument, Timestamp now);
    /// A print that happened elsewhere (a recording): triggers stops, sets the last price; fills nothing by
    /// itself.
    void print(InstrumentId instrument, Side aggressor, Price price, Quantity quantity, Timestamp now);
    /// Fills this resting order against the house, as if someone had come (faults, replayed markets).
    Answer<ExecutionNumber> fill_resting(OrderNumber order, Price price, Quantity quantity, Timestamp now);

    // --- what happened
    // -------------------------------------------------------------------------------------------
    /// Everything since the last call, in order; valid until the next call of this.
    std::span<const ModelEvent> take_events();

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::exchange
