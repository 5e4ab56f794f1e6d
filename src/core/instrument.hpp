#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/units.hpp"

namespace plumb {

/// What is traded, and the grid its venue trades it on.
struct Instrument {
    InstrumentId id;
    std::string base;       // "BTC", "AAPL"
    std::string quote;      // "USD", "USDT"
    Price tick;             // smallest price step, > 0
    Quantity lot;           // smallest quantity step, > 0
    Quantity quantity_min;  // smallest order, >= 0
    Money notional_min;     // smallest order value, >= 0
    bool can_short = true;

    /// "BTC/USD": the one spelling inside this system; venues' spellings stay in their folders.
    std::string name() const { return base + "/" + quote; }
};

/// The instruments of a session. Ids are dense, in order of adding; the table only grows.
class InstrumentTable {
 public:
    /// Errc::duplicate when the name is there already, Errc::out_of_range when tick or lot is not above zero.
    Result<InstrumentId> add(Instrument instrument);
    std::optional<InstrumentId> find(std::string_view name) const;
    const Instrument& operator[](InstrumentId id) const;
    std::size_t size() const { return instruments_.size(); }
    std::span<const Instrument> all() const { return instruments_; }

 private:
    std::vector<Instrument> instruments_;
};

/// Splits any spelling a user may type (BTC, BTC/USD, BTC-USD, BTCUSDT, BTC/USDT:USDT, XBT) into base and
/// quote; a bare name takes `quote_default`. Errc::parse for an empty or ill-formed name. Upper-cases; XBT
/// becomes BTC.
struct SymbolName {
    std::string base;
    std::string quote;
};
Result<SymbolName> parse_symbol(std::string_view text, std::string_view quote_default = "USD");

}  // namespace plumb
