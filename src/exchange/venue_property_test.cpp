#include <doctest/doctest.h>

#include <map>

#include "base/rng.hpp"
#include "exchange/model_fixture.hpp"

namespace plumb::exchange {
namespace {

/// A hash of what happened, in order.
class EventDigest {
 public:
    void add(const ModelEvent& event) {
        number(event.sequence);
        number(static_cast<std::uint64_t>(to_ns(event.at)));
        number(event.what.index());
        std::visit([&](const auto& what) { add(what); }, event.what);
    }
    std::uint64_t value() const { return value_; }

 private:
    void number(std::uint64_t bits) { value_ = (value_ ^ bits) * 1099511628211U; }
    void amount(Decimal decimal) {
        number(static_cast<std::uint64_t>(decimal.units()));
        number(static_cast<std::uint64_t>(decimal.units() >> 64));
    }
    void add(const OrderHappened& what) {
        number(static_cast<std::uint64_t>(what.step));
        number(what.record.number);
        number(static_cast<std::uint64_t>(what.record.status));
        number(static_cast<std::uint64_t>(what.record.end_reason));
        amount(what.record.filled.value);
        amount(what.record.filled_value.value);
        amount(what.execution.fee);
        amount(what.execution.realized_profit.value);
    }
    void add(const TradeHappened& what) {
        number(what.maker);
        number(what.taker);
        amount(what.price.value);
        amount(what.quantity.value);
    }
    void add(const LevelChanged& what) {
        number(what.sequence);
        amount(what.price.value);
        amount(what.quantity.value);
    }
    void add(const QuoteChanged& what) {
        amount(what.bid.value);
        amount(what.ask.value);
    }
    void add(const BalanceChanged& what) {
        amount(what.total);
        amount(what.held);
    }
    void add(const PositionChanged& what) { amount(what.quantity.value); }
    void add(const StatusChanged& what) { number(static_cast<std::uint64_t>(what.status)); }
    void add(const MarkChanged& what) { amount(what.mark.value); }
    void add(const FundingPaid& what) { amount(what.amount.value); }

    std::uint64_t value_ = 14695981039346656037U;
};

/// Everything a venue can be asked, at random, and what must hold after each step.
class RandomVenue {
 public:
    RandomVenue(std::uint64_t seed, MarketKind kind) : rng_{seed}, kind_{kind}, model_{options(seed)} {
        MarketSpec spec = test_market("BTC", "USD", kind);
        const auto fee_asset = static_cast<FeeAsset>(seed % 3);
        spec.fees = {decimal("-0.0001"), decimal("0.0006"), fee_asset, "BNB", decimal("300")};
        spec.leverage_max = Decimal{20};
        spec.maintenance_margin = kind == MarketKind::spot ? Decimal{} : decimal("0.03");
        spec.funding_interval = std::chrono::seconds{20};
        market_ = *model_.add_market(spec);
        for (int i = 0; i < 3; ++i) {
            AccountSpec account;
            account.name = std::to_string(i);
            account.may_short = kind == MarketKind::equity;
            account.leverage = Decimal{kind == MarketKind::spot ? 1 : kind == MarketKind::equity ? 4 : 20};
            account.deposits = {{"USD", Decimal{kind == MarketKind::spot ? 5000 : 250}}, {"BNB", Decimal{1}}};
            if (kind == MarketKind::spot) account.deposits.emplace_back("BTC", Decimal{50});
            model_.add_account(account, now_);
        }
        model_.set_mark(market_, price("100"), price("100"), now_);
        if (kind == MarketKind::perpetual) {
            model_.set_funding_rate(market_, decimal("0.0003"), now_ + std::chrono::seconds{5}, now_);
        }
        listen();
        worth_ = worth();
    }

    void step() {
        now_ += std::chrono::milliseconds{rng_.below(40)};
        const std::uint64_t what = rng_.below(100);
        if (what < 65) {
            submit();
        } else if (what < 80) {
            cancel_or_replace();
        } else if (what < 90) {
            move_market();
        } else if (what < 97) {
            model_.advance(now_);
        } else {
            const auto status = rng_.below(4) == 0 ? TradingStatus::halted : TradingStatus::open;
            model_.set_status(market_, status, now_);
        }
        listen();
        check();
    }

