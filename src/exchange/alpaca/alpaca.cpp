#include "exchange/alpaca/alpaca.hpp"

#include <fmt/format.h>

#include "base/rng.hpp"
#include "exchange/alpaca/alpaca_protocol.hpp"

namespace plumb::exchange::alpaca {
namespace {

constexpr int kQuantityDecimals = 9;

std::string random_text(Rng& rng, std::string_view letters, std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += letters[rng.below(letters.size())];
    return text;
}

/// Coins have fees in what is received and cannot be short; shares cost nothing and come in fractions.
MarketSpec market_of(const ListedName& name) {
    MarketSpec market;
    market.path = name.instrument.name();
    market.instrument = name.instrument;
    market.instrument.id = {};
    market.instrument.quantity_min =
        name.is_stock ? Quantity{Decimal::power_of_ten(-kQuantityDecimals)} : name.instrument.lot;
    market.instrument.lot = Quantity{Decimal::power_of_ten(-kQuantityDecimals)};
    market.instrument.notional_min = Money{};
    market.instrument.can_short = name.is_stock;
    market.orders_open_max = 1000;
    if (name.is_stock) {
        market.kind = MarketKind::equity;
        return market;
    }
    market.kind = MarketKind::spot;
    market.fees = {.maker = Decimal::from_units(Decimal::kOne / 10'000 * 15),
                   .taker = Decimal::from_units(Decimal::kOne / 10'000 * 25),
                   .asset = FeeAsset::received,
                   .third = {},
                   .third_price = Decimal{1}};
    return market;
}

std::vector<MarketSpec> markets(std::span<const ListedName> names) {
    std::vector<MarketSpec> listed;
    for (const ListedName& name : names) {
        const bool is_known =
            name.instrument.quote == "USD" && (name.is_stock ? is_stock_symbol(name.instrument.base)
                                                             : is_crypto_symbol(name.instrument.name()));
        if (is_known) listed.push_back(market_of(name));
    }
    return listed;
}

AccountSpec account(std::string_view name, Decimal cash) {
    AccountSpec spec;
    spec.name = name;
    spec.may_short = true;
    spec.leverage = Decimal{4};
    spec.deposits.emplace_back("USD", cash);
    return spec;
}

Result<ApiAccess> make_access(AccountId account, std::uint64_t seed) {
    constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    constexpr std::string_view kMixed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    Rng rng = Rng{seed}.fork(account.value);
    ApiAccess access;
    access.account = account;
    access.key = "PK" + random_text(rng, kUpper, 18);
    access.secret = random_text(rng, kMixed, 40);
    return access;
}

std::unique_ptr<Protocol> make_protocol(const ProtocolContext& context) {
    return std::make_unique<AlpacaProtocol>(context);
}

}  // namespace

const VenueEntry& entry() {
    static const VenueEntry row{.name = "alpaca",
                                .model = {.id_rule = IdRule::unique_forever,
                                          .replace_rule = ReplaceRule::new_order,
                                          .tells_house = false},
                                .markets = &markets,
                                .account = &account,
                                .make_access = &make_access,
                                .make_protocol = &make_protocol};
    return row;
}

}  // namespace plumb::exchange::alpaca
