#include "exchange/polygon/polygon.hpp"

#include "exchange/polygon/rest.hpp"
#include "exchange/polygon/streams.hpp"

namespace plumb::exchange::polygon {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
constexpr std::size_t kKeyLength = 32;
constexpr std::uint64_t kKeyStream = 0x706f6c79676f6eULL;

std::vector<bool> stocks_of(const Tickers& tickers) {
    std::vector<bool> stocks;
    for (const Ticker& ticker : tickers.all()) stocks.push_back(ticker.is_stock);
    return stocks;
}

class PolygonProtocol : public Protocol {
 public:
    explicit PolygonProtocol(const ProtocolContext& context)
        : tickers_{context.model},
          tape_{stocks_of(tickers_)},
          access_{context.access},
          rest_{context, tickers_, tape_, access_},
          streams_{context, tickers_, access_} {}

    RequestKind kind_of(const Request& request) const override {
        const std::string_view path = request.path();
        if (path == "/stocks" || path == "/crypto") return RequestKind::stream;
        if (path.starts_with("/v1/marketstatus")) return RequestKind::time;
        return path.starts_with("/v3/reference") ? RequestKind::other : RequestKind::market_data;
    }

    Response answer(const Request& request, Timestamp now) override { return rest_.answer(request, now); }
    Response refuse(const Request&, Trouble trouble, Timestamp) override { return rest_.refuse(trouble); }

    std::expected<StreamTerms, Response> open(StreamId stream, const Request& request,
                                              Timestamp now) override {
        if (!streams_.open(stream, request.path(), now))
            return std::unexpected(rest_.refuse(Trouble::not_found));
        return StreamTerms{true};
    }
    void on_message(StreamId stream, std::string_view bytes, bool, Timestamp now) override {
        streams_.on_message(stream, bytes, now);
    }
    void on_closed(StreamId stream, Timestamp) override { streams_.on_closed(stream); }
    bool refuse_stream(StreamId stream, StreamTrouble trouble, Timestamp) override {
        return streams_.refuse(stream, trouble);
    }

    void on_events(std::span<const ModelEvent> events, Timestamp) override {
        tape_.on_events(events);
        streams_.on_events(events);
    }
    void on_time(Timestamp now) override { streams_.on_time(now); }

 private:
    Tickers tickers_;
    Tape tape_;
    Access access_;
    Rest rest_;
    Streams streams_;
};

std::vector<MarketSpec> markets(std::span<const ListedName> names) {
    std::vector<MarketSpec> all;
    for (const ListedName& name : names) {
        MarketSpec market;
        market.instrument = name.instrument;
        market.kind = name.is_stock ? MarketKind::equity : MarketKind::spot;
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

Result<ApiAccess> make_access(AccountId account, std::uint64_t seed) {
    Rng rng = Rng{seed}.fork(kKeyStream + account.value);
    ApiAccess access;
    access.account = account;
    for (std::size_t i = 0; i < kKeyLength; ++i) access.key += kLetters[rng.below(kLetters.size())];
    access.may_trade = false;
    return access;
}

std::unique_ptr<Protocol> make_protocol(const ProtocolContext& context) {
    return std::make_unique<PolygonProtocol>(context);
}

}  // namespace

const VenueEntry& entry() {
    static const VenueEntry venue{"polygon", ModelOptions{}, &markets,
                                  &account,  &make_access,   &make_protocol};
    return venue;
}

}  // namespace plumb::exchange::polygon
