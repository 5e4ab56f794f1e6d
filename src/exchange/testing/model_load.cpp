#include "exchange/testing/model_load.hpp"

#include <string>

#include "base/check.hpp"

namespace plumb::exchange::testing {
namespace {

constexpr std::uint32_t kAccounts = 4;
constexpr std::size_t kPlacedMax = 20'000;  // beside the quotes: more, and the oldest go
constexpr std::int64_t kMidTicks = 10'000;

// Constants of the grid: tick 0.01, lot 0.001.
constexpr Decimal kTick = Decimal::from_units(Decimal::kOne / 100);
constexpr Decimal kLot = Decimal::from_units(Decimal::kOne / 1000);

Price ticks(std::int64_t count) { return Price{Decimal::from_units(kTick.units() * count)}; }
Quantity lots(std::int64_t count) { return Quantity{Decimal::from_units(kLot.units() * count)}; }

}  // namespace

ModelLoad::ModelLoad(std::size_t markets, std::uint64_t seed) : rng_{seed}, model_{ModelOptions{}} {
    for (std::size_t i = 0; i < markets; ++i) add_market(i);
    for (std::uint32_t i = 0; i < kAccounts; ++i) {
        AccountSpec account;
        account.name = "load " + std::to_string(i);
        account.deposits.emplace_back("USD", Decimal{1'000'000'000'000});
        for (std::size_t market = 0; market < markets; ++market) {
            account.deposits.emplace_back("A" + std::to_string(market), Decimal{1'000'000'000});
        }
        model_.add_account(account, now_);
    }
    model_.take_events();
}

void ModelLoad::add_market(std::size_t index) {
    MarketSpec spec;
    spec.instrument.base = "A" + std::to_string(index);
    spec.instrument.quote = "USD";
    spec.instrument.tick = Price{kTick};
    spec.instrument.lot = Quantity{kLot};
    spec.orders_open_max = 1'000'000;
    spec.fees = {Decimal::from_units(Decimal::kOne / 1000),
                 Decimal::from_units(Decimal::kOne / 1000),
                 FeeAsset::quote,
                 {},
                 Decimal{1}};
    const Result<InstrumentId> market = model_.add_market(spec);
    PLUMB_CHECK(market.has_value());
    for (std::int64_t level = 1; level <= kLevels; ++level) {
        for (const Side side : {Side::buy, Side::sell}) {
            OrderSpec quote;
            quote.instrument = *market;
            quote.side = side;
            quote.type = OrderType::limit;
            quote.quantity = lots(50'000);
            quote.limit = ticks(side == Side::buy ? kMidTicks - level : kMidTicks + level);
            PLUMB_CHECK(model_.submit(quote, now_).has_value());
        }
    }
}

void ModelLoad::submit(ModelLoadCounts& counts) {
    OrderSpec order;
    order.account = AccountId{static_cast<std::uint32_t>(rng_.below(kAccounts + 1))};
    order.instrument = InstrumentId{static_cast<std::uint32_t>(rng_.below(model_.market_count()))};
    order.side = rng_.below(2) == 0 ? Side::buy : Side::sell;
    order.quantity = lots(1 + static_cast<std::int64_t>(rng_.below(200)));
    order.self_trade = SelfTrade::allow;
    const std::uint64_t what = rng_.below(10);
    const bool takes = what < 3;
    if (!takes) {
        order.type = OrderType::limit;
        const auto away = static_cast<std::int64_t>(what < 9 ? rng_.below(4) : 5 + rng_.below(kLevels));
        order.limit = ticks(order.side == Side::buy ? kMidTicks - away : kMidTicks + away);
    }
    const auto number = model_.submit(order, now_);
    PLUMB_CHECK(number.has_value());
    ++counts.orders;
    if (!takes) placed_.push_back({order.account, *number});
}

void ModelLoad::cancel_oldest(ModelLoadCounts& counts) {
    const Placed oldest = placed_.front();
    placed_.pop_front();
    // Most were filled before: then there is nothing to cancel.
    if (model_.cancel(oldest.account, oldest.number, now_)) ++counts.cancels;
}

void ModelLoad::listen(ModelLoadCounts& counts) {
    const std::span<const ModelEvent> events = model_.take_events();
    counts.events += events.size();
    for (const ModelEvent& event : events) counts.trades += std::holds_alternative<TradeHappened>(event.what);
}

ModelLoadCounts ModelLoad::run(std::uint64_t orders) {
    ModelLoadCounts counts;
    for (std::uint64_t i = 0; i < orders; ++i) {
        now_ += std::chrono::microseconds{1};
        submit(counts);
        if (placed_.size() > kPlacedMax) cancel_oldest(counts);
        listen(counts);
    }
    return counts;
}

std::size_t ModelLoad::open_orders() const {
    std::size_t open = 0;
    for (std::uint32_t i = 0; i <= kAccounts; ++i) {
        open += model_.open_orders(AccountId{i}, std::nullopt, now_).size();
    }
    return open;
}

ModelLoadCounts run_model_load(std::size_t markets, std::uint64_t orders, std::uint64_t seed) {
    return ModelLoad{markets, seed}.run(orders);
}

}  // namespace plumb::exchange::testing
