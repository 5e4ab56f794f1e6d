#include "exchange/alpaca/tape.hpp"

namespace plumb::exchange::alpaca {

void Tape::on_events(std::span<const ModelEvent> events) {
    for (const ModelEvent& event : events) {
        if (const auto* trade = std::get_if<TradeHappened>(&event.what)) {
            Market& market = markets_[trade->instrument.value];
            market.last_trade = PastTrade{.number = trade->number,
                                          .aggressor = trade->aggressor,
                                          .price = trade->price,
                                          .quantity = trade->quantity,
                                          .at = event.at};
        } else if (const auto* quote = std::get_if<QuoteChanged>(&event.what)) {
            auto& quotes = markets_[quote->instrument.value].quotes;
            quotes.push_back({event.at, *quote});
            if (kQuotesMax < quotes.size()) quotes.pop_front();
        }
    }
}

TimedQuote Tape::quote(InstrumentId instrument, Timestamp now) const {
    const auto& quotes = markets_[instrument.value].quotes;
    if (!quotes.empty()) return quotes.back();
    return {now, model_.quote(instrument)};
}

}  // namespace plumb::exchange::alpaca
