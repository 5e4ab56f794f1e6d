#include "codec/csv_bars.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "codec/gzip.hpp"
#include "core/bar_step.hpp"

namespace plumb::codec {
namespace {

constexpr Decimal kHalf = Decimal::from_units(Decimal::kOne / 2);

/// Watches open times go by: order, and the step they keep.
class Steps {
 public:
    Status see(Timestamp at, const CsvTable& table, std::size_t column) {
        if (any_ && at == last_) return fail(table.trouble(Errc::duplicate, column, "a time of its own"));
        if (any_ && at < last_) {
            return fail(table.trouble(
                Errc::unsorted, column,
                fmt::format("times that only go one way, after {} (sort the file by time)", to_text(last_))));
        }
        any_ = true;
        last_ = at;
        step_.see(at);
        return {};
    }

    /// The length all bars share.
    Result<Duration> length(const CsvBarsRead& how) const {
        const Result<Duration> length = step_.length(how.length);
        if (!length) return fail(Error{length.error()}.at(how.file));
        return length;
    }

 private:
    bool any_ = false;
    Timestamp last_;
    BarStep step_;
};

using Prices = std::array<std::size_t, 4>;  // columns of open, high, low, close

Result<Prices> price_columns(const CsvTable& table, const std::string& prefix) {
    static constexpr std::array<const char*, 4> kNames = {"open", "high", "low", "close"};
    Prices columns{};
    const bool close_only =
        prefix.empty() && !table.find("open") && !table.find("high") && !table.find("low");
    for (std::size_t i = 0; i < 4; ++i) {
        const Result<std::size_t> column = table.need(prefix + (close_only ? "close" : kNames[i]));
        if (!column) return fail(column.error());
        columns[i] = *column;
    }
    return columns;
}

Result<Ohlcv> read_prices(const CsvTable& table, const Prices& columns) {
    std::array<Price, 4> prices;
    for (std::size_t i = 0; i < 4; ++i) {
        if (i > 0 && columns[i] == columns[0]) {
            prices[i] = prices[0];
            continue;
        }
        const Result<Decimal> price = table.price(columns[i]);
        if (!price) return fail(price.error());
        prices[i] = Price{*price};
    }
    const Ohlcv values{prices[0], prices[1], prices[2], prices[3], {}};
    if (const Status sane = check_bar(values); !sane) {
        const std::size_t wrong =
            values.low > values.open || values.low > values.close ? columns[2] : columns[1];
        return fail(table.trouble(Errc::out_of_range, wrong, "low <= open, close <= high"));
    }
    return values;
}

/// The values of the row in hand, or nothing where a side is not quoted.
struct RowReader {
    bool quoted = false;
    Prices prices{}, asks{};
    std::optional<std::size_t> volume;

    static Result<RowReader> make(const CsvTable& table) {
        RowReader reader;
        reader.quoted = table.kind() == CsvKind::quote_bars;
        const Result<Prices> prices = price_columns(table, reader.quoted ? "bid_" : "");
        if (!prices) return fail(prices.error());
        reader.prices = *prices;
        if (reader.quoted) {
            const Result<Prices> asks = price_columns(table, "ask_");
            if (!asks) return fail(asks.error());
            reader.asks = *asks;
        } else {
            reader.volume = table.find("volume");
        }
        return reader;
    }

    Result<std::optional<Ohlcv>> read(const CsvTable& table) const {
        if (quoted && (table.field(prices[0]).empty() || table.field(asks[0]).empty())) return std::nullopt;
        Result<Ohlcv> values = read_prices(table, prices);
        if (!values) return fail(values.error());
        if (quoted) {
            const Result<Ohlcv> ask = read_prices(table, asks);
            if (!ask) return fail(ask.error());
            const auto mid = [](Price bid, Price offer) { return Price{(bid.value + offer.value) * kHalf}; };
            return Ohlcv{mid(values->open, ask->open),
                         mid(values->high, ask->high),
                         mid(values->low, ask->low),
                         mid(values->close, ask->close),
                         {}};
        }
        if (volume) {
            const Result<Decimal> traded = table.volume(*volume);
            if (!traded) return fail(traded.error());
            values->volume = Quantity{*traded};
        }
        return *values;
    }

