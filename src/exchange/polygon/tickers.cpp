#include "exchange/polygon/tickers.hpp"

#include <algorithm>
#include <array>

namespace plumb::exchange::polygon {
namespace {

struct Name {
    std::string_view symbol, name;
};

constexpr auto kNames = std::to_array<Name>({
    {"AAPL", "Apple Inc."},
    {"MSFT", "Microsoft Corp"},
    {"GOOGL", "Alphabet Inc. Class A Common Stock"},
    {"TSLA", "Tesla, Inc. Common Stock"},
    {"NVDA", "Nvidia Corp"},
    {"KO", "Coca-Cola Company"},
    {"PEP", "PepsiCo, Inc."},
    {"BTC", "Bitcoin"},
    {"ETH", "Ethereum"},
    {"LTC", "Litecoin"},
    {"BCH", "Bitcoin Cash"},
    {"LINK", "Chainlink"},
    {"DOT", "Polkadot"},
    {"AVAX", "Avalanche"},
    {"ADA", "Cardano"},
    {"SOL", "Solana"},
    {"UNI", "Uniswap"},
    {"XLM", "Stellar Lumens"},
    {"XRP", "XRP"},
    {"DOGE", "Dogecoin"},
    {"SHIB", "Shiba Inu"},
    {"USDC", "USD Coin"},
    {"USDT", "Tether"},
});

std::string_view name_of(std::string_view symbol) {
    const auto found = std::ranges::find(kNames, symbol, &Name::symbol);
    return found == kNames.end() ? symbol : found->name;
}

}  // namespace

Tickers::Tickers(const VenueModel& model) {
    for (std::uint32_t i = 0; i < model.market_count(); ++i) {
        const MarketSpec& market = model.market(InstrumentId{i});
        Ticker ticker;
        ticker.id = InstrumentId{i};
        ticker.is_stock = market.kind == MarketKind::equity;
        ticker.base = market.instrument.base;
        ticker.quote = market.instrument.quote;
        ticker.rest = ticker.is_stock ? ticker.base : "X:" + ticker.base + ticker.quote;
        ticker.stream = ticker.is_stock ? ticker.base : ticker.base + "-" + ticker.quote;
        ticker.tick = market.instrument.tick;
        by_name_.emplace(ticker.rest, i);
        by_stream_.emplace(ticker.stream, i);
        tickers_.push_back(std::move(ticker));
    }
}

const Ticker* Tickers::find(std::string_view rest_name) const {
    auto found = by_name_.find(rest_name);
    if (found == by_name_.end() && rest_name.starts_with("X:")) {
        std::string plain{rest_name};
        std::erase(plain, '-');
        found = by_name_.find(plain);
    }
    return found == by_name_.end() ? nullptr : &tickers_[found->second];
}

const Ticker* Tickers::find_stream(bool is_stock, std::string_view stream_name) const {
    const auto found = by_stream_.find(stream_name);
    if (found == by_stream_.end() || tickers_[found->second].is_stock != is_stock) return nullptr;
    return &tickers_[found->second];
}

std::string long_name(const Ticker& ticker) {
    std::string name{name_of(ticker.base)};
    if (!ticker.is_stock) name += ticker.quote == "USD" ? " - United States dollar" : " - " + ticker.quote;
    return name;
}

std::string_view primary_exchange(const Ticker& ticker) { return ticker.base == "KO" ? "XNYS" : "XNAS"; }

}  // namespace plumb::exchange::polygon
