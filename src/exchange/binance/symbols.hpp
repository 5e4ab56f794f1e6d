#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/binance/parameters.hpp"
#include "exchange/binance/venue_error.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange::binance {

constexpr std::string_view kQuoteAsset = "USDT";
constexpr int kAssetDecimals = 8;

/// One market in the venue's spelling.
struct Symbol {
    InstrumentId id;
    std::string name;   // "BTCUSDT"
    std::string lower;  // "btcusdt", as in names of streams
    std::string base;
    std::string quote;
    AssetId base_asset;
    AssetId quote_asset;
    int tick_decimals = 0;
    int lot_decimals = 0;
    int price_decimals = 0;  // as amounts are written: eight on spot, the tick's and the lot's on futures
    int quantity_decimals = 0;
};

/// The venue's symbols, in the order of the markets.
class SymbolTable {
 public:
    SymbolTable(VenueModel& model, Board board);

    const Symbol& operator[](InstrumentId id) const { return symbols_[id.value]; }
    const std::vector<Symbol>& all() const { return symbols_; }
    const Symbol* find(std::string_view name) const;
    const Symbol* find_lower(std::string_view name) const;

    /// The parameter `symbol`: -1102 without it, -1100 for letters no symbol has, -1121 for none of ours.
    Checked<const Symbol*> need(const Parameters& parameters, std::string_view name = "symbol") const;
    /// As need; null when it was not sent.
    Checked<const Symbol*> maybe(const Parameters& parameters, std::string_view name = "symbol") const;
    /// `symbol`, `symbols` or neither (all, or -1102 when one is needed); -1128 for both, -1151 for one
    /// twice.
    struct Choice {
        std::vector<const Symbol*> symbols;
        bool is_one = false;  // asked for by `symbol`: the answer is an object, not a list
        bool is_all = false;
    };
    Checked<Choice> choose(const Parameters& parameters, bool may_be_all) const;

 private:
    Checked<const Symbol*> parse(std::string_view parameter, std::string_view text) const;

    Board board_;
    std::vector<Symbol> symbols_;
    std::map<std::string, InstrumentId, std::less<>> by_name_;
    std::map<std::string, InstrumentId, std::less<>> by_lower_;
};

}  // namespace plumb::exchange::binance
