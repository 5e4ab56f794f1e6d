#include "venues/replay/tick_feed.hpp"

#include <algorithm>

#include "codec/csv_bars.hpp"
#include "codec/csv_ticks.hpp"
#include "io/file.hpp"

namespace plumb::replay {

Timestamp TickFeed::Cursor::due() const {
    return at < input.trades.size() ? input.trades[at].received_at
                                    : input.quotes[at - input.trades.size()].received_at;
}

MarketEvent TickFeed::Cursor::take() {
    const std::size_t now = at++;
    if (now < input.trades.size()) return input.trades[now];
    return input.quotes[now - input.trades.size()];
}

TickFeed::TickFeed(std::vector<Input> inputs) {
    for (Input& input : inputs) {
        if (input.trades.empty() || input.quotes.empty()) {
            cursors_.push_back({std::move(input), 0});
        } else {  // both given: two streams
            cursors_.push_back({{std::move(input.trades), {}}, 0});
            cursors_.push_back({{{}, std::move(input.quotes)}, 0});
        }
    }
}

Result<std::optional<MarketEvent>> TickFeed::next() {
    Cursor* first = nullptr;
    for (Cursor& cursor : cursors_) {
        if (!cursor.done() && (first == nullptr || cursor.due() < first->due())) first = &cursor;
    }
    if (first == nullptr) return std::nullopt;
    return first->take();
}

Result<TickFeed::Input> read_ticks(const std::filesystem::path& file, InstrumentId instrument) {
    const std::string name = file.string();
    Result<std::string> bytes = io::read_file(file);
    if (!bytes) return fail(bytes.error());
    const Result<std::string> text = codec::csv_text(std::move(*bytes), name);
    if (!text) return fail(text.error());
    const Result<codec::CsvTable> table = codec::CsvTable::open(*text, name);
    if (!table) return fail(table.error());
    TickFeed::Input input;
    if (table->kind() == codec::CsvKind::trades) {
        Result<std::vector<Trade>> trades = codec::read_csv_trades(*text, name, instrument);
        if (!trades) return fail(trades.error());
        input.trades = std::move(*trades);
    } else if (table->kind() == codec::CsvKind::quotes) {
        Result<std::vector<Quote>> quotes = codec::read_csv_quotes(*text, name, instrument);
        if (!quotes) return fail(quotes.error());
        input.quotes = std::move(*quotes);
    } else {
        return fail(Errc::unsupported,
                    name + ": expected trades (ts,price,size,side) or quotes (ts,bid,bid_size,ask,ask_size)");
    }
    std::ranges::stable_sort(input.trades, {}, &Trade::received_at);
    std::ranges::stable_sort(input.quotes, {}, &Quote::received_at);
    return input;
}

}  // namespace plumb::replay
