#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange {

inline Price price(const char* text) { return *Price::parse(text); }
inline Quantity quantity(const char* text) { return *Quantity::parse(text); }
inline Decimal decimal(const char* text) { return *Decimal::parse(text); }
inline Timestamp at(std::int64_t ms) { return timestamp_from_ms(1'700'000'000'000 + ms); }

/// A market of the tests: tick 0.01, lot 0.001.
inline MarketSpec test_market(const char* base, const char* quote, MarketKind kind = MarketKind::spot) {
    MarketSpec spec;
    spec.instrument.base = base;
    spec.instrument.quote = quote;
    spec.instrument.tick = price("0.01");
    spec.instrument.lot = quantity("0.001");
    spec.instrument.can_short = kind != MarketKind::spot;
    spec.kind = kind;
    return spec;
}

constexpr AccountId kTestHouse{0};

/// A model with one market and one account, and short words for what tests do.
struct ModelFixture {
    explicit ModelFixture(MarketSpec spec = test_market("BTC", "USD"), ModelOptions options = {},
                          AccountSpec account = {})
        : model{options} {
        market = *model.add_market(std::move(spec));
        if (account.name.empty()) {
            account.name = "tester";
            account.deposits = {{"USD", Decimal{100'000}}, {"BTC", Decimal{10}}};
        }
        me = model.add_account(account, at(0));
        usd = model.asset(model.market(market).instrument.quote);
        btc = model.asset(model.market(market).instrument.base);
    }

    OrderSpec limit(Side side, const char* amount, const char* at_price) const {
        OrderSpec spec;
        spec.account = me;
        spec.instrument = market;
        spec.side = side;
        spec.type = OrderType::limit;
        spec.quantity = quantity(amount);
        spec.limit = price(at_price);
        return spec;
    }
    OrderSpec at_market(Side side, const char* amount) const {
        OrderSpec spec = limit(side, amount, "1");
        spec.type = OrderType::market;
        spec.limit = {};
        return spec;
    }
    OrderSpec stop(Side side, const char* amount, const char* stop_price) const {
        OrderSpec spec = at_market(side, amount);
        spec.type = OrderType::stop;
        spec.stop = price(stop_price);
        return spec;
    }
    OrderNumber must(const OrderSpec& spec) {
        const auto answer = model.submit(spec, now);
        PLUMB_CHECK(answer.has_value());
        return *answer;
    }
    OrderNumber house(Side side, const char* amount, const char* at_price) {
        OrderSpec spec = limit(side, amount, at_price);
        spec.account = kTestHouse;
        return must(spec);
    }
    OrderNumber house_at_market(Side side, const char* amount) {
        OrderSpec spec = at_market(side, amount);
        spec.account = kTestHouse;
        return must(spec);
    }
    std::optional<Refusal> refusal(const OrderSpec& spec) {
        const auto answer = model.submit(spec, now);
        return answer ? std::nullopt : std::optional{answer.error()};
    }
    OrderRecord order(OrderNumber number, AccountId owner) const {
        const auto found = model.find_order(owner, number, now);
        PLUMB_CHECK(found.has_value());
        return *found;
    }
    OrderRecord order(OrderNumber number) const { return order(number, me); }
    Balance cash() const { return model.balance(me, usd, now); }
    Balance coins() const { return model.balance(me, btc, now); }

    VenueModel model;
    InstrumentId market;
    AccountId me;
    AssetId usd, btc;
    Timestamp now = at(0);
};

}  // namespace plumb::exchange
