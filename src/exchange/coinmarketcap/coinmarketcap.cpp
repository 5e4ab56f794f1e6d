#include "exchange/coinmarketcap/coinmarketcap.hpp"

#include <fmt/core.h>

#include "exchange/coinmarketcap/rest.hpp"

namespace plumb::exchange::coinmarketcap {
namespace {

constexpr std::uint64_t kKeyStream = 0x636f696e6d6bULL;

class CoinMarketCapProtocol : public Protocol {
 public:
    explicit CoinMarketCapProtocol(const ProtocolContext& context) : rest_{context} {}

    RequestKind kind_of(const Request& request) const override {
        return request.path().ends_with("/key/info") ? RequestKind::account : RequestKind::market_data;
    }
    Response answer(const Request& request, Timestamp now) override { return rest_.answer(request, now); }
    Response refuse(const Request&, Trouble trouble, Timestamp now) override {
        return rest_.refuse(trouble, now);
    }
    /// There are no sockets at this venue.
    std::expected<StreamTerms, Response> open(StreamId, const Request&, Timestamp now) override {
        return std::unexpected(rest_.refuse(Trouble::not_found, now));
    }
    void on_message(StreamId, std::string_view, bool, Timestamp) override {}
    void on_closed(StreamId, Timestamp) override {}
    void on_events(std::span<const ModelEvent>, Timestamp) override {}
    void on_time(Timestamp) override {}

 private:
    Rest rest_;
};

std::vector<MarketSpec> markets(std::span<const ListedName> names) {
    std::vector<MarketSpec> all;
    for (const ListedName& name : names) {
        if (name.is_stock || name.instrument.quote != "USD") continue;
        MarketSpec market;
        market.instrument = name.instrument;
        market.path = name.instrument.name();
        all.push_back(std::move(market));
    }
    return all;
}

/// Nobody trades here; the account only owns the key.
AccountSpec account(std::string_view name, Decimal cash) {
    AccountSpec account;
    account.name = name;
    account.deposits = {{"USD", cash}};
    return account;
}

/// A key looks like a UUID.
Result<ApiAccess> make_access(AccountId account, std::uint64_t seed) {
    Rng rng = Rng{seed}.fork(kKeyStream + account.value);
    const std::uint64_t high = rng.next(), low = rng.next();
    ApiAccess access;
    access.account = account;
    access.key = fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                             high & 0xfff, low >> 52, low & 0xffff'ffff'ffff);
    access.may_trade = false;
    return access;
}

std::unique_ptr<Protocol> make_protocol(const ProtocolContext& context) {
    return std::make_unique<CoinMarketCapProtocol>(context);
}

}  // namespace

const VenueEntry& entry() {
    static const VenueEntry venue{"coinmarketcap", ModelOptions{}, &markets,
                                  &account,        &make_access,   &make_protocol};
    return venue;
}

}  // namespace plumb::exchange::coinmarketcap
