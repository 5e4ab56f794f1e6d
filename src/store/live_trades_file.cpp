#include "store/live_trades_file.hpp"

#include <fmt/format.h>

#include "store/csv_fields.hpp"

namespace plumb::store {

Result<std::vector<LiveTrade>> read_live_trades(std::string_view text) {
    enum Column : std::size_t {
        kTimestamp,
        kSymbol,
        kSignalType,
        kPrice,
        kConfidence,
        kReason,
        kStrategy,
        kSimulated,
        kCumulative,
        kSize,
        kTradeId,
        kAction
    };
    const auto csv = CsvFields::read(
        text, {"timestamp", "symbol", "signal_type", "price", "confidence", "reason", "strategy",
               "simulated_pnl", "cumulative_pnl", "position_size", "trade_id", "action"});
    if (!csv) return fail(csv.error());
    std::vector<LiveTrade> trades;
    for (std::size_t row = 0; row < csv->rows(); ++row) {
        LiveTrade trade;
        trade.timestamp = csv->text(row, kTimestamp);
        trade.symbol = csv->text(row, kSymbol);
        trade.signal_type = csv->text(row, kSignalType);
        trade.reason = csv->text(row, kReason);
        trade.strategy = csv->text(row, kStrategy);
        trade.trade_id = csv->text(row, kTradeId);
        trade.action = csv->text(row, kAction);
        if (trade.action != "BUY" && trade.action != "SELL") {
            return fail(Errc::parse,
                        fmt::format("row {}, column \"action\": expected BUY or SELL, found \"{}\"", row + 1,
                                    trade.action.substr(0, 40)));
        }
        struct Target {
            Column column;
            double* value;
        };
        for (const Target& target : {Target{kPrice, &trade.price},
                                     {kConfidence, &trade.confidence},
                                     {kSimulated, &trade.simulated_pnl},
                                     {kCumulative, &trade.cumulative_pnl},
                                     {kSize, &trade.position_size}}) {
            const auto number = csv->number(row, target.column);
            if (!number) return fail(number.error());
            *target.value = *number;
        }
        trades.push_back(std::move(trade));
    }
    return trades;
}

std::string write_live_trades(const std::vector<LiveTrade>& trades) {
    std::string out{kLiveTradesHeader};
    out += '\n';
    for (const LiveTrade& trade : trades) {
        out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_text(trade.timestamp),
                           csv_text(trade.symbol), csv_text(trade.signal_type), csv_number(trade.price),
                           csv_number(trade.confidence), csv_text(trade.reason), csv_text(trade.strategy),
                           csv_number(trade.simulated_pnl), csv_number(trade.cumulative_pnl),
                           csv_number(trade.position_size), csv_text(trade.trade_id), csv_text(trade.action));
    }
    return out;
}

}  // namespace plumb::store
