#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "exchange/model_fixture.hpp"
#include "exchange/reference_matcher.hpp"

namespace plumb::exchange {
namespace {

constexpr std::int64_t kFarTicks = 1'000'000;

Price ticks(std::int64_t count) { return Price{Decimal{count} * decimal("0.01")}; }
Quantity lots(std::int64_t count) { return Quantity{Decimal{count} * decimal("0.001")}; }

/// The model and the napkin get the same random orders.
class Duel {
 public:
    explicit Duel(std::uint64_t seed) : rng_{seed}, model_{options()} {
        market_ = *model_.add_market(market());
        for (const char* name : {"a", "b", "c"}) {
            AccountSpec account;
            account.name = name;
            account.deposits = {{"USD", Decimal{1'000'000'000}}, {"BTC", Decimal{1'000'000}}};
            model_.add_account(account, at(0));
        }
    }

    void step() {
        const std::uint64_t what = rng_.below(100);
        if (what < 70) {
            submit();
        } else if (what < 90) {
            cancel();
        } else {
            requote();
        }
        listen();
    }

    bool fills_agree() const { return fills_ == reference_.fills; }
    std::size_t fill_count() const { return fills_.size(); }

    bool books_agree() const {
        std::size_t levels = 0;
        for (const Side side : {Side::buy, Side::sell}) {
            for (const BookLevel& level : model_.levels(market_, side, 10'000)) {
                ++levels;
                const auto price =
                    static_cast<std::int64_t>(level.price.value.units() / (Decimal::kOne / 100));
                const std::int64_t expected = reference_.quantity_at(side == Side::buy, price);
                if (level.quantity != lots(expected)) return false;
            }
        }
        std::vector<std::pair<bool, std::int64_t>> prices;
        for (const auto& order : reference_.resting) prices.emplace_back(order.buys, order.price);
        std::ranges::sort(prices);
        prices.erase(std::unique(prices.begin(), prices.end()), prices.end());
        return levels == prices.size();
    }

    bool is_crossed() const {
        const QuoteChanged quote = model_.quote(market_);
        return !quote.bid_quantity.is_zero() && !quote.ask_quantity.is_zero() && quote.ask <= quote.bid;
    }

 private:
    static ModelOptions options() {
        ModelOptions options;
        options.replace_rule = ReplaceRule::in_place;
        return options;
    }
    static MarketSpec market() {
        MarketSpec spec = test_market("BTC", "USD");
        spec.orders_open_max = 1'000'000;
        return spec;
    }

    void submit() {
        ReferenceMatcher::Order order;
        order.account = static_cast<int>(rng_.below(4));
        order.buys = rng_.below(2) == 0;
        order.price = 10'000 + static_cast<std::int64_t>(rng_.below(21)) - 10;
        order.left = 1 + static_cast<std::int64_t>(rng_.below(30));
        order.rule = static_cast<SelfTrade>(rng_.below(4));
        OrderSpec spec;
        spec.account = AccountId{static_cast<std::uint32_t>(order.account)};
        spec.instrument = market_;
        spec.side = order.buys ? Side::buy : Side::sell;
        spec.type = OrderType::limit;
        spec.quantity = lots(order.left);
        spec.limit = ticks(order.price);
        spec.self_trade = order.rule;
        auto rest = ReferenceMatcher::Rest::stays;
        switch (rng_.below(8)) {
            case 0:
                spec.type = OrderType::market;
                spec.limit = {};
                order.price = order.buys ? kFarTicks : 0;
                rest = ReferenceMatcher::Rest::goes;
                break;
            case 1:
                spec.time_in_force = TimeInForce::immediate_or_cancel;
                rest = ReferenceMatcher::Rest::goes;
                break;
            case 2:
                spec.time_in_force = TimeInForce::fill_or_kill;
                rest = ReferenceMatcher::Rest::all_or_nothing;
                break;
            case 3: spec.post_only = true; break;
            default: break;
        }
        const bool refused = spec.post_only && reference_.would_take(order);
        const auto number = model_.submit(spec, at(0));
        REQUIRE(number.has_value() != refused);
        if (refused) return;
        order.number = *number;
        reference_.submit(order, rest);
    }

    void cancel() {
        if (reference_.resting.empty()) return;
        const auto order = reference_.resting[rng_.below(reference_.resting.size())];
        reference_.cancel(order.number);
        REQUIRE(model_.cancel(AccountId{static_cast<std::uint32_t>(order.account)}, order.number, at(0))
                    .has_value());
    }

    /// A new price: to the end of the queue there, or through the book.
    void requote() {
        if (reference_.resting.empty()) return;
        auto order = reference_.resting[rng_.below(reference_.resting.size())];
        const std::int64_t price = 10'000 + static_cast<std::int64_t>(rng_.below(21)) - 10;
        Replacement change;
        change.limit = ticks(price);
        const auto owner = AccountId{static_cast<std::uint32_t>(order.account)};
        const auto found = model_.find_order(owner, order.number, at(0));
        REQUIRE(found.has_value());
        auto moved = order;
        moved.price = price;
        const bool refused = order.price == price || (found->spec.post_only && reference_.would_take(moved));
        REQUIRE(model_.replace(owner, order.number, change, at(0)).has_value() != refused);
        if (refused) return;
        reference_.cancel(order.number);
        reference_.submit(moved, ReferenceMatcher::Rest::stays);
    }

    void listen() {
        for (const ModelEvent& event : model_.take_events()) {
            const auto* trade = std::get_if<TradeHappened>(&event.what);
            if (trade == nullptr) continue;
            fills_.push_back(
                {trade->maker, trade->taker,
                 static_cast<std::int64_t>(trade->price.value.units() / (Decimal::kOne / 100)),
                 static_cast<std::int64_t>(trade->quantity.value.units() / (Decimal::kOne / 1000))});
        }
    }

    Rng rng_;
    VenueModel model_;
    InstrumentId market_;
    ReferenceMatcher reference_;
    std::vector<ReferenceMatcher::Fill> fills_;
};

TEST_CASE("Random orders match as on the napkin: price, then time, fill for fill, level for level") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        Duel duel{seed};
        for (int i = 0; i < 2'000; ++i) {
            duel.step();
            REQUIRE_FALSE(duel.is_crossed());
            if (i % 50 == 0) REQUIRE(duel.books_agree());
        }
        REQUIRE(duel.fills_agree());
        REQUIRE(duel.books_agree());
        CHECK(duel.fill_count() > 300);
    }
}

}  // namespace
}  // namespace plumb::exchange
