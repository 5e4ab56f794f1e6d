#include "exchange/polygon/tape.hpp"

namespace plumb::exchange::polygon {

Tape::Tape(std::vector<bool> keeps_quotes) : markets_(keeps_quotes.size()) {
    for (std::size_t i = 0; i < markets_.size(); ++i) markets_[i].keeps_quotes = keeps_quotes[i];
}

void Tape::on_events(std::span<const ModelEvent> events) {
    for (const ModelEvent& event : events) {
        if (const auto* trade = std::get_if<TradeHappened>(&event.what)) {
            markets_[trade->instrument.value].trade =
                PastTrade{trade->number, trade->aggressor, trade->price, trade->quantity, event.at};
        } else if (const auto* quote = std::get_if<QuoteChanged>(&event.what)) {
            Market& market = markets_[quote->instrument.value];
            market.quotes.push_back({*quote, event.at});
            if ((market.keeps_quotes ? kQuotesMax : 1) < market.quotes.size()) market.quotes.pop_front();
        }
    }
}

}  // namespace plumb::exchange::polygon