    void wind_up() {
        model_.set_status(market_, TradingStatus::open, now_);
        for (std::uint32_t i = 0; i < model_.account_count(); ++i) {
            model_.cancel_all(AccountId{i}, std::nullopt, EndReason::by_venue, now_);
        }
        listen();
        check();
        CHECK(model_.levels(market_, Side::buy, 1).empty());
        CHECK(model_.levels(market_, Side::sell, 1).empty());
        for (std::uint32_t i = 1; i < model_.account_count(); ++i) {
            for (const Balance& balance : model_.balances(AccountId{i}, now_)) CHECK(balance.held.is_zero());
            CHECK(model_.open_orders(AccountId{i}, std::nullopt, now_).empty());
            const Quantity position = model_.position(AccountId{i}, market_, now_).quantity;
            if (kind_ == MarketKind::perpetual && position.is_zero()) {
                CHECK(model_.initial_margin(AccountId{i}, model_.asset("USD")).is_zero());
            }
        }
    }

    std::uint64_t digest() const { return digest_.value(); }
    std::size_t fills() const { return fills_; }
    std::size_t liquidations() const { return liquidations_; }
    std::size_t triggers() const { return triggers_; }

 private:
    static ModelOptions options(std::uint64_t seed) {
        ModelOptions options;
        options.replace_rule = seed % 2 == 0 ? ReplaceRule::in_place : ReplaceRule::new_order;
        options.ended_orders_max = 500;
        options.stops_may_fire_at_once = seed % 4 < 2;
        return options;
    }

