#include "codec/csv_ticks.hpp"

#include <charconv>
#include <optional>

#include "codec/csv_table.hpp"

namespace plumb::codec {
namespace {

Result<std::uint64_t> whole(const CsvTable& table, std::size_t column) {
    const std::string_view text = table.field(column);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) return value;
    return fail(table.trouble(Errc::parse, column, "a whole number"));
}

/// Calls `read` for each row with its time; times never go back.
template <class Read>
Status each_row(CsvTable& table, std::size_t time, Read read) {
    if (const Status oriented = table.orient(time); !oriented) return oriented;
    Timestamp last = Timestamp::min();
    for (;;) {
        const Result<bool> more = table.next();
        if (!more) return fail(more.error());
        if (!*more) return {};
        const Result<Timestamp> at = table.time(time);
        if (!at) return fail(at.error());
        if (*at < last) {
            return fail(
                table.trouble(Errc::unsorted, time, "times that only go one way, after " + to_iso(last)));
        }
        last = *at;
        if (const Status done = read(*at); !done) return done;
    }
}

struct TradeColumns {
    std::size_t time, price, size, side;
    std::optional<std::size_t> id, received;
};

Result<TradeColumns> trade_columns(const CsvTable& table) {
    const auto time = table.time_column();
    if (!time) return fail(time.error());
    TradeColumns columns{*time, 0, 0, 0, table.find("trade_id"), table.find("recv_ns")};
    if (columns.received == columns.time) columns.received.reset();
    const auto price = table.need("price"), size = table.need("size"), side = table.need("side");
    for (const auto* each : {&price, &size, &side}) {
        if (!*each) return fail(each->error());
    }
    columns.price = *price;
    columns.size = *size;
    columns.side = *side;
    return columns;
}

Result<Trade> read_trade(const CsvTable& table, const TradeColumns& columns, Timestamp at,
                         InstrumentId instrument, std::uint64_t number) {
    const Result<Decimal> price = table.price(columns.price);
    if (!price) return fail(price.error());
    const Result<Decimal> size = table.price(columns.size);  // above zero too
    if (!size) return fail(size.error());
    const Result<Side> side = parse_side(table.field(columns.side));
    if (!side) return fail(table.trouble(Errc::parse, columns.side, "buy or sell"));
    Trade trade{instrument, *side, Price{*price}, Quantity{*size}, number, at, at};
    if (columns.id) {
        const Result<std::uint64_t> id = whole(table, *columns.id);
        if (!id) return fail(id.error());
        trade.trade_id = *id;
    }
    if (columns.received) {
        const Result<std::uint64_t> ns = whole(table, *columns.received);
        if (!ns) return fail(ns.error());
        trade.received_at = timestamp_from_ns(static_cast<std::int64_t>(*ns));
    }
    return trade;
}

/// One side of a quote: nothing where nobody quotes.
struct QuoteSide {
    Price price;
    Quantity quantity;
};

Result<QuoteSide> read_side(const CsvTable& table, std::size_t price_column, std::size_t size_column) {
    if (table.field(price_column).empty()) return QuoteSide{};
    const Result<Decimal> price = table.price(price_column);
    if (!price) return fail(price.error());
    const Result<Decimal> size = table.volume(size_column);
    if (!size) return fail(size.error());
    return QuoteSide{Price{*price}, Quantity{*size}};
}

}  // namespace

Result<std::vector<Trade>> read_csv_trades(std::string_view text, const std::string& file,
                                           InstrumentId instrument) {
    Result<CsvTable> table = CsvTable::open(text, file);
    if (!table) return fail(table.error());
    const Result<TradeColumns> columns = trade_columns(*table);
    if (!columns) return fail(columns.error());
    std::vector<Trade> trades;
    const Status read = each_row(*table, columns->time, [&](Timestamp at) -> Status {
        const Result<Trade> trade = read_trade(*table, *columns, at, instrument, trades.size() + 1);
        if (!trade) return fail(trade.error());
        trades.push_back(*trade);
        return {};
    });
    if (!read) return fail(read.error());
    return trades;
}

Result<std::vector<Quote>> read_csv_quotes(std::string_view text, const std::string& file,
                                           InstrumentId instrument) {
    Result<CsvTable> table = CsvTable::open(text, file);
    if (!table) return fail(table.error());
    const auto time = table->time_column(), bid = table->need("bid"), ask = table->need("ask");
    const auto bid_size = table->need("bid_size"), ask_size = table->need("ask_size");
    for (const auto* each : {&time, &bid, &ask, &bid_size, &ask_size}) {
        if (!*each) return fail(each->error());
    }
    const auto update = table->find("update_id");
    std::vector<Quote> quotes;
    const Status read = each_row(*table, *time, [&](Timestamp at) -> Status {
        const Result<QuoteSide> bids = read_side(*table, *bid, *bid_size);
        if (!bids) return fail(bids.error());
        const Result<QuoteSide> asks = read_side(*table, *ask, *ask_size);
        if (!asks) return fail(asks.error());
        Quote quote{instrument,     bids->price,       asks->price, bids->quantity,
                    asks->quantity, quotes.size() + 1, at,          at};
        if (update) {
            const Result<std::uint64_t> number = whole(*table, *update);
            if (!number) return fail(number.error());
            quote.sequence = *number;
        }
        quotes.push_back(quote);
        return {};
    });
    if (!read) return fail(read.error());
    return quotes;
}

}  // namespace plumb::codec
