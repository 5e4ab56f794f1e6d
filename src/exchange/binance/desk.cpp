#include "exchange/binance/desk.hpp"

namespace plumb::exchange::binance {
namespace {

constexpr Duration kAverageOver = std::chrono::minutes{5};
constexpr Duration kAverageKept = std::chrono::seconds{1};
constexpr std::size_t kAverageTradesMax = 1000;

}  // namespace

Desk::Desk(const ProtocolContext& context, Board which)
    : model{context.model},
      past{context.past},
      board{which},
      symbols{context.model, which},
      keys{context.access},
      meter{which},
      rng{Rng{context.seed}.fork(0xb1'da'00 + static_cast<std::uint64_t>(which))},
      memory(context.model.market_count()) {}

std::string Desk::random_id() {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string id;
    for (int i = 0; i < 22; ++i) id += kLetters[rng.below(kLetters.size())];
    return id;
}

Price Desk::average_price(const Symbol& symbol, Timestamp now) {
    MarketMemory& known = memory[symbol.id.value];
    if (!known.average.is_zero() && now - known.average_at < kAverageKept) return known.average;
    Money value;
    Quantity quantity;
    for (const PastTrade& trade : past.trades(symbol.id, now - kAverageOver, now, kAverageTradesMax)) {
        value += trade.price * trade.quantity;
        quantity += trade.quantity;
    }
    known.average_at = now;
    known.average = quantity.is_zero() ? model.last_price(symbol.id) : value / quantity;
    if (known.average.is_zero()) {
        const QuoteChanged quote = model.quote(symbol.id);
        if (!quote.bid.is_zero() && !quote.ask.is_zero())
            known.average =
                Price{(quote.bid.value + quote.ask.value) * Decimal::from_units(Decimal::kOne / 2)};
    }
    return known.average;
}

SymbolChoice Desk::choice(AccountId account, InstrumentId instrument) const {
    const auto found = choices.find({account, instrument});
    return found == choices.end() ? SymbolChoice{} : found->second;
}

}  // namespace plumb::exchange::binance