    Price near() {
        return Price{Decimal{9'700 + static_cast<std::int64_t>(rng_.below(601))} * decimal("0.01")};
    }

    void submit() {
        OrderSpec spec;
        spec.account = AccountId{static_cast<std::uint32_t>(rng_.below(4))};
        spec.instrument = market_;
        spec.side = rng_.below(2) == 0 ? Side::buy : Side::sell;
        const bool is_house = spec.account.value == 0;
        spec.type = is_house ? (rng_.below(8) == 0 ? OrderType::market : OrderType::limit)
                             : static_cast<OrderType>(rng_.below(5));
        spec.time_in_force = static_cast<TimeInForce>(rng_.below(4));
        spec.quantity =
            Quantity{Decimal{1 + static_cast<std::int64_t>(rng_.below(8'000))} * decimal("0.001")};
        if (spec.type == OrderType::limit || spec.type == OrderType::stop_limit) spec.limit = near();
        if (spec.type == OrderType::stop || spec.type == OrderType::stop_limit) spec.stop = near();
        if (spec.type == OrderType::trailing_stop) spec.trail.distance = price("0.70");
        if (spec.type == OrderType::market && rng_.below(3) == 0) {
            spec.notional = Money{spec.quantity.value * Decimal{100}};
            spec.quantity = {};
        }
        spec.post_only = !is_house && rng_.below(6) == 0;
        spec.reduce_only = !is_house && rng_.below(4) == 0;
        spec.takes_profit = rng_.below(2) == 0;
        spec.trigger = static_cast<TriggerPrice>(rng_.below(3));
        spec.self_trade = static_cast<SelfTrade>(rng_.below(4));
        if (rng_.below(10) == 0) spec.expires_at = now_ + std::chrono::seconds{1};
        if (const auto number = model_.submit(spec, now_)) numbers_.emplace_back(spec.account, *number);
    }

    void cancel_or_replace() {
        if (numbers_.empty()) return;
        auto& [account, number] =
            numbers_[numbers_.size() - 1 - rng_.below(std::min<std::size_t>(40, numbers_.size()))];
        if (rng_.below(2) == 0) {
            (void)model_.cancel(account, number, now_);
            return;
        }
        Replacement change;
        if (rng_.below(2) == 0) change.limit = near();
        if (rng_.below(3) == 0) change.stop = near();
        if (rng_.below(2) == 0) {
            change.quantity =
                Quantity{Decimal{1 + static_cast<std::int64_t>(rng_.below(8'000))} * decimal("0.001")};
        }
        const auto replaced = model_.replace(account, number, change, now_);
        if (replaced) number = *replaced;
    }

    void move_market() {
        if (rng_.below(2) == 0) {
            const Price mark{Decimal{9'000 + static_cast<std::int64_t>(rng_.below(2'001))} * decimal("0.01")};
            model_.set_mark(market_, mark, near(), now_);
        } else {
            model_.print(market_, Side::buy, near(), quantity("0.1"), now_);
        }
    }

    void listen() {
        for (const ModelEvent& event : model_.take_events()) {
            digest_.add(event);
            const auto* happened = std::get_if<OrderHappened>(&event.what);
            if (happened == nullptr) continue;
            const OrderRecord& record = happened->record;
            triggers_ += happened->step == OrderStep::triggered;
            if (happened->step == OrderStep::filled) hear_fill(record, happened->execution);
            if (is_open(record.status) || record.spec.time_in_force != TimeInForce::fill_or_kill) continue;
            // All or nothing, but for orders by value, which have no whole.
            if (record.spec.notional.is_zero() && record.status != OrderStatus::filled &&
                record.status != OrderStatus::replaced) {
                CHECK(record.filled.is_zero());
            }
        }
    }

    void hear_fill(const OrderRecord& record, const Execution& execution) {
        ++fills_;
        liquidations_ += execution.liquidation;
        fees_[execution.fee_asset.value] += execution.fee;
        if (record.spec.post_only) CHECK(execution.maker);
        sums_[record.number] += execution.quantity;
        CHECK(sums_[record.number] == execution.filled_after);
        CHECK(record.filled == execution.filled_after);
        if (record.spec.type == OrderType::limit) {
            CHECK((record.spec.side == Side::buy ? execution.price <= record.spec.limit
                                                 : record.spec.limit <= execution.price));
        }
        if (record.spec.reduce_only) {
            const Quantity change = execution.side == Side::buy ? execution.quantity : -execution.quantity;
            const Quantity before = execution.position_after - change;
            // Nothing of the position, or less of it on the same side; a fee in coins may take a bit more.
            CHECK(execution.position_after.abs() <= before.abs() + execution.quantity * decimal("0.001"));
        }
    }

    /// All that anybody has, with the fees that left.
    std::vector<Decimal> worth() {
        std::vector<Decimal> sums;
        for (const char* name : {"USD", "BTC", "BNB"}) {
            const AssetId asset = model_.asset(name);
            Decimal sum = fees_[asset.value];
            for (std::uint32_t i = 0; i < model_.account_count(); ++i) {
                const bool with_positions = kind_ == MarketKind::perpetual && name[0] == 'U';
                sum += with_positions ? model_.equity(AccountId{i}, asset).value
                                      : model_.balance(AccountId{i}, asset, now_).total;
            }
            sums.push_back(sum);
        }
        return sums;
    }

    void check() {
        const QuoteChanged quote = model_.quote(market_);
        const bool both = !quote.bid_quantity.is_zero() && !quote.ask_quantity.is_zero();
        REQUIRE_FALSE((both && quote.ask <= quote.bid));
        REQUIRE(worth() == worth_);
        Quantity sum;
        for (std::uint32_t i = 0; i < model_.account_count(); ++i) {
            sum += model_.position(AccountId{i}, market_, now_).quantity;
            if (i == 0 || kind_ != MarketKind::spot) continue;
            for (const Balance& balance : model_.balances(AccountId{i}, now_)) {
                REQUIRE(0 <= balance.held.sign());
                REQUIRE(0 <= balance.free().sign());
            }
        }
        if (kind_ == MarketKind::perpetual) REQUIRE(sum.is_zero());
    }

    Rng rng_;
    MarketKind kind_;
    VenueModel model_;
    InstrumentId market_;
    Timestamp now_ = at(0);
    std::vector<std::pair<AccountId, OrderNumber>> numbers_;
    std::map<std::uint32_t, Decimal> fees_;
    std::map<OrderNumber, Quantity> sums_;
    std::vector<Decimal> worth_;
    EventDigest digest_;
    std::size_t fills_ = 0, liquidations_ = 0, triggers_ = 0;
};

TEST_CASE(
    "Whatever is asked, nothing is lost, no book is crossed, no rule is broken, and the same happens "
    "again") {
    for (const MarketKind kind : {MarketKind::spot, MarketKind::equity, MarketKind::perpetual}) {
        std::size_t fills = 0, liquidations = 0, triggers = 0;
        for (std::uint64_t seed = 1; seed <= 12; ++seed) {
            CAPTURE(seed);
            CAPTURE(static_cast<int>(kind));
            const auto run = [&] {
                RandomVenue venue{seed, kind};
                for (int i = 0; i < 3'000; ++i) venue.step();
                venue.wind_up();
                fills += venue.fills();
                liquidations += venue.liquidations();
                triggers += venue.triggers();
                return venue.digest();
            };
            const std::uint64_t first = run();
            CHECK(run() == first);
        }
        CHECK(fills > 5'000);
        CHECK(triggers > 500);
        if (kind == MarketKind::perpetual) CHECK(liquidations > 100);
    }
}

}  // namespace
}  // namespace plumb::exchange
