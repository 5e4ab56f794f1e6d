#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "wire/symbol_map.hpp"

namespace plumb::venues::binance {

/// The answers that come as a list of many like rows.
enum class RowKind : unsigned char { trades, bars, quotes };

/// What a list does not say of itself.
struct RowContext {
    RowKind kind = RowKind::trades;
    std::optional<InstrumentId> instrument{};  // whose rows are that name no symbol; absent: they are refused
    Duration bar_length{};                     // zero: told by the rows themselves
    bool others_ignored = false;               // rows of symbols we do not know; else refused
    Timestamp received_at{};                   // bars that close later come as OpenBar
};

/// How a list ended.
struct RowCounts {
    bool whole = false;  // the list was read to its end, and nothing followed
    std::size_t rows = 0;
    std::size_t refused = 0;
};

/// Reads market data of REST answers: rows in a list, named by words or by their place; also those that the
/// WebSocket API wraps as {"result": […]}. A bad row is refused and the next one read; what is not such a
/// list at all is one refusal. Pure; not for several threads at once.
class RowReader {
 public:
    static constexpr std::size_t kBytesMax = std::size_t{64} << 20;

    explicit RowReader(wire::SymbolMap& symbols);
    ~RowReader();

    RowCounts read(const RowContext& context, std::string_view body, wire::WireSink& sink);

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace plumb::venues::binance
