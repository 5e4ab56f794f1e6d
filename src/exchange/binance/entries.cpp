#include "exchange/binance/entries.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/binance/protocol.hpp"
#include "exchange/binance/symbols.hpp"
#include "signing/signing.hpp"

namespace plumb::exchange::binance {
namespace {

using std::chrono::hours;

Decimal decimal(std::string_view text) { return *Decimal::parse(text); }

/// What the venue quotes the others in; a pair of two of them would be a market of nothing.
bool is_listed(const ListedName& name) {
    return !name.is_stock && name.instrument.base != "USDT" && name.instrument.base != "USD";
}

MarketSpec common(const ListedName& name) {
    MarketSpec market;
    market.instrument = name.instrument;
    market.instrument.quote = kQuoteAsset;
    market.path = name.instrument.name();
    market.notional_max = Money{Decimal{9'000'000}};
    return market;
}

std::vector<MarketSpec> spot_markets(std::span<const ListedName> names) {
    std::vector<MarketSpec> markets;
    for (const ListedName& name : names) {
        if (!is_listed(name)) continue;
        MarketSpec market = common(name);
        market.kind = MarketKind::spot;
        market.instrument.can_short = false;
        market.instrument.quantity_min = market.instrument.lot;
        market.instrument.notional_min = Money{Decimal{5}};
        market.quantity_max = Quantity{market.instrument.lot.value * Decimal{900'000'000}};
        market.market_quantity_max = Quantity{market.instrument.lot.value * Decimal{100'000'000}};
        market.notional_max =
            {};  // NOTIONAL bounds limit orders from above by value only where a symbol says so
        market.orders_open_max = 200;
        market.fees = {decimal("0.001"), decimal("0.001"), FeeAsset::received, {}, Decimal{1}};
        markets.push_back(std::move(market));
    }
    return markets;
}

/// The perpetual's tick is the spot's; its lot is coarser, as at the venue: at most three decimals.
std::vector<MarketSpec> futures_markets(std::span<const ListedName> names) {
    std::vector<MarketSpec> markets;
    for (const ListedName& name : names) {
        if (!is_listed(name) || name.instrument.base == "USDC") continue;
        MarketSpec market = common(name);
        market.kind = MarketKind::perpetual;
        market.instrument.can_short = true;
        market.instrument.lot = Quantity{std::max(name.instrument.lot.value, decimal("0.001"))};
        market.instrument.quantity_min = market.instrument.lot;
        market.instrument.notional_min = Money{Decimal{5}};
        market.quantity_max = Quantity{market.instrument.lot.value * Decimal{10'000'000}};
        market.market_quantity_max = Quantity{market.instrument.lot.value * Decimal{1'200'000}};
        market.notional_max = {};
        market.orders_open_max = 200;
        market.fees = {decimal("0.0002"), decimal("0.0005"), FeeAsset::quote, {}, Decimal{1}};
        market.leverage_max = Decimal{125};
        market.maintenance_margin = decimal("0.004");
        market.funding_interval = hours{8};
        markets.push_back(std::move(market));
    }
    return markets;
}

AccountSpec spot_account(std::string_view name, Decimal cash) {
    AccountSpec account;
    account.name = name;
    account.self_trade = SelfTrade::cancel_maker;
    account.deposits = {{std::string{kQuoteAsset}, cash}};
    return account;
}

AccountSpec futures_account(std::string_view name, Decimal cash) {
    AccountSpec account = spot_account(name, cash);
    account.may_short = true;
    account.leverage = Decimal{20};
    return account;
}

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

std::string random_text(Rng& rng, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += kLetters[rng.below(kLetters.size())];
    return text;
}

/// RFC 8410: the 16 bytes before an Ed25519 seed in PKCS 8.
constexpr std::string_view kEd25519Head{"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20",
                                        16};

Result<ApiAccess> make_access(AccountId account, std::uint64_t seed, std::uint64_t board) {
    Rng rng = Rng{seed}.fork(0xb1'0000 + board * 0x1'0000 + account.value);
    ApiAccess access;
    access.account = account;
    access.key = random_text(rng, 64);
    access.secret = random_text(rng, 64);
    if (account.value % 2 == 0) {
        const auto key = signing::sha256(access.secret);
        const std::string der = std::string{kEd25519Head} + std::string{key.begin(), key.end()};
        access.secret = fmt::format("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
                                    signing::base64(signing::bytes_of(der)));
    }
    return access;
}

Result<ApiAccess> spot_access(AccountId account, std::uint64_t seed) { return make_access(account, seed, 0); }
Result<ApiAccess> futures_access(AccountId account, std::uint64_t seed) {
    return make_access(account, seed, 1);
}

}  // namespace

const VenueEntry& spot_entry() {
    static const VenueEntry entry = [] {
        VenueEntry row{};
        row.name = "binance";
        row.model.id_rule = IdRule::unique_while_open;
        row.model.replace_rule = ReplaceRule::new_order;
        row.markets = &spot_markets;
        row.account = &spot_account;
        row.make_access = &spot_access;
        row.make_protocol = &make_spot_protocol;
        return row;
    }();
    return entry;
}

const VenueEntry& futures_entry() {
    static const VenueEntry entry = [] {
        VenueEntry row{};
        row.name = "binance-futures";
        row.model.id_rule = IdRule::unique_while_open;
        row.model.replace_rule = ReplaceRule::in_place;
        row.markets = &futures_markets;
        row.account = &futures_account;
        row.make_access = &futures_access;
        row.make_protocol = &make_futures_protocol;
        return row;
    }();
    return entry;
}

}  // namespace plumb::exchange::binance