    BarOrigin origin(const Ohlcv& values) const {
        if (quoted) return BarOrigin::quoted;
        const bool quiet = volume && values.volume.is_zero() && values.low == values.high;
        return quiet ? BarOrigin::filled : BarOrigin::traded;
    }
};

/// Opens a table, finds its time column and puts the rows oldest first.
struct TimedTable {
    CsvTable table;
    std::size_t time;

    static Result<TimedTable> open(std::string_view text, const std::string& file) {
        Result<CsvTable> table = CsvTable::open(text, file);
        if (!table) return fail(table.error());
        const Result<std::size_t> time = table->time_column();
        if (!time) return fail(time.error());
        return TimedTable{std::move(*table), *time};
    }
};

Status append(BarHistory& history, Timestamp at, const Ohlcv& values, BarOrigin origin, const CsvTable& table,
              std::size_t time) {
    const Status appended = history.append(at, values, origin);
    if (!appended)
        return fail(table.trouble(appended.error().code(), time, "an open time on a whole second"));
    return {};
}

}  // namespace

Result<std::string> csv_text(std::string bytes, const std::string& file) {
    if (!is_gzip(bytes)) return bytes;
    Result<std::string> text = gunzip(bytes);
    if (!text) return fail(Error{text.error()}.at(file));
    return text;
}

Result<BarHistory> read_csv_bars(std::string_view text, const CsvBarsRead& how) {
    Result<TimedTable> opened = TimedTable::open(text, how.file);
    if (!opened) return fail(opened.error());
    auto& [table, time] = *opened;
    const Result<RowReader> reader = RowReader::make(table);
    if (!reader) return fail(reader.error());
    if (const Status oriented = table.orient(time); !oriented) return fail(oriented.error());

    BarHistory history;
    Steps steps;
    for (;;) {
        const Result<bool> more = table.next();
        if (!more) return fail(more.error());
        if (!*more) break;
        const Result<Timestamp> at = table.time(time);
        if (!at) return fail(at.error());
        if (const Status ordered = steps.see(*at, table, time); !ordered) return fail(ordered.error());
        const Result<std::optional<Ohlcv>> values = reader->read(table);
        if (!values) return fail(values.error());
        if (!values->has_value()) continue;
        const Status appended = append(history, *at, **values, reader->origin(**values), table, time);
        if (!appended) return fail(appended.error());
    }
    const Result<Duration> length = steps.length(how);
    if (!length) return fail(length.error());
    history.set_length(*length);
    history.shrink_to_fit();
    return history;
}

Result<std::vector<BarHistory>> read_csv_closes(std::string_view text, const CsvBarsRead& how) {
    Result<TimedTable> opened = TimedTable::open(text, how.file);
    if (!opened) return fail(opened.error());
    auto& [table, time] = *opened;
    if (const Status oriented = table.orient(time); !oriented) return fail(oriented.error());

    std::vector<BarHistory> histories(table.columns().size());
    Steps steps;
    for (;;) {
        const Result<bool> more = table.next();
        if (!more) return fail(more.error());
        if (!*more) break;
        const Result<Timestamp> at = table.time(time);
        if (!at) return fail(at.error());
        if (const Status ordered = steps.see(*at, table, time); !ordered) return fail(ordered.error());
        for (std::size_t column = 0; column < histories.size(); ++column) {
            if (column == time || table.field(column).empty()) continue;
            const Result<Decimal> close = table.price(column);
            if (!close) return fail(close.error());
            const Price price{*close};
            const Status appended = append(histories[column], *at, {price, price, price, price, {}},
                                           BarOrigin::traded, table, time);
            if (!appended) return fail(appended.error());
        }
    }
    const Result<Duration> length = steps.length(how);
    if (!length) return fail(length.error());
    for (std::size_t column = 0; column < histories.size(); ++column) {
        histories[column].rename(table.columns()[column]);
        histories[column].set_length(*length);
        histories[column].shrink_to_fit();
    }
    histories.erase(histories.begin() + static_cast<std::ptrdiff_t>(time));
    return histories;
}

}  // namespace plumb::codec
