#include "exchange/market/recording.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "codec/csv_bars.hpp"
#include "codec/csv_table.hpp"
#include "codec/csv_ticks.hpp"
#include "io/file.hpp"
#include "store/parquet_bars.hpp"
#include "venues/replay/csv_source.hpp"

namespace plumb::exchange::market {
namespace {

namespace fs = std::filesystem;

bool is_price_file(const fs::path& path) {
    const std::string name = path.filename().string();
    return !name.starts_with('.') &&
           (name.ends_with(".csv") || name.ends_with(".csv.gz") || name.ends_with(".parquet"));
}

/// "BTC/USD" for BTCUSDT_trades.csv.gz and BTC-USDT.parquet; whether it is a stock shows in the quote
/// missing.
Result<ListedName> name_of(const fs::path& file) {
    fs::path plain = file;
    if (plain.extension() == ".parquet") plain.replace_extension(".csv");
    constexpr std::string_view kNone = "NONE";  // a quote that no file has
    const Result<std::string> name = replay::instrument_of_file(plain, kNone);
    if (!name) return fail(Error{name.error()}.at(file.string()));
    const std::size_t cut = name->find('/');
    ListedName listed;
    listed.instrument.base = name->substr(0, cut);
    listed.instrument.quote = name->substr(cut + 1);
    listed.is_stock = listed.instrument.quote == kNone;
    if (listed.is_stock || listed.instrument.quote == "USDT" || listed.instrument.quote == "USDC")
        listed.instrument.quote = "USD";
    return listed;
}

Status add_file(RecordedName& name, const fs::path& file) {
    if (file.extension() == ".parquet") {
        Result<BarHistory> bars = store::read_parquet_bars(file);
        if (!bars) return fail(bars.error());
        name.bars = std::move(*bars);
        return {};
    }
    Result<std::string> bytes = io::read_file(file);
    if (!bytes) return fail(bytes.error());
    const Result<std::string> text = codec::csv_text(std::move(*bytes), file.string());
    if (!text) return fail(text.error());
    const Result<codec::CsvTable> table = codec::CsvTable::open(*text, file.string());
    if (!table) return fail(table.error());
    switch (table->kind()) {
        case codec::CsvKind::trades: {
            Result<std::vector<Trade>> trades = codec::read_csv_trades(*text, file.string(), {});
            if (!trades) return fail(trades.error());
            name.trades = std::move(*trades);
            return {};
        }
        case codec::CsvKind::quotes: {
            Result<std::vector<Quote>> quotes = codec::read_csv_quotes(*text, file.string(), {});
            if (!quotes) return fail(quotes.error());
            name.quotes = std::move(*quotes);
            return {};
        }
        case codec::CsvKind::bars:
        case codec::CsvKind::quote_bars: {
            Result<BarHistory> bars = codec::read_csv_bars(*text, {file.string(), {}});
            if (!bars) return fail(bars.error());
            if (name.bars.empty()) name.bars = std::move(*bars);
            return {};
        }
        default: break;
    }
    return fail(Errc::unsupported,
                file.string() + ": expected trades (ts,price,size,side), quotes " +
                    "(ts,bid,bid_size,ask,ask_size) or bars (ts,open,high,low,close,volume)");
}

/// The finest steps that prices and quantities were recorded in.
void set_grid(RecordedName& name) {
    int price_decimals = 0, quantity_decimals = 0;
    const auto see = [](int& most, Decimal value) { most = std::max(most, value.decimals()); };
    for (const Trade& trade : name.trades) {
        see(price_decimals, trade.price.value);
        see(quantity_decimals, trade.quantity.value);
    }
    for (const Quote& quote : name.quotes) {
        see(price_decimals, quote.bid.value);
        see(price_decimals, quote.ask.value);
        see(quantity_decimals, quote.bid_quantity.value);
        see(quantity_decimals, quote.ask_quantity.value);
    }
    for (std::size_t i = 0; i < name.bars.size(); ++i) {
        const Ohlcv values = name.bars.values(i);
        for (const Price price : {values.open, values.high, values.low, values.close})
            see(price_decimals, price.value);
        if (!name.has_ticks()) see(quantity_decimals, values.volume.value);
    }
    constexpr int kQuantityDecimalsMax = 8;  // volumes of bars may carry a binary double's tail
    Instrument& instrument = name.listed.instrument;
    instrument.tick = Price{Decimal::power_of_ten(-price_decimals)};
    instrument.lot = Quantity{Decimal::power_of_ten(-std::min(quantity_decimals, kQuantityDecimalsMax))};
    instrument.quantity_min = instrument.lot;
}

void order_moments(Recording& recording) {
    for (std::uint32_t n = 0; n < recording.names.size(); ++n) {
        RecordedName& name = recording.names[n];
        std::ranges::stable_sort(name.quotes, {}, &Quote::received_at);
        std::ranges::stable_sort(name.trades, {}, &Trade::received_at);
        for (std::uint32_t i = 0; i < name.quotes.size(); ++i)
            recording.moments.push_back({name.quotes[i].received_at, n, false, i});
        for (std::uint32_t i = 0; i < name.trades.size(); ++i)
            recording.moments.push_back({name.trades[i].received_at, n, true, i});
    }
    std::ranges::stable_sort(recording.moments, {}, &RecordedMoment::at);
}

void find_span(Recording& recording) {
    if (recording.has_ticks()) {
        recording.begin = recording.moments.front().at;
        recording.end = recording.moments.back().at;
        return;
    }
    recording.begin = Timestamp::max();
    recording.end = Timestamp::min();
    for (const RecordedName& name : recording.names) {
        recording.begin = std::min(recording.begin, name.bars.open_time(0));
        recording.end = std::max(recording.end, name.bars.close_time(name.bars.size() - 1));
    }
}

}  // namespace

Result<Recording> read_recording(const fs::path& path) {
    std::error_code error;
    std::vector<fs::path> files;
    if (fs::is_directory(path, error)) {
        for (const auto& entry : fs::directory_iterator{path, error}) {
            if (entry.is_regular_file(error) && is_price_file(entry.path())) files.push_back(entry.path());
        }
        if (error) return fail(Errc::io, "cannot list " + path.string() + ": " + error.message());
        if (files.empty())
            return fail(Errc::empty,
                        path.string() + ": expected files of trades, quotes or bars, found none");
    } else if (fs::exists(path, error)) {
        files.push_back(path);
    } else {
        return fail(Errc::not_found,
                    path.string() + ": expected a recording (a file or a folder), found nothing");
    }
    std::ranges::sort(files);
    std::map<std::string, RecordedName> names;
    for (const fs::path& file : files) {
        const Result<ListedName> listed = name_of(file);
        if (!listed) return fail(listed.error());
        RecordedName& name = names[listed->instrument.name()];
        name.listed = *listed;
        if (Status added = add_file(name, file); !added) return fail(added.error());
    }
    Recording recording;
    for (auto& [key, name] : names) {
        if (!name.has_ticks() && name.bars.empty()) continue;
        set_grid(name);
        recording.names.push_back(std::move(name));
    }
    if (recording.names.empty())
        return fail(Errc::empty, path.string() + ": no trade, quote or bar in there");
    order_moments(recording);
    find_span(recording);
    return recording;
}

}  // namespace plumb::exchange::market
